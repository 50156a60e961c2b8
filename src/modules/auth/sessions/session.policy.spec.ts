import { isOpen } from './session.policy';

describe('isOpen', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  const before = new Date('2026-11-20T11:00:00Z');
  const after = new Date('2026-11-20T13:00:00Z');
  const session = { createdAt: before, expiresAt: after, revokedAt: null };

  it('is true for a session that runs', () => {
    expect(isOpen(session, { signedOutAt: null }, now)).toBe(true);
    expect(isOpen(session, { signedOutAt: new Date(before.getTime() - 1) }, now)).toBe(true);
  });

  it('is false once it was revoked, has expired, or the account was signed out since', () => {
    expect(isOpen({ ...session, revokedAt: before }, { signedOutAt: null }, now)).toBe(false);
    expect(isOpen({ ...session, expiresAt: now }, { signedOutAt: null }, now)).toBe(false);
    expect(isOpen(session, { signedOutAt: before }, now)).toBe(false);
    expect(isOpen(session, { signedOutAt: now }, now)).toBe(false);
  });
});
