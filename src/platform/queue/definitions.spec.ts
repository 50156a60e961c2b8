import { defineJob, definedJobs, definedQueues, defineQueue } from './definitions';

const backoff = { type: 'exponential', delay: 100, jitter: 0.2 } as const;
const queue = defineQueue({ name: 'test-queue', attempts: 4, backoff });

describe('definitions', () => {
  it('merges the options of a job onto those of its queue', () => {
    const job = defineJob<{ id: string }>({ name: 'test.merged', queue, attempts: undefined, priority: 7 });
    expect(job).toMatchObject({ attempts: 4, backoff, priority: 7 });
    expect(defineJob({ name: 'test.own', queue, attempts: 1 })).toMatchObject({ attempts: 1, backoff, priority: 0 });
    expect(definedJobs().get('test.merged')).toBe(job);
    expect(definedQueues().get('test-queue')).toBe(queue);
  });

  it('refuses names that are malformed or taken', () => {
    expect(() => defineQueue({ name: 'test-queue' })).toThrow('The queue "test-queue" is declared twice.');
    expect(() => defineQueue({ name: 'Test:queue' })).toThrow('is no queue name');
    expect(() => defineJob({ name: 'test.merged', queue })).toThrow('The job "test.merged" is declared twice.');
    expect(() => defineJob({ name: 'test', queue })).toThrow('is no job name');
  });

  it('refuses options that BullMQ would stumble over later', () => {
    expect(() => defineQueue({ name: 'bad-attempts', attempts: 0 })).toThrow('at least one attempt');
    expect(() => defineQueue({ name: 'bad-concurrency', concurrency: 1.5 })).toThrow('a concurrency above 0');
    expect(() => defineJob({ name: 'test.bad-priority', queue, priority: -1 })).toThrow('a priority from 0');
    expect(() => defineJob({ name: 'test.bad-backoff', queue, backoff: { ...backoff, jitter: 2 } })).toThrow('jitter');
  });
});
