import { Module } from '@nestjs/common';
import { ScheduleStore } from './schedule-store';
import { Ticker } from './ticker';

/** Jobs by the clock. */
@Module({ providers: [ScheduleStore, Ticker], exports: [Ticker] })
export class SchedulerModule {}
