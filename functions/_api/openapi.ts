import * as z from 'zod';
import { type ErrorCode } from '../../shared/foundation/errors.ts';
import { statusOf } from '../_runtime/problem-details.ts';
import { ROUTES } from '../functions.ts';
import { errorsEverywhere } from './route-parts.ts';
import { Problem } from './responses.ts';

type Operation = (typeof ROUTES)[number];

/** Makes the OpenAPI 3.1 document from the schemas that the handlers themselves parse with. */
export function openApiDocument(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of ROUTES) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: operationObject(operation),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'serverless-rgs',
      version: '1',
      description: 'Game rounds for online casino operators. Money is written as decimal strings.',
    },
    paths,
    components: { schemas: { Problem: schemaOf(Problem, 'output') } },
  };
}

function operationObject(operation: Operation): Record<string, unknown> {
  return {
    operationId: operation.name,
    summary: operation.summary,
    parameters: [
      ...parameters(operation.pathParameters, 'path'),
      ...parameters(operation.query, 'query'),
      ...operation.headers.map(({ name, description }) => ({
        name,
        in: 'header',
        required: false,
        description,
        schema: { type: 'string' },
      })),
    ],
    ...(operation.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(operation.body, 'input') } },
      },
    }),
    responses: { [operation.success.status]: successObject(operation), ...problemObjects(operation) },
  };
}

function successObject({ success }: Operation): Record<string, unknown> {
  const { description, headers = [], schema } = success;
  return {
    description,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(
        headers.map((header) => [
          header.name,
          { description: header.description, schema: { type: 'string' } },
        ]),
      ),
    }),
    ...(schema && { content: { 'application/json': { schema: schemaOf(schema, 'output') } } }),
  };
}

/** Makes one response for each status, which lists the codes that it may carry. */
function problemObjects({ errors }: Operation): Record<string, unknown> {
  const codesByStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...errors, ...errorsEverywhere])) {
    const status = statusOf[code];
    codesByStatus.set(status, [...(codesByStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...codesByStatus].map(([status, codes]) => [
      status,
      {
        description: codes.join(', '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

function parameters(schema: z.ZodObject | undefined, place: 'path' | 'query'): Record<string, unknown>[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
