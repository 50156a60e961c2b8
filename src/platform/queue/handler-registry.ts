import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { definedJobs, type JobDefinition } from './definitions';
import { type JobHandler, jobHandledBy } from './handlers';

/** Finds the handlers among all providers, and refuses to start when a declared job has none or two. */
@Injectable()
export class HandlerRegistry implements OnModuleInit {
  private readonly handlers = new Map<string, JobHandler>();

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    const found = new Map<JobDefinition, string[]>();
    for (const wrapper of this.discovery.getProviders()) {
      const job = typeof wrapper.metatype === 'function' ? jobHandledBy(wrapper.metatype) : undefined;
      if (!job) continue;
      found.set(job, [...(found.get(job) ?? []), wrapper.name as string]);
      if (!wrapper.isDependencyTreeStatic()) {
        throw new Error(`${wrapper.name} handles "${job.name}" and must not depend on anything request-scoped.`);
      }
      this.handlers.set(job.name, wrapper.instance as JobHandler);
    }
    const problems = [...definedJobs().values()].flatMap((job) => problemOf(job, found.get(job) ?? []));
    if (problems.length > 0) throw new Error(`The jobs are not complete:\n${problems.join('\n')}`);
  }

  /** The handler of a job; undefined for a name that this version of the program does not know. */
  find(name: string): JobHandler | undefined {
    return this.handlers.get(name);
  }
}

function problemOf(job: JobDefinition, classes: readonly string[]): string[] {
  if (classes.length === 1) return [];
  return classes.length === 0
    ? [
        `  - "${job.name}" has no handler: list a class with @HandlesJob() or @OnEvent() among the providers of a module.`,
      ]
    : [`  - "${job.name}" has ${classes.length} handlers (${classes.join(', ')}): keep one.`];
}
