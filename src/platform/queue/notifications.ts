import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';
import { Database } from '../database';
import { ErrorReporter } from './error-reporter';

type Listener = (payload: string) => void;

/** Milliseconds before a new connection is tried; doubles up to the maximum. */
const FIRST_RETRY = 100;
const LAST_RETRY = 5_000;

/**
 * Hears what other processes NOTIFY, on one connection of its own that is replaced when it breaks.
 *
 * A notification that was sent in between is lost, so `onConnected` callbacks must look for what they may have missed,
 * and nothing may depend on a notification alone.
 */
@Injectable()
export class Notifications implements OnApplicationShutdown {
  private readonly logger = new Logger(Notifications.name);
  private readonly reporter = new ErrorReporter(this.logger);
  private readonly listeners = new Map<string, Listener[]>();
  private readonly connectedCallbacks: (() => void)[] = [];
  private client?: Client;
  private retryTimer?: NodeJS.Timeout;
  private retryDelay = FIRST_RETRY;
  private state: 'idle' | 'running' | 'stopped' = 'idle';

  constructor(private readonly database: Database) {}

  /** Calls the listener for each notification on the channel. Call it before `start()`. */
  listen(channel: string, listener: Listener): void {
    this.listeners.set(channel, [...(this.listeners.get(channel) ?? []), listener]);
  }

  /** Calls back after each connection, the first and all later ones. */
  onConnected(callback: () => void): void {
    this.connectedCallbacks.push(callback);
  }

  /** Connects. Later calls do nothing. */
  start(): void {
    if (this.state !== 'idle') return;
    this.state = 'running';
    void this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.state = 'stopped';
    clearTimeout(this.retryTimer);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const { url } = this.database.dataSource.options as { url?: string };
    const client = new Client({
      connectionString: url,
      application_name: 'groundwork/listen',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    this.client = client;
    client.on('error', (error) => this.reconnect(client, error));
    client.on('end', () => this.reconnect(client));
    client.on('notification', ({ channel, payload = '' }) => {
      for (const listener of this.listeners.get(channel) ?? []) listener(payload);
    });
    try {
      await client.connect();
      for (const channel of this.listeners.keys()) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      this.retryDelay = FIRST_RETRY;
      for (const callback of this.connectedCallbacks) callback();
    } catch (error) {
      this.reconnect(client, error);
    }
  }

  private reconnect(client: Client, error?: unknown): void {
    if (this.state !== 'running' || this.client !== client) return;
    this.client = undefined;
    if (error) this.reporter.report('PostgreSQL listener', error);
    client.end().catch(() => undefined);
    this.retryTimer = setTimeout(() => void this.connect(), this.retryDelay * (0.5 + Math.random() / 2));
    this.retryDelay = Math.min(this.retryDelay * 2, LAST_RETRY);
  }
}
