import { QueryFailedError } from 'typeorm';

interface DriverError {
  name: string;
  code?: string;
  constraint?: string;
}

function driverError(error: unknown): DriverError | undefined {
  const inner: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return inner instanceof Error ? inner : undefined;
}

/** The name of the constraint that a statement broke (SQLSTATE class 23), if that is why it failed. */
export function violatedConstraint(error: unknown): string | undefined {
  const { code, constraint } = driverError(error) ?? {};
  return code?.startsWith('23') ? constraint : undefined;
}

/** A conflict between transactions that a repetition of the whole unit resolves: 40001 and 40P01. */
export function isSerializationFailure(error: unknown): boolean {
  const code = driverError(error)?.code;
  return code === '40001' || code === '40P01';
}

/** Values that PostgreSQL cannot store although they passed validation: SQLSTATE 22021, 22P05 (NUL, bad encoding). */
export function isUntranslatable(error: unknown): boolean {
  const code = driverError(error)?.code;
  return code === '22021' || code === '22P05';
}

// Network errors of Node, then SQLSTATE: 08 connection, 53 resources, 55P03 lock timeout, 57P0x shutdown and start-up,
// 25006 read-only after a failover, 57014 statement timeout.
const UNAVAILABLE = /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_|EHOST|ENET|08|53|55P03|57P0|57014|25006)/;
// What TypeORM says of a transaction whose connection broke while it was not looking.
const BROKEN_UNIT: ReadonlySet<string> = new Set(['QueryRunnerAlreadyReleasedError', 'TransactionNotStartedError']);
const POOL_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|connection timeout|Client has encountered a connection error|not queryable|Cannot use a pool after calling end|Driver not Connected/i;

/** The database cannot be reached or refuses work for now; a later try may succeed. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const driver = driverError(error);
  if (!driver) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnavailable);
  if (BROKEN_UNIT.has(driver.name)) return true;
  return (driver.code !== undefined && UNAVAILABLE.test(driver.code)) || POOL_MESSAGES.test((driver as Error).message);
}
