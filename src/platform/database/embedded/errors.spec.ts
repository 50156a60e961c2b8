import { DataDirInUseError, EmbeddedPostgresError, explainFileError } from './errors';

const fileError = (code: string) =>
  Object.assign(new Error(`${code}: refused, open '/no/where'`), { code, path: '/no/where' });

describe('explainFileError()', () => {
  it.each([
    ['EACCES', /may not be used by this process.*chown -R.*another folder/s],
    ['EPERM', /may not be used by this process/],
    ['EROFS', /read-only file system.*DATABASE_URL/s],
    ['ENOSPC', /No space is left/],
    ['ENOTDIR', /a file stands where a folder is needed/],
  ])('says what %s means for DATA_DIR', (code, words) => {
    const explained = explainFileError(fileError(code), '/no/data');
    expect(explained).toBeInstanceOf(EmbeddedPostgresError);
    expect(explained).toHaveProperty('message', expect.stringMatching(words));
    expect(explained).toHaveProperty('message', expect.stringContaining('/no/data'));
  });

  it('leaves every other error as it is', () => {
    const inUse = new DataDirInUseError('/no/data');
    const other = fileError('ECONNRESET');
    expect(explainFileError(inUse, '/no/data')).toBe(inUse);
    expect(explainFileError(other, '/no/data')).toBe(other);
  });
});

describe('DataDirInUseError', () => {
  it('names the folder and the ways out', () => {
    expect(new DataDirInUseError('/srv/data').message).toMatch(
      /DATA_DIR \/srv\/data is in use.*Stop.*DATA_DIR.*DATABASE_URL/s,
    );
  });
});
