/** Numbers between 0 and 1 that are the same in each run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const STEMS =
  'stream buffer promise event loop worker thread module package release version security patch memory heap garbage collector ' +
  'compiler parser token request response header server client socket protocol database index query transaction cache queue ' +
  'schedule retry timeout signal process cluster inspector profiler benchmark latency throughput deploy container image volume ' +
  'network proxy gateway certificate session cookie password digest cipher random entropy engine runtime syntax decorator ' +
  'generator iterator callback listener emitter pipeline transform encoder decoder locale calendar timezone interval error stack ' +
  'trace warning deprecation migration schema constraint trigger cursor snapshot replica backup restore checkpoint lock mutex';
const SUFFIXES = ['', 's', 'ing', 'ed', 'er', 'able', 'less', 'ness', 'wise', 'ish', 'ful', 'like'];
const SMALL =
  'the a of to and in is that it for on with as this be are by an at from or which when not can will how what we'.split(
    ' ',
  );
export const STEM_LIST = STEMS.split(' ');

type Random = () => number;

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

function word(random: Random): string {
  return random() < 0.45 ? pick(random, SMALL) : pick(random, STEM_LIST) + pick(random, SUFFIXES);
}

function sentence(random: Random): string {
  const words = Array.from({ length: 6 + Math.floor(random() * 14) }, () => word(random));
  if (random() < 0.2) words[2] = `**${words[2]}**`;
  if (random() < 0.15) words[4] = `[${words[4]}](https://example.com/${pick(random, STEM_LIST)})`;
  const text = words.join(' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Markdown of about so many characters: headings, paragraphs, lists and code. */
export function markdown(random: Random, length: number): string {
  const blocks: string[] = [];
  for (let size = 0; size < length;) {
    const kind = random();
    const lines = Array.from({ length: 2 + Math.floor(random() * 4) }, () => sentence(random));
    const block =
      blocks.length > 0 && kind < 0.12
        ? `## ${sentence(random).slice(0, 40)}`
        : kind < 0.22
          ? lines.map((line) => `- ${line}`).join('\n')
          : kind < 0.3
            ? `\`\`\`js\n${lines.map((line) => `// ${line}`).join('\n')}\n\`\`\``
            : lines.join(' ');
    blocks.push(block);
    size += block.length + 2;
  }
  return blocks.join('\n\n');
}

export function title(random: Random): string {
  const text = Array.from({ length: 4 + Math.floor(random() * 4) }, () => word(random)).join(' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
