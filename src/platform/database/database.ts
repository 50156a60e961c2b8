import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, PoolClient, QueryResult, QueryResultRow } from 'pg';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral, type Repository } from 'typeorm';
import { isSerializationFailure } from './database-errors';

interface Unit {
  manager: EntityManager;
  client: PoolClient;
  afterCommit: (() => void | Promise<void>)[];
}

/** A unit of work is run this often before its serialization failure reaches the caller. */
const MAX_ATTEMPTS = 5;
/** Distinct texts that get a prepared statement on each connection; later ones are planned at each call. */
const MAX_PREPARED = 500;

/**
 * The one way to PostgreSQL: repositories, hand-written SQL and transactions.
 *
 * Whatever runs inside `transaction()` joins it, however deep the call, without handing a manager around.
 */
@Injectable()
export class Database {
  private readonly logger = new Logger(Database.name);
  private readonly units = new AsyncLocalStorage<Unit>();
  private readonly statements = new Map<string, string>();

  constructor(@InjectDataSource() readonly dataSource: DataSource) {}

  /** The entity manager of the running transaction, or the plain one outside. */
  get manager(): EntityManager {
    return this.units.getStore()?.manager ?? this.dataSource.manager;
  }

  get inTransaction(): boolean {
    return this.units.getStore() !== undefined;
  }

  /** The TypeORM repository of an entity, bound to the running transaction if there is one. */
  repository<T extends ObjectLiteral>(entity: EntityTarget<T>): Repository<T> {
    return this.manager.getRepository(entity);
  }

  /**
   * Runs hand-written SQL as a prepared statement, within the running transaction if there is one.
   *
   * @param text SQL with `$1`-style parameters; it must never hold a value. Texts come from a bounded set, so that each
   *   is parsed and planned once for a connection.
   * @param options.prepare false for texts whose number clients decide, such as every order of every sort key.
   * @throws DatabaseError of pg, with `code` (SQLSTATE) and `constraint`.
   */
  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    options?: { prepare?: boolean },
  ): Promise<Row[]> {
    return (await this.execute<Row>(text, values, options)).rows;
  }

  /** Like `query()`, for statements whose number of affected rows matters. */
  async execute<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    { prepare = true }: { prepare?: boolean } = {},
  ): Promise<QueryResult<Row>> {
    const client = this.units.getStore()?.client ?? this.pool;
    return client.query<Row>({ name: prepare ? this.nameOf(text) : undefined, text, values: values as unknown[] });
  }

  /**
   * Runs a unit of work: all of it is stored, or nothing. A call inside another joins the outer one.
   *
   * Serialization failures (40001) and deadlocks (40P01) repeat the whole unit, so it must have no effect outside the
   * database: no mail, HTTP or queue. What must happen later is an outbox message; what may happen later is
   * `afterCommit()`.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.inTransaction) return work();
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.runOnce(work);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isSerializationFailure(error)) throw error;
        this.logger.debug(`Transaction attempt ${attempt} met a conflict and is repeated.`);
        // Full jitter: two units that collided must not meet again at the same moment.
        await delay(Math.random() * 10 * 2 ** attempt);
      }
    }
  }

  /**
   * Runs a callback once the current transaction has committed, or at once outside of one. For what may be lost with
   * the process: dropping a cache entry, waking the relay.
   */
  afterCommit(callback: () => void | Promise<void>): void {
    const unit = this.units.getStore();
    if (unit) unit.afterCommit.push(callback);
    else this.fire([callback]);
  }

  /** A connection of one's own, for LISTEN, COPY and cursors. The caller releases it. */
  connect(): Promise<PoolClient> {
    return this.pool.connect();
  }

  private async runOnce<T>(work: () => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const unit: Unit = {
      manager: runner.manager,
      client: (await runner.connect()) as PoolClient,
      afterCommit: [],
    };
    try {
      await runner.startTransaction();
      const result = await this.units.run(unit, work);
      await runner.commitTransaction();
      this.fire(unit.afterCommit);
      return result;
    } catch (error) {
      // A connection that broke cannot roll back; the server has done so. The first error is the one that tells why.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }

  private fire(callbacks: readonly (() => void | Promise<void>)[]): void {
    for (const callback of callbacks) {
      void (async () => callback())().catch((error: unknown) =>
        this.logger.error({ err: error }, 'A callback after commit failed'),
      );
    }
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  private nameOf(text: string): string | undefined {
    let name = this.statements.get(text);
    if (name === undefined && this.statements.size < MAX_PREPARED) {
      name = `gw${this.statements.size}`;
      this.statements.set(text, name);
    }
    return name;
  }
}
