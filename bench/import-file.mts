import { createWriteStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { markdown, pick, randomFrom, STEM_LIST, title } from './words.mts';

/** The shape of a real blog: 1,025 posts, 18 MB, most of them short, one of them of 850 kB. */
const POSTS = 1_025;
const BYTES = 18_000_000;
const LONGEST = 850_000;
const DAY_MS = 86_400_000;

export interface ImportFile {
  path: string;
  posts: number;
  bytes: number;
}

/** Writes an NDJSON file of that shape, or of several such files in a row under different slugs. */
export async function writeImportFile(path: string, times: number, prefix: string): Promise<ImportFile> {
  await pipeline(lines(times, prefix), createWriteStream(path));
  return { path, posts: POSTS * times, bytes: statSync(path).size };
}

function* lines(times: number, prefix: string): Generator<string> {
  const random = randomFrom(2_026);
  // Making up 18 MB of text a word at a time takes longer than importing it; a few long texts are cut up instead.
  const pool = Array.from({ length: 8 }, () => markdown(random, LONGEST));
  const mean = (BYTES - LONGEST) / POSTS;
  for (let number = 0; number < POSTS * times; number++) {
    const source = pick(random, pool);
    const isLongest = number % POSTS === 500;
    // The square makes many short posts and few long ones around the same mean.
    const length = isLongest ? LONGEST : Math.max(300, Math.floor(3 * mean * random() ** 2 * 0.97));
    const start = isLongest ? 0 : Math.floor(random() * (source.length - length));
    const post = {
      slug: `${prefix}-${number}`,
      title: `${title(random)} ${number}`,
      content: source.slice(start, start + length),
      tags: [...new Set([pick(random, STEM_LIST), pick(random, STEM_LIST)])],
      author: `Author of ${pick(random, STEM_LIST)}`,
      publishedAt: new Date(Date.UTC(2026, 0, 1) - number * DAY_MS).toISOString(),
    };
    yield `${JSON.stringify(post)}\n`;
  }
}
