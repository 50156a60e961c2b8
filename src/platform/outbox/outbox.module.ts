import { Global, Module } from '@nestjs/common';
import { Outbox } from './outbox';
import { OutboxRows } from './outbox-rows';
import { Relay } from './relay';
import { Sweeper } from './sweeper';

/** What must happen after a commit: jobs and events are stored in the transaction and relayed to the queue. */
@Global()
@Module({ providers: [Outbox, OutboxRows, Relay, Sweeper], exports: [Outbox] })
export class OutboxModule {}
