import { AppError } from '../../common/errors';
import { UnrecoverableJobError } from './handlers';

const MAX_LENGTH = 1_000;

/**
 * What the record of a job says of a failure. The person who started the job may read it, so statements of the database
 * and paths stay in the log.
 */
export function describeError(error: unknown): string {
  return clean(publicText(error));
}

function publicText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AppError || error instanceof UnrecoverableJobError) return error.message;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return `The database refused a statement (${code}).`;
  if (typeof code === 'string' && typeof syscall === 'string') return `${code} (${syscall})`;
  if (error.name === 'QueryFailedError') return 'The database refused a statement.';
  return error.message || error.name;
}

/** Text that PostgreSQL can store: no NUL, no half of a surrogate pair. */
function clean(text: string): string {
  const stored = text.replaceAll('\0', '').toWellFormed();
  return stored.length > MAX_LENGTH ? `${stored.slice(0, MAX_LENGTH - 1).toWellFormed()}…` : stored;
}
