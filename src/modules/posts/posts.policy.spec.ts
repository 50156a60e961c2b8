import type { Caller } from '../../common/caller';
import { ForbiddenError } from '../../common/errors';
import { permissionsOf, type Role } from '../../common/permissions';
import { PostNotFoundError } from './posts.errors';
import { assertMayWrite, mayRead } from './posts.policy';

const caller = (role: Role, userId = `the ${role}`): Caller => ({
  userId,
  sessionId: 's',
  role,
  permissions: permissionsOf(role),
});
const post = (status: 'draft' | 'published', authorId = 'the author') => ({ status, authorId });

describe('mayRead', () => {
  it('opens published posts to anyone', () => {
    expect(mayRead(post('published'), undefined)).toBe(true);
  });

  it('shows others to the owner, editors and admins', () => {
    expect(mayRead(post('draft'), undefined)).toBe(false);
    expect(mayRead(post('draft'), caller('viewer'))).toBe(false);
    expect(mayRead(post('draft'), caller('author', 'another'))).toBe(false);
    expect(mayRead(post('draft'), caller('author'))).toBe(true);
    expect(mayRead(post('draft'), caller('editor'))).toBe(true);
    expect(mayRead(post('draft'), caller('admin'))).toBe(true);
  });
});

describe('assertMayWrite', () => {
  it('lets owners, editors and admins', () => {
    for (const role of ['author', 'editor', 'admin'] as const) {
      expect(() => assertMayWrite(post('draft'), caller(role))).not.toThrow();
    }
  });

  it('refuses others, and does not tell them of what they may not see', () => {
    expect(() => assertMayWrite(post('published'), caller('author', 'another'))).toThrow(ForbiddenError);
    expect(() => assertMayWrite(post('draft'), caller('author', 'another'))).toThrow(PostNotFoundError);
  });

  it('refuses an owner who may no longer write', () => {
    expect(() => assertMayWrite(post('draft', 'me'), caller('viewer', 'me'))).toThrow(ForbiddenError);
  });
});
