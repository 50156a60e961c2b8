import { parseArgs } from 'node:util';

/** What can be measured, in the order in which it is: reads before anything writes. */
export const PARTS = ['list', 'one', 'create', 'login', 'memory', 'import', 'start'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  parts: readonly Part[];
  quick: boolean;
  /** Published posts in the database. */
  posts: number;
  connections: number;
  /** Each round times both servers once; every second round the other one goes first. */
  rounds: number;
  /** Seconds of load that are thrown away, at each work for each server. */
  warmUpSeconds: number;
  /** Seconds that each server is timed in each round. */
  seconds: number;
  /** Seconds of mixed load after the import, before memory is read. */
  memorySeconds: number;
  /** How often each way to start is timed. */
  starts: number;
  /** An NDJSON file to import instead of the one that is made up. */
  importFile?: string;
}

const USAGE = `npm run bench -- [--quick] [--rounds n] [--seconds n] [--posts n] [part …]

Parts: ${PARTS.join(', ')}; all of them unless some are named.
--quick (or BENCH_QUICK=1) finishes in about a minute and shows that everything works; its figures mean little.
BENCH_IMPORT_FILE names an NDJSON file to import instead of a made-up one.`;

/** Reads the command line; ends the process where it asks for help or makes no sense. */
export function readOptions(): Options {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: process.env.BENCH_QUICK === '1' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        posts: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'The arguments make no sense.');
  }
  const { values, positionals } = parsed;
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const unknown = positionals.filter((name) => !PARTS.some((part) => part === name));
  if (unknown.length > 0) refuse(`No such part: ${unknown.join(', ')}.`);

  const { quick } = values;
  return {
    parts: PARTS.filter((part) => positionals.length === 0 || positionals.includes(part)),
    quick,
    posts: count(values.posts, quick ? 10_000 : 100_000),
    connections: 32,
    rounds: count(values.rounds, quick ? 2 : 5),
    warmUpSeconds: quick ? 1 : 3,
    seconds: count(values.seconds, quick ? 1 : 5),
    memorySeconds: quick ? 5 : 60,
    starts: quick ? 1 : 3,
    importFile: process.env.BENCH_IMPORT_FILE,
  };
}

function count(value: string | undefined, fallback: number): number {
  const number = Number(value ?? fallback);
  return Number.isInteger(number) && number > 0 ? number : refuse(`${value} is not a whole number above 0.`);
}

function refuse(message: string): never {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
