import { parsePostmasterPid } from './postmaster';

describe('parsePostmasterPid()', () => {
  it('reads pid, port and status', () => {
    const text = '6235\n/data/postgres\n1795200880\n55999\n\n127.0.0.1\n  2262083         8\nready   \n';
    expect(parsePostmasterPid(text)).toEqual({ pid: 6235, port: 55999, status: 'ready' });
  });

  it('reads what a server has written so far', () => {
    expect(parsePostmasterPid('6235\n/data/postgres\n1795200880\n')).toEqual({ pid: 6235, port: 0, status: '' });
  });

  it.each(['', '\n', 'garbage', '0\n', '-1\n'])('refuses %j', (text) => {
    expect(parsePostmasterPid(text)).toBeUndefined();
  });
});
