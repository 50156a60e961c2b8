import { EmbeddedPostgresError } from './errors';
import { serverArguments } from './settings';

describe('serverArguments()', () => {
  it('listens on loopback alone, without a socket', () => {
    expect(serverArguments('/a b/postgres', 5555, {})).toEqual(
      expect.arrayContaining([
        '-D',
        '/a b/postgres',
        '-p',
        '5555',
        'listen_addresses=127.0.0.1',
        'unix_socket_directories=',
      ]),
    );
  });

  it('never gives up durability by itself', () => {
    expect(serverArguments('/data', 1, {}).join(' ')).not.toMatch(/fsync|synchronous_commit|full_page_writes/);
  });

  it('lets the caller win', () => {
    const given = serverArguments('/data', 1, { fsync: 'off', max_connections: '30' });
    expect(given).toEqual(expect.arrayContaining(['fsync=off', 'max_connections=30']));
    expect(given).not.toContain('max_connections=100');
  });

  it('refuses what is no name of a setting', () => {
    expect(() => serverArguments('/data', 1, { 'x y': '1' })).toThrow(EmbeddedPostgresError);
  });
});
