import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import { createApp } from './bootstrap/configure-app';
import { startHeartbeat } from './bootstrap/heartbeat';
import { assertPortFree, PortError, toPortError } from './bootstrap/port';
import { closeOnSignal } from './bootstrap/shutdown';
import { AdminBootstrap } from './modules/users';
import { AppConfig, ConfigError, loadConfig, type LoadedConfig } from './platform/config';
import { DatabaseConfig } from './platform/database';
import { EmbeddedPostgresError, type EmbeddedPostgres, startEmbeddedPostgres } from './platform/database/embedded';
import { HealthChecks } from './platform/health';
import { HttpConfig } from './platform/http';
import { AppLogger, createAppLogger } from './platform/logging';

/** Starts the process that PROCESS asks for. */
async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  let config = loadConfig(process.env);
  const { servesHttp, dataDir, shutdownGraceSeconds } = config.get(AppConfig);
  const { port, host } = config.get(HttpConfig);
  if (servesHttp) await assertPortFree(port, host);

  let embedded: EmbeddedPostgres | undefined;
  if (!config.get(DatabaseConfig).url) {
    const logger = createAppLogger(config.get(AppConfig));
    embedded = await startEmbeddedPostgres({ dataDir, log: (line) => logger.debug(line, 'PostgreSQL') });
    embedded.onUnexpectedExit(({ reason, restarting }) => {
      logger.error(`The embedded PostgreSQL ended: ${reason}`, 'PostgreSQL');
      if (restarting) return;
      // Ends in order, as for anybody who asks; the exit code tells a supervisor to start anew.
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    });
    config = loadConfig({ ...process.env, DATABASE_URL: embedded.url });
  }

  try {
    const app = await (servesHttp ? startHttp(config) : startWorker(config));
    closeOnSignal({
      close: async () => {
        app.get(HealthChecks).stop();
        // Requests and jobs come to their ends side by side; the connections to the database go last.
        const requests = servesHttp ? (app as NestFastifyApplication).getHttpAdapter().close() : undefined;
        await app.close();
        await requests;
        await embedded?.stop();
      },
      graceSeconds: shutdownGraceSeconds,
      log: (message) => app.get(AppLogger).log(message),
    });
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function startHttp(config: LoadedConfig): Promise<NestFastifyApplication> {
  const { port, host } = config.get(HttpConfig);
  const app = await createApp(config);
  const admin = await app.get(AdminBootstrap).ensure();
  try {
    await app.listen(port, host);
  } catch (error) {
    throw toPortError(error, port, host);
  }
  print([
    `Listening on      ${await app.getUrl()}`,
    `Documentation at  ${await app.getUrl()}/docs`,
    ...(admin ? [`Admin             ${admin.email}`, `Password          ${admin.password}   (shown only now)`] : []),
  ]);
  return app;
}

async function startWorker(config: LoadedConfig) {
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(config), {
    logger: createAppLogger(config.get(AppConfig)),
    abortOnError: false,
  });
  const { dataDir } = config.get(AppConfig);
  startHeartbeat(dataDir, (error) => app.get(AppLogger).warn({ err: error }, 'The heartbeat cannot be written'));
  print(['Working on jobs']);
  return app;
}

function print(lines: string[]): void {
  process.stdout.write(`\n${lines.map((line) => `  ${line}`).join('\n')}\n\n`);
}

main().catch((error: unknown) => {
  // What a person can mend is said in a sentence; for the rest the stack is needed.
  const expected = [ConfigError, PortError, EmbeddedPostgresError].some((type) => error instanceof type);
  process.stderr.write(`\n${expected ? (error as Error).message : formatFault(error)}\n\n`);
  process.exit(1);
});

function formatFault(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : 'The process could not start.';
}
