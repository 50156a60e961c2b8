import { LastAdminError } from './users.errors';
import { assertAdminRemains, ceasesToBeAdmin } from './users.policy';

describe('the last admin', () => {
  it('ceases to be one only by getting another role', () => {
    expect(ceasesToBeAdmin('admin', 'editor')).toBe(true);
    expect(ceasesToBeAdmin('admin', 'admin')).toBe(false);
    expect(ceasesToBeAdmin('admin', undefined)).toBe(false);
    expect(ceasesToBeAdmin('editor', 'viewer')).toBe(false);
  });

  it('must stay', () => {
    expect(() => assertAdminRemains(0)).toThrow(LastAdminError);
    expect(() => assertAdminRemains(1)).not.toThrow();
  });
});
