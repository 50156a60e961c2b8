import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { parseIdentity } from './processes';
import type { ProcessIdentity } from './processes';
import { OWNER_SETTING, SUPERUSER } from './settings';

/** The two halves of the advisory lock: "GRWK" in ASCII, and the use of it. */
const LOCK_KEYS = [0x4752574b, 1];
const CONNECT_MS = 5_000;
const RETRY_MS = 200;

/** A connection to the maintenance database of the embedded server. */
export interface AdminConnection {
  client: Client;
  socket: Socket;
}

/** Connects as superuser, who has connections in reserve when the application has used up all of its own. */
export async function connectAdmin(port: number, password: string): Promise<AdminConnection> {
  const socket = new Socket();
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'groundwork owner',
    stream: () => socket,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { client, socket };
}

/** Takes the lock that tells a used database from an orphaned one, unless another session holds it. */
export async function tryOwn({ client }: AdminConnection): Promise<boolean> {
  const { rows } = await client.query<{ own: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS own', LOCK_KEYS);
  return rows[0]?.own === true;
}

/** What a running server tells of its owner. */
export interface Ownership {
  /** Whether a session holds the owner lock. */
  held: boolean;
  /** The process that started the server; undefined if it did not say. */
  owner: ProcessIdentity | undefined;
}

/** Looks at the owner lock without touching it. */
export async function readOwnership({ client }: AdminConnection): Promise<Ownership> {
  const { rows } = await client.query<{ held: boolean; owner: string | null }>(
    `SELECT EXISTS (
              SELECT FROM pg_locks
               WHERE locktype = 'advisory' AND classid = $1::oid AND objid = $2::oid AND objsubid = 2 AND granted
            ) AS held, current_setting($3, true) AS owner`,
    [...LOCK_KEYS, OWNER_SETTING],
  );
  return { held: rows[0]?.held === true, owner: parseIdentity(rows[0]?.owner ?? '') };
}

/**
 * Holds the owner lock for as long as the server runs. The lock lives in a session, so it goes when this process goes,
 * however it ends; pids, which containers and reboots use again, play no part.
 */
export class OwnerLock {
  private released = false;

  constructor(
    private connection: AdminConnection,
    private readonly password: string,
    private readonly port: number,
  ) {
    this.watch();
  }

  /** Gives the database up, so that a successor need not take it for used while it shuts down. */
  async release(): Promise<void> {
    this.released = true;
    this.connection.socket.ref();
    await this.connection.client.end().catch(() => undefined);
  }

  /** PostgreSQL closes all sessions when one of its processes crashes, and then goes on: take the lock again. */
  private watch(): void {
    this.connection.socket.unref();
    this.connection.client.once('end', () => void this.retake());
  }

  private async retake(): Promise<void> {
    while (!this.released) {
      await delay(RETRY_MS, undefined, { ref: false });
      if (this.released) return;
      try {
        const connection = await connectAdmin(this.port, this.password);
        if (await tryOwn(connection)) {
          this.connection = connection;
          this.watch();
          if (this.released) await this.release();
          return;
        }
        await connection.client.end();
      } catch {
        // The server is still recovering, or has ended: then the owner of this object releases it.
      }
    }
  }
}
