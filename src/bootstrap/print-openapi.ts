import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module';
import { loadConfig } from '../platform/config';
import { API_PREFIX } from '../platform/http';
import { createFastifyAdapter } from './fastify-adapter';
import { buildOpenApi } from './openapi';
import { UNPREFIXED } from './unprefixed';

/** Prints the OpenAPI document without connecting to anything: `preview` makes the modules, and no provider. */
async function main(): Promise<void> {
  const config = loadConfig({ DATABASE_URL: 'postgres://nowhere/nothing' });
  const app = await NestFactory.create(AppModule.forRoot(config), createFastifyAdapter(config), {
    logger: false,
    preview: true,
  });
  app.setGlobalPrefix(API_PREFIX, { exclude: UNPREFIXED });
  process.stdout.write(`${JSON.stringify(await buildOpenApi(app), null, 2)}\n`);
}

void main();
