import { AppConfig, Config, ConfigError, Env, loadConfig, parse } from '.';

@Config('Sample')
class SampleConfig {
  @Env('SAMPLE_NUMBER', { doc: 'A number.', parse: parse.integer(1, 10), default: 5 })
  readonly number!: number;

  @Env('SAMPLE_SECRET', { doc: 'A secret.', parse: parse.url('https'), secret: true })
  readonly secret?: string;

  problems(): string[] {
    return this.number === 7 ? ['SAMPLE_NUMBER must not be 7 today.'] : [];
  }
}

describe('loadConfig', () => {
  it('uses defaults for what is unset or empty', () => {
    const config = loadConfig({ SAMPLE_NUMBER: ' ', SAMPLE_SECRET: '' }).get(SampleConfig);
    expect([config.number, config.secret]).toEqual([5, undefined]);
  });

  it('lists every problem at once, by name and never by value', () => {
    const load = () => loadConfig({ SAMPLE_NUMBER: '11', SAMPLE_SECRET: 'http://user:hunter2@x', NODE_ENV: 'prod' });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/SAMPLE_NUMBER must be a whole number from 1 to 10/);
    expect(load).toThrow(/SAMPLE_SECRET must be a URL/);
    expect(load).toThrow(/NODE_ENV must be one of/);
    expect(load).not.toThrow(/hunter2/);
  });

  it('checks rules across variables', () => {
    expect(() => loadConfig({ SAMPLE_NUMBER: '7' })).toThrow('SAMPLE_NUMBER must not be 7 today.');
  });

  it('knows what a process does', () => {
    const kinds = (['all', 'api', 'worker'] as const).map((PROCESS) => loadConfig({ PROCESS }).get(AppConfig));
    expect(kinds.map(({ servesHttp, runsJobs }) => [servesHttp, runsJobs])).toEqual([
      [true, true],
      [true, false],
      [false, true],
    ]);
  });
});

describe('parsers', () => {
  it.each([
    [parse.port, '65536'],
    [parse.port, '3000x'],
    [parse.port, '0x10'],
    [parse.cidr, '10.0.0.0/33'],
    [parse.cidr, 'fe80::/129'],
    [parse.cidr, 'example.com'],
    [parse.origin, 'https://a.example/path'],
    [parse.origin, 'ftp://a.example'],
    [parse.email, 'nobody'],
    [parse.trustProxy, 'everyone'],
  ])('%p refuses %j', (parser, text) => {
    expect(() => parser(text)).toThrow(/^must be/);
  });

  it.each([
    [parse.port, '0', 0],
    [parse.cidr, '10.0.0.0/8', '10.0.0.0/8'],
    [parse.trustProxy, '2', 2],
    [parse.trustProxy, '10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    [parse.origin, 'https://a.example/', 'https://a.example'],
    [parse.url('redis'), 'redis://localhost:6379/', 'redis://localhost:6379'],
  ])('%p reads %j', (parser, text, value) => {
    expect(parser(text)).toEqual(value);
  });
});
