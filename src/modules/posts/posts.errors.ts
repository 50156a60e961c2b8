import { ConflictError, NotFoundError } from '../../common/errors';

export class PostNotFoundError extends NotFoundError {
  constructor() {
    super('post');
  }
}

export class SlugTakenError extends ConflictError {
  constructor(slug: string) {
    super(`Another post has the slug "${slug}". Choose another one, or leave it out.`, 'SLUG_TAKEN');
  }
}
