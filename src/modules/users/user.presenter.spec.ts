import { User } from './user.entity';
import { presentUser } from './user.presenter';

describe('presentUser', () => {
  it('says what the contract lists and nothing else', () => {
    const at = new Date('2026-11-20T10:00:00.000Z');
    const user: User = {
      id: '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d',
      email: 'ada@example.com',
      name: 'Ada',
      role: 'author',
      passwordHash: '$argon2id$secret',
      emailVerifiedAt: null,
      signedOutAt: at,
      createdAt: at,
      updatedAt: at,
      deletedAt: at,
      anonymizedAt: null,
    };
    expect(presentUser(user)).toEqual({
      id: user.id,
      email: 'ada@example.com',
      name: 'Ada',
      role: 'author',
      emailVerifiedAt: null,
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:00:00.000Z',
    });
  });
});
