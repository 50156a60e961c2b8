import { parsePasswd, rankAccounts } from './run-as';

const PASSWD = `# a comment, as macOS has them
root:x:0:0:root:/root:/bin/bash
alice:x:1000:1000::/home/alice:/bin/bash
postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash
nobody:*:4294967294:4294967294:Unprivileged User:/var/empty:/usr/bin/false
broken line
`;
const accounts = parsePasswd(PASSWD);
const names = (ownerUid: number) => rankAccounts(accounts, ownerUid).map(({ name }) => name);

describe('the account that runs PostgreSQL for root', () => {
  it('reads passwd(5), with ids that Node.js takes', () => {
    expect(accounts).toEqual([
      { name: 'root', uid: 0, gid: 0 },
      { name: 'alice', uid: 1000, gid: 1000 },
      { name: 'postgres', uid: 101, gid: 104 },
      { name: 'nobody', uid: -2, gid: -2 },
    ]);
  });

  it('is postgres before nobody, and never root', () => {
    expect(names(0)).toEqual(['postgres', 'nobody']);
  });

  it('is the owner of DATA_DIR where that is an ordinary user', () => {
    expect(names(1000)).toEqual(['alice', 'postgres', 'nobody']);
  });

  it('is one of the usual ones where the owner has no name, as on a mounted volume', () => {
    expect(names(4711)).toEqual(['postgres', 'nobody']);
  });
});
