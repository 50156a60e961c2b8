import type { Redis } from '../../redis';
import { RateCounter } from './rate-counter';

describe('RateCounter in this process', () => {
  const counter = () => new RateCounter({ client: undefined } as Redis);

  afterEach(() => jest.useRealTimers());

  it('counts each key by itself, and starts anew when the window has ended', () => {
    jest.useFakeTimers({ now: 1_000_000 });
    const rates = counter();
    expect(rates.count('a', 1_000)).toEqual({ hits: 1, resetMs: 1_000 });
    jest.setSystemTime(1_000_400);
    expect(rates.count('a', 1_000)).toEqual({ hits: 2, resetMs: 600 });
    expect(rates.count('b', 1_000)).toEqual({ hits: 1, resetMs: 1_000 });
    jest.setSystemTime(1_001_000);
    expect(rates.count('a', 1_000)).toEqual({ hits: 1, resetMs: 1_000 });
  });

  it('forgets windows that have ended, so that strangers cannot fill the memory', () => {
    jest.useFakeTimers({ now: 1_000_000 });
    const rates = counter();
    for (let client = 0; client < 10_000; client++) void rates.count(`client-${client}`, 1_000);
    jest.setSystemTime(1_002_000);
    void rates.count('another', 1_000);
    expect((rates as unknown as { windows: Map<string, unknown> }).windows.size).toBe(1);
  });
});
