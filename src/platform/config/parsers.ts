import { BlockList, isIP } from 'node:net';

/** Turns the text of an environment variable into a value, or throws an Error whose message says what is expected. */
export type Parser<T> = (text: string) => T;

const fail = (expected: string): never => {
  throw new Error(`must be ${expected}`);
};

export const text: Parser<string> = (value) => value;

export function integer(min: number, max: number): Parser<number> {
  return (value) => {
    const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : fail(`a whole number from ${min} to ${max}`);
  };
}

export const port = integer(0, 65_535);

export function oneOf<const T extends string>(...allowed: T[]): Parser<T> {
  return (value) => allowed.find((item) => item === value) ?? fail(`one of ${allowed.join(', ')}`);
}

/** An absolute URL with one of the given schemes, without a trailing slash. */
export function url(...schemes: string[]): Parser<string> {
  return (value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    return parsed && schemes.includes(parsed.protocol.slice(0, -1))
      ? value.replace(/\/+$/, '')
      : fail(`a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`);
  };
}

/** A comma-separated list; blanks around items and empty items are dropped. */
export function listOf<T>(item: Parser<T>): Parser<T[]> {
  return (value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(item);
}

/** An address block such as `10.0.0.0/8`; a bare address stands for itself. */
export const cidr: Parser<string> = (value) => {
  const [address = '', prefix] = value.split('/');
  const version = isIP(address);
  if (version === 0) return fail('addresses or CIDR blocks such as 10.0.0.0/8');
  if (prefix !== undefined) {
    const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    if (!(bits >= 0 && bits <= (version === 4 ? 32 : 128))) return fail('addresses or CIDR blocks such as 10.0.0.0/8');
    new BlockList().addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  }
  return value;
};

/** What Fastify's `trustProxy` takes: a number of hops, or the addresses whose forwarded headers are believed. */
export const trustProxy: Parser<number | string[]> = (value) =>
  /^\d{1,2}$/.test(value) ? Number(value) : listOf(cidr)(value);

/** A web origin: scheme, host and port, no path. */
export const origin: Parser<string> = (value) => {
  if (value === '*') return value;
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  return parsed && /^https?:$/.test(parsed.protocol) && parsed.origin === value.replace(/\/$/, '')
    ? parsed.origin
    : fail('origins such as https://app.example.com');
};

export const email: Parser<string> = (value) =>
  /^[^\s@]+@[^\s@]+\.[^\s@]+$|^[^\s@]+@localhost$/.test(value) ? value : fail('an email address');
