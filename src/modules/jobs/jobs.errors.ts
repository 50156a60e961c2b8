import { NotFoundError } from '../../common/errors';

export class JobNotFoundError extends NotFoundError {
  constructor() {
    super('job');
  }
}

export class QueueNotFoundError extends NotFoundError {
  constructor() {
    super('queue');
  }
}
