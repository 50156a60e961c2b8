import { ProgressWriter } from './progress-writer';

describe('the progress of a job', () => {
  let written: (number | object)[];
  let writer: ProgressWriter;

  beforeEach(() => {
    jest.useFakeTimers();
    written = [];
    writer = new ProgressWriter(async (value) => void written.push(value));
  });

  afterEach(() => jest.useRealTimers());

  it('is written four times a second at most, the last value always', async () => {
    for (let step = 0; step < 100; step++) {
      writer.set(step);
      await jest.advanceTimersByTimeAsync(10);
    }
    expect(written.length).toBeLessThanOrEqual(5);
    await writer.flush();
    expect(written.at(-1)).toBe(99);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(written.at(-1)).toBe(99);
  });

  it('is a percentage or an object of the feature', async () => {
    writer.set(250);
    await writer.flush();
    writer.set(Number.NaN);
    await writer.flush();
    writer.set({ read: 3 });
    await writer.flush();
    expect(written).toEqual([100, 0, { read: 3 }]);
  });

  it('goes on after a write that failed', async () => {
    const failing = new ProgressWriter(jest.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValue(undefined));
    failing.set(1);
    await failing.flush();
    failing.set(2);
    await expect(failing.flush()).resolves.toBeUndefined();
  });
});
