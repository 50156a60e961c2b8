import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Comparison } from './compare.mts';
import type { MemoryResult } from './memory.mts';
import type { Options } from './options.mts';
import type { StartTime } from './start-time.mts';

const MEMORY_LIMIT = 300e6;
const IMPORT_LIMIT_SECONDS = 20;

export interface Results {
  machine: Record<string, string>;
  options: Options;
  comparisons: Comparison[];
  starts: StartTime[];
  memory?: MemoryResult;
}

export function describeMachine(postgresVersion: string): Record<string, string> {
  return {
    date: new Date().toISOString(),
    cores: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    postgres: postgresVersion,
  };
}

/** Prints rows as columns; the first column is aligned to the left, the others to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  for (const row of rows) {
    const cells = widths.map((width, column) => {
      const cell = row[column] ?? '';
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(`  ${cells.join('   ').trimEnd()}`);
  }
  console.log();
}

export function printComparisons(comparisons: readonly Comparison[]): void {
  const latency = ({ p50, p95, p99 }: Comparison['ours']) =>
    [p50, p95, p99].map((value) => value.toFixed(1)).join(' / ');
  printTable([
    [
      'work',
      'ours req/s',
      'bare req/s',
      'ours ÷ bare',
      'rounds',
      'wanted',
      'ours p50 / p95 / p99 ms',
      'bare p50 / p95 / p99 ms',
    ],
    ...comparisons.map(({ title, ours, bare, ratio, ratios, atLeast }) => [
      title,
      ours.requestsPerSecond.toFixed(0),
      bare.requestsPerSecond.toFixed(0),
      ratio.toFixed(2),
      `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
      atLeast === undefined ? '' : verdict(`≥ ${atLeast}`, ratio >= atLeast),
      latency(ours),
      latency(bare),
    ]),
  ]);
}

export function printStarts(starts: readonly StartTime[]): void {
  printTable([
    ['start to ready', 'seconds', 'wanted'],
    ...starts.map(({ title, seconds, limitSeconds }) => [
      title,
      seconds.toFixed(2),
      verdict(`< ${limitSeconds}`, seconds < limitSeconds),
    ]),
  ]);
}

export function printMemory({ imports, load }: MemoryResult): void {
  printTable([
    ['import', 'posts', 'seconds', 'wanted', 'idle MB', 'peak MB'],
    ...imports.map(({ file, seconds, idleMemory, peakMemory }, index) => [
      `${megabytes(file.bytes)} MB`,
      String(file.posts ?? ''),
      seconds.toFixed(1),
      index === 0 ? verdict(`< ${IMPORT_LIMIT_SECONDS}`, seconds < IMPORT_LIMIT_SECONDS) : '',
      megabytes(idleMemory),
      megabytes(peakMemory),
    ]),
  ]);
  if (!load) return;
  printTable([
    ['after the import', 'req/s', 'resident MB', 'wanted', 'peak MB'],
    [
      `${load.seconds} s of mixed load`,
      load.requestsPerSecond.toFixed(0),
      megabytes(load.memory),
      verdict('< 300', load.memory < MEMORY_LIMIT),
      megabytes(load.peakMemory),
    ],
  ]);
}

function verdict(wanted: string, met: boolean): string {
  return `${wanted} ${met ? 'ok' : 'MISSED'}`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
