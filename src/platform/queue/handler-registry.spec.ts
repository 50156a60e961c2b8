import { Injectable, Module, type Provider, Scope } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { defineJob, defineQueue, HandlesJob, type JobHandler } from '.';
import { HandlerRegistry } from './handler-registry';

const queue = defineQueue({ name: 'test' });
const handled = defineJob({ name: 'test.handled', queue });
const doubled = defineJob({ name: 'test.doubled', queue });
const orphaned = defineJob({ name: 'test.orphaned', queue });

class Handler implements JobHandler {
  async handle(): Promise<void> {}
}

@HandlesJob(handled)
class HandledHandler extends Handler {}
@HandlesJob(doubled)
class FirstHandler extends Handler {}
@HandlesJob(doubled)
class SecondHandler extends Handler {}
@HandlesJob(orphaned)
class OrphanedHandler extends Handler {}

async function start(...providers: Provider[]): Promise<HandlerRegistry> {
  @Module({ imports: [DiscoveryModule], providers: [HandlerRegistry, ...providers] })
  class TestModule {}
  const app = await NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false });
  return app.get(HandlerRegistry);
}

describe('the registry of handlers', () => {
  it('finds the one handler of each job', async () => {
    const registry = await start(HandledHandler, FirstHandler, OrphanedHandler);
    expect(registry.find('test.handled')).toBeInstanceOf(HandledHandler);
    expect(registry.find('test.unknown')).toBeUndefined();
  });

  it('refuses to start and names every job without a handler or with two', async () => {
    const starting = start(HandledHandler, FirstHandler, SecondHandler);
    await expect(starting).rejects.toThrow('"test.doubled" has 2 handlers (FirstHandler, SecondHandler)');
    await expect(starting).rejects.toThrow('"test.orphaned" has no handler');
    await expect(starting).rejects.not.toThrow('test.handled');
  });

  it('refuses handlers that depend on a request', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {}
    @HandlesJob(orphaned)
    class NeedsRequest extends Handler {
      constructor(readonly request: PerRequest) {
        super();
      }
    }
    await expect(start(PerRequest, HandledHandler, FirstHandler, NeedsRequest)).rejects.toThrow(
      'NeedsRequest handles "test.orphaned" and must not depend on anything request-scoped',
    );
  });
});
