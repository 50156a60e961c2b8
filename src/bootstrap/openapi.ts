import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import metadata from '../metadata';

const DESCRIPTION = `One envelope for every answer, one shape for every error, cursor paging by default.

Sign in with \`POST /api/v1/auth/login\`, press **Authorize** and paste the access token.`;

/** Makes the OpenAPI 3.1 document from controllers and DTOs. */
export async function buildOpenApi(app: INestApplication): Promise<OpenAPIObject> {
  await SwaggerModule.loadPluginMetadata(metadata);
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Groundwork')
    .setDescription(DESCRIPTION)
    .setVersion('1.0.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This server')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addTag('auth', 'Signing in and out')
    .addTag('users', 'Accounts')
    .addTag('posts', 'Writing and reading')
    .addTag('tags', 'What posts are about')
    .addTag('jobs', 'Work in the background')
    .addTag('operations', 'Probes')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      // A public route takes a token too: `{}` says that it may be left out.
      if (operation) operation.security ??= [{}, { bearer: [] }];
    }
  }
  return document;
}

/** Serves Swagger UI at `/docs` and the document at `/docs-json` and `/docs-yaml`. */
export function serveOpenApi(app: INestApplication, document: OpenAPIObject): void {
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'Groundwork API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true },
  });
}
