import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { locateBinaries } from './binaries';
import { openCluster } from './cluster';
import type { Cluster } from './cluster';
import { DataDirInUseError, EmbeddedPostgresError, errorCode, errorMessage, explainFileError } from './errors';
import { OwnerLock, connectAdmin, tryOwn } from './owner-lock';
import type { AdminConnection } from './owner-lock';
import { reclaim } from './postmaster';
import { isRoot } from './run-as';
import { ServerExitError, ServerProcess, choosePort, freePort } from './server-process';
import { withStartLock } from './start-lock';

const DATABASE = 'groundwork';
const START_ATTEMPTS = 50;
const ATTEMPT_DELAY_MS = 100;
const RESTART_DELAYS_MS = [100, 200, 500, 1_000, 2_000, 5_000, 5_000, 5_000];
/** A server that ran for so long before it died again gets the full number of restarts again. */
const STABLE_MS = 60_000;

export interface EmbeddedPostgresOptions {
  /** Absolute path of DATA_DIR; made if missing. */
  dataDir: string;
  /** Gets what the server and its keeper have to say, a line a time. */
  log?: (line: string) => void;
  /** PostgreSQL settings over the defaults, such as `{fsync: 'off'}` for tests. */
  settings?: Readonly<Record<string, string>>;
}

/** The server ended although nobody called stop(). */
export interface UnexpectedExit {
  reason: string;
  /** Whether it is being started again, on the same port; false when that was tried and given up. */
  restarting: boolean;
}

export interface EmbeddedPostgres {
  /** `postgres://groundwork:password@127.0.0.1:port/groundwork`: a role that owns its database and may make others. */
  readonly url: string;
  readonly port: number;
  /** Stops the server and waits for its end; sessions still open are cut. May be called again. */
  stop(): Promise<void>;
  /** Called at every unexpected end of the server; see {@link UnexpectedExit}. */
  onUnexpectedExit(callback: (exit: UnexpectedExit) => void): void;
}

/**
 * Starts the PostgreSQL that comes with the npm packages, on `<dataDir>/postgres`, which it makes at the first start.
 * It runs in a process group of its own: signals to this process do not reach it, stop() does.
 * @throws DataDirInUseError when another live process uses this DATA_DIR
 * @throws EmbeddedPostgresError when it cannot run; the message says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log = () => undefined, settings = {} } = options;
  if (!isAbsolute(dataDir))
    throw new EmbeddedPostgresError(`DATA_DIR must be an absolute path here, not ${JSON.stringify(dataDir)}.`);
  const context: Context = { dataDir, log, settings };
  try {
    // Others may pass through a folder made by root, as PostgreSQL's user must, but not look around in it.
    await mkdir(dataDir, { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
    return new Keeper(context, await launch(context));
  } catch (error) {
    throw explainFileError(error, dataDir);
  }
}

interface Context {
  dataDir: string;
  log: (line: string) => void;
  settings: Readonly<Record<string, string>>;
}

interface Running {
  server: ServerProcess;
  owner: OwnerLock;
  password: string;
}

/** Keeps the server running until stop(). */
class Keeper implements EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  private readonly callbacks: ((exit: UnexpectedExit) => void)[] = [];
  private readonly stopping = new AbortController();
  private stopped: Promise<void> | undefined;
  private restart: Promise<void> | undefined;
  private failures = 0;
  private startedAt = Date.now();

  constructor(
    private readonly context: Context,
    private running: Running,
  ) {
    this.port = running.server.port;
    this.url = `postgres://${DATABASE}:${running.password}@127.0.0.1:${this.port}/${DATABASE}`;
    this.watch();
  }

  onUnexpectedExit(callback: (exit: UnexpectedExit) => void): void {
    this.callbacks.push(callback);
  }

  stop(): Promise<void> {
    this.stopped ??= this.shutDown();
    return this.stopped;
  }

  private async shutDown(): Promise<void> {
    this.stopping.abort();
    await this.restart;
    await this.running.owner.release();
    await this.running.server.stop();
  }

  private watch(): void {
    const { server, owner } = this.running;
    server.unref();
    void server.exited.then((reason) => {
      if (this.stopping.signal.aborted) return;
      void owner.release();
      this.restart = this.restartAfter(reason);
    });
  }

  private async restartAfter(firstReason: string): Promise<void> {
    let reason = firstReason;
    let taken = false;
    if (Date.now() - this.startedAt > STABLE_MS) this.failures = 0;
    while (!this.stopping.signal.aborted) {
      const wait = taken ? undefined : RESTART_DELAYS_MS[this.failures++];
      this.context.log(
        `PostgreSQL ended unexpectedly (${reason})${wait === undefined ? '; giving up' : `; restarting in ${wait} ms`}`,
      );
      this.tell({ reason, restarting: wait !== undefined });
      if (wait === undefined) return;
      try {
        await delay(wait, undefined, { ref: false, signal: this.stopping.signal });
        this.running = await launch(this.context, this.port);
      } catch (error) {
        reason = errorMessage(error);
        taken = error instanceof DataDirInUseError;
        continue;
      }
      this.startedAt = Date.now();
      this.context.log(`PostgreSQL runs again on port ${this.port}`);
      this.watch();
      return;
    }
  }

  private tell(exit: UnexpectedExit): void {
    for (const callback of this.callbacks) callback(exit);
  }
}

