import { transliterate } from 'transliteration';

/** Lower-case ASCII words joined by `-`. */
export const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Leaves room for a number below the limit of 100. */
const MADE_LENGTH = 80;

/** Words that stand, or may stand one day, where a slug stands: `/posts/<slug>`. */
const ROUTES: ReadonlySet<string> = new Set([
  'bulk',
  'bulk-delete',
  'export',
  'exports',
  'feed',
  'import',
  'imports',
  'search',
]);

/** They join: it's, O'Brien. */
const APOSTROPHES = /['’`´]/g;

const UUID_SHAPE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Tells whether `/posts/<slug>` would lead elsewhere: to another route, or to a post by its id. */
export function isReservedSlug(slug: string): boolean {
  return ROUTES.has(slug) || UUID_SHAPE.test(slug);
}

/**
 * Makes a slug that can still be read from a title in any script: "Crème brûlée" becomes `creme-brulee`.
 *
 * @returns an empty string when nothing is left of the title, as of one made of emoji only.
 */
export function slugFromTitle(title: string): string {
  // NFKC turns letters that only look different (𝔘𝔫𝔦, ｆｕｌｌ) into plain ones. It would make a space of ´.
  const words = transliterate(title.replace(APOSTROPHES, '').normalize('NFKC'))
    .toLowerCase()
    .replace(APOSTROPHES, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const slug = shorten(words.join('-'));
  return isReservedSlug(slug) ? `${slug}-post` : slug;
}

/** Cuts between words where the words are not too long for that. */
function shorten(slug: string): string {
  if (slug.length <= MADE_LENGTH) return slug;
  const end = slug.lastIndexOf('-', MADE_LENGTH);
  return slug.slice(0, end > MADE_LENGTH / 2 ? end : MADE_LENGTH);
}
