import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

type Schema = Record<string, unknown>;
interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

/** What the serializer needs of a schema; descriptions and examples only cost time to compile. */
const KEPT = ['type', 'format', 'properties', 'items', 'additionalProperties', 'anyOf', 'oneOf', 'allOf', 'nullable'];

/**
 * Gives every route a response schema taken from its own OpenAPI description, so that Fastify compiles a serializer for
 * it: what clients are told and what they get cannot drift apart, and a field no DTO declares never leaves.
 */
export function registerResponseSchemas(fastify: FastifyInstance, document: OpenAPIObject): void {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  fastify.addHook('onRoute', (route) => {
    const path = document.paths[route.url.replace(/:(\w+)/g, '{$1}')] as Record<string, Operation> | undefined;
    const method = [route.method].flat()[0] ?? '';
    const operation = path?.[method === 'HEAD' ? 'get' : method.toLowerCase()];
    if (!operation) return;

    const response: Record<string, Schema> = {};
    for (const [status, { content }] of Object.entries(operation.responses)) {
      const schema = content?.['application/json']?.schema;
      if (schema && status.startsWith('2')) response[status] = inline(schema, schemas);
    }
    if (Object.keys(response).length > 0) route.schema = { ...route.schema, response };
  });
}

// `required` is left out: sparse fields leave properties away, and the serializer would throw.
function inline(schema: Schema, schemas: Record<string, Schema>): Schema {
  if (typeof schema.$ref === 'string') {
    const target = schemas[schema.$ref.replace('#/components/schemas/', '')];
    if (!target) throw new Error(`${schema.$ref} is not in the OpenAPI document.`);
    return inline(target, schemas);
  }
  const result: Schema = {};
  for (const key of KEPT) {
    const value = schema[key];
    if (value !== undefined) result[key] = inlineValue(key, value, schemas);
  }
  return result;
}

function inlineValue(key: string, value: unknown, schemas: Record<string, Schema>): unknown {
  if (key === 'properties') {
    return Object.fromEntries(
      Object.entries(value as Record<string, Schema>).map(([name, property]) => [name, inline(property, schemas)]),
    );
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown) =>
      typeof item === 'object' && item !== null ? inline(item as Schema, schemas) : item,
    );
  }
  return typeof value === 'object' && value !== null ? inline(value as Schema, schemas) : value;
}
