import compress from '@fastify/compress';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module';
import { AppConfig, type LoadedConfig } from '../platform/config';
import {
  API_PREFIX,
  HttpConfig,
  registerConditionalRequests,
  registerEnvelope,
  registerSecurityHeaders,
} from '../platform/http';
import { createAppLogger, registerRequestLog } from '../platform/logging';
import { registerBodyLimit } from './body-limit';
import { registerBodyParsers } from './body-parsers';
import { releaseConnectionsOnClose } from './closing-connections';
import { createFastifyAdapter } from './fastify-adapter';
import { collectMethods } from './method-not-allowed';
import { buildOpenApi, serveOpenApi } from './openapi';
import { registerResponseSchemas } from './response-schemas';
import { UNPREFIXED } from './unprefixed';

/** Creates the HTTP application, ready to listen. `main.ts` and every e2e test start here. */
export async function createApp(config: LoadedConfig): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    createFastifyAdapter(config),
    {
      logger: createAppLogger(config.get(AppConfig)),
      abortOnError: false,
      // Ours are registered below.
      bodyParser: false,
    },
  );
  await configureApp(app, config);
  return app;
}

/** Everything between a created application and one that can listen. */
async function configureApp(app: NestFastifyApplication, config: LoadedConfig): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const http = config.get(HttpConfig);
  app.setGlobalPrefix(API_PREFIX, { exclude: UNPREFIXED });

  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  registerRequestLog(fastify, config.get(AppConfig));
  releaseConnectionsOnClose(fastify);
  registerSecurityHeaders(fastify, { https: http.publicUrl.startsWith('https:') });
  registerEnvelope(fastify);
  registerConditionalRequests(fastify);
  registerBodyParsers(fastify);
  registerBodyLimit(fastify);
  await app.register(compress, { threshold: 1_024, encodings: ['br', 'gzip'], globalDecompression: false });
  if (http.corsOrigins.length > 0) {
    app.enableCors({
      origin: http.corsOrigins.includes('*') ? '*' : http.corsOrigins,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: ['ETag', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'],
      maxAge: 600,
    });
  }

  const document = await buildOpenApi(app);
  registerResponseSchemas(fastify, document);
  const refuseOtherMethods = collectMethods(fastify);
  serveOpenApi(app, document);
  await app.init();
  refuseOtherMethods();
  await fastify.ready();
}
