export { defineSchedule, maintenanceQueue, nextRun, type ScheduleDefinition, type ScheduleOptions } from './schedules';
export { SchedulerModule } from './scheduler.module';
export { Ticker } from './ticker';