/**
 * Brings the server up, alone on its cluster.
 * @param fixedPort the port it must have again, of a database that exists
 */
function launch(context: Context, fixedPort?: number): Promise<Running> {
  const { dataDir, settings, log } = context;
  return withStartLock(join(dataDir, 'postgres.start-lock'), dataDir, async () => {
    const binaries = locateBinaries();
    const cluster = await openCluster({
      dataDir,
      binaries,
      durable: settings['fsync'] !== 'off',
      mayCreate: fixedPort === undefined,
      log,
    });
    const server = await startServer(cluster, context, fixedPort);
    let connection: AdminConnection | undefined;
    try {
      connection = await connectAdmin(server.port, cluster.password);
      if (!(await tryOwn(connection)))
        throw new EmbeddedPostgresError(`Another session owns the database in ${cluster.folder}.`);
      await ensureDatabase(connection, cluster.password);
      return { server, owner: new OwnerLock(connection, cluster.password, server.port), password: cluster.password };
    } catch (error) {
      await connection?.client.end().catch(() => undefined);
      await server.stop();
      throw explainPassword(error, cluster);
    }
  });
}

/** Starts the server, again where the cause of a failure passes by itself. */
async function startServer(cluster: Cluster, context: Context, fixedPort?: number): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    await reclaim({ folder: cluster.folder, dataDir: context.dataDir, password: cluster.password, log: context.log });
    const port = fixedPort ?? (await choosePort(cluster.folder));
    const server = new ServerProcess(cluster, port, context.settings, context.log);
    try {
      await server.waitUntilReady();
      return server;
    } catch (error) {
      if (attempt >= START_ATTEMPTS || !(error instanceof ServerExitError) || !passes(error.lines)) throw error;
      if (fixedPort !== undefined && (await freePort(fixedPort)) === undefined) throw error;
      await delay(ATTEMPT_DELAY_MS);
    }
  }
}

/**
 * Whether it is worth trying again: another program was given the port in between, or backends of a server that was
 * killed have not noticed yet that they are to end.
 */
function passes(lines: readonly string[]): boolean {
  return lines.some((line) => /could not create any TCP\/IP sockets|pre-existing shared memory block/.test(line));
}

async function ensureDatabase({ client }: AdminConnection, password: string): Promise<void> {
  const { rows } = await client.query<{ role: boolean; database: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role, EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database`,
    [DATABASE],
  );
  if (!rows[0]?.role)
    await client.query(`CREATE ROLE ${DATABASE} LOGIN CREATEDB PASSWORD ${client.escapeLiteral(password)}`);
  if (!rows[0]?.database) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${DATABASE}`);
}

function explainPassword(error: unknown, { folder }: Cluster): unknown {
  if (errorCode(error) !== '28P01') return error;
  return new EmbeddedPostgresError(
    `The database in ${folder} does not take the password kept in DATA_DIR. Put the file postgres.password that belongs to it back, or move the database away.`,
    { cause: error },
  );
}
