import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../functions/_api/openapi.ts';
import { FUNCTIONS, ROUTES } from '../../functions/functions.ts';

describe('the OpenAPI document', () => {
  const document = openApiDocument();

  it('describes exactly the routes of the table of functions, each under the function that serves it', () => {
    const paths = Object.entries(
      document['paths'] as Record<string, Record<string, { operationId: string }>>,
    );
    const described = paths.flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`,
      ),
    );
    const declared = FUNCTIONS.flatMap(({ name, trigger }) =>
      trigger.kind === 'route' ? [`${trigger.method} ${trigger.path} ${name}`] : [],
    );
    expect(described.sort()).toEqual(declared.sort());
  });

  it('names every parameter of every path', () => {
    for (const [path, methods] of Object.entries(
      document['paths'] as Record<string, Record<string, unknown>>,
    )) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(methods) as { parameters: { in: string; name: string }[] }[]) {
        const declared = operation.parameters
          .filter((parameter) => parameter.in === 'path')
          .map(({ name }) => name);
        expect(declared).toEqual(names);
      }
    }
  });

  it('names the header by which a play tells that its win is pending', () => {
    const paths = document['paths'] as Record<
      string,
      { post?: { responses: Record<string, { headers?: object }> } }
    >;
    for (const play of ['spin', 'bonus'])
      expect(paths[`/api/v1/games/{gameCode}/${play}`]?.post?.responses['200']?.headers).toHaveProperty(
        'Win-Pending',
      );
  });

  it('refuses unknown fields in every request, as the handlers do', () => {
    const bodies = ROUTES.flatMap(({ body }) => (body ? [body] : []));
    expect(bodies.length).toBeGreaterThan(0);
    for (const body of bodies) {
      const { error } = body.safeParse({ unknown: 1 });
      expect(error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
    }
  });
});
