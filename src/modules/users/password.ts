export const PASSWORD_MIN_CHARACTERS = 8;
export const PASSWORD_MAX_CHARACTERS = 128;

/** No password within the limit is longer than this before normalisation; bounds the work on what is sent. */
const MAX_RAW_LENGTH = 2_048;

/** Tells whether a password has 8 to 128 characters: Unicode code points after NFKC. Every character is allowed. */
export function hasPasswordLength(password: string): boolean {
  if (password.length > MAX_RAW_LENGTH) return false;
  const characters = Array.from(password.normalize('NFKC')).length;
  return characters >= PASSWORD_MIN_CHARACTERS && characters <= PASSWORD_MAX_CHARACTERS;
}
