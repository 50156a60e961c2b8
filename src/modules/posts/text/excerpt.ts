/** How much of the content is looked at, and about how long an excerpt gets, in UTF-16 units. */
const READ = 8_000;
const LENGTH = 200;

/**
 * Makes the plain beginning of a Markdown text: about 200 characters without code blocks, images, link targets, HTML and
 * marks, cut between words. Good enough to show below a title; it is no Markdown parser.
 */
export function excerptOf(markdown: string): string {
  // Bounded repetitions keep the time linear in the text, whatever is written in it.
  const text = markdown
    .slice(0, READ)
    .replace(/^(?:```|~~~)[^\n]*\n[\s\S]*?(?:^(?:```|~~~)|$(?![\s\S]))/gm, ' ')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replace(/<\/?[a-z][^<>]{0,500}>/gi, ' ')
    .replace(/!\[[^[\]\n]{0,500}\](?:\([^)\n]{0,1000}\)|\[[^\]\n]{0,200}\])/g, ' ')
    .replace(/\[([^[\]\n]{0,500})\](?:\([^)\n]{0,1000}\)|\[[^\]\n]{0,200}\])/g, '$1')
    // Definitions of links, tables, rules, and the marks that begin a line.
    .replace(/^ {0,3}\[[^\]\n]{1,200}\]:[^\n]*$/gm, ' ')
    .replace(/^ {0,3}(?:\|[^\n]*|[-=*_]{3,}[ \t]*)$/gm, ' ')
    .replace(/^[ \t]*(?:#{1,6}|>|[-*+]|\d{1,9}[.)])[ \t]+/gm, '')
    .replace(/\\([!-/:-@[-`{-~])|\*\*|__|~~|\*|`+/g, '$1')
    // A lone surrogate is what the first cut left of a character.
    .replace(/[\s\p{Cc}\p{Cs}]+/gu, ' ')
    .trim();
  return shorten(text);
}

function shorten(text: string): string {
  if (text.length <= LENGTH) return text;
  const cut = text.slice(0, LENGTH);
  const end = cut.lastIndexOf(' ');
  return `${(end > LENGTH / 2 ? cut.slice(0, end) : cut).replace(/[\s\p{Cs},;:.–—-]+$/u, '')}…`;
}
