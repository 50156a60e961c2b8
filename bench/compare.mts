import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { applyLoad, type Measured, median } from './load.mts';
import type { Options } from './options.mts';
import type { Server } from './servers.mts';
import type { Work, WorkName } from './works.mts';

const IDLE_TIMEOUT_MS = 120_000;

export interface Comparison {
  name: WorkName;
  title: string;
  atLeast?: number;
  ours: Measured;
  bare: Measured;
  /** Ours ÷ bare, of the medians. */
  ratio: number;
  /** Ours ÷ bare of each round, which tells how far the figure can be trusted. */
  ratios: number[];
}

/** Times both servers at one kind of work in turn, the one that goes first changing with each round. */
export async function compare(
  name: WorkName,
  work: Work,
  servers: { ours: Server; bare: Server },
  database: pg.Client,
  options: Options,
): Promise<Comparison> {
  await work.verify(servers.ours, servers.bare);
  const rounds = { ours: [] as Measured[], bare: [] as Measured[] };
  for (let round = 0; round <= options.rounds; round++) {
    const order = round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const);
    for (const which of order) {
      const server = servers[which];
      const measured = await applyLoad({
        url: server.api,
        connections: options.connections,
        seconds: round === 0 ? options.warmUpSeconds : options.seconds,
        requests: work.requests(server),
      });
      if (round > 0) rounds[which].push(measured);
      if (work.writes) await jobsDone(database);
    }
  }
  const ours = medians(rounds.ours);
  const bare = medians(rounds.bare);
  const ratios = rounds.ours.map(
    (measured, index) => measured.requestsPerSecond / (rounds.bare[index]?.requestsPerSecond ?? 0),
  );
  const ratio = ours.requestsPerSecond / bare.requestsPerSecond;
  return { name, title: work.title, atLeast: work.atLeast, ours, bare, ratio, ratios };
}

function medians(rounds: readonly Measured[]): Measured {
  const of = (field: keyof Measured) => median(rounds.map((round) => round[field]));
  const requests = rounds.reduce((sum, round) => sum + round.requests, 0);
  return { requestsPerSecond: of('requestsPerSecond'), requests, p50: of('p50'), p95: of('p95'), p99: of('p99') };
}

/** Waits until no job is due or running, and so nothing works behind the back of the next timing. */
export async function jobsDone(database: pg.Client): Promise<void> {
  const deadline = Date.now() + IDLE_TIMEOUT_MS;
  for (;;) {
    const { rows } = await database.query<{ busy: boolean }>(
      `SELECT EXISTS (SELECT FROM outbox WHERE run_at <= now())
           OR EXISTS (SELECT FROM jobs WHERE state IN ('waiting', 'active')) AS busy`,
    );
    if (!rows[0]?.busy) return;
    if (Date.now() > deadline) throw new Error(`Jobs still run ${IDLE_TIMEOUT_MS / 1_000} s after the load.`);
    await delay(100);
  }
}
