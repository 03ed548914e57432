import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Each SDK client imports its whole package.json for the version in its user agent. */
const clientVersions: Plugin = {
  name: 'client-versions',
  setup: (build) => {
    build.onLoad({ filter: /node_modules[\\/]@aws-sdk[\\/].*package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** Every zod schema can turn itself into JSON Schema. Only the function that serves OpenAPI needs that. */
const noJsonSchema: Plugin = {
  name: 'no-json-schema',
  setup: (build) => {
    const filter = /node_modules[\\/]zod[\\/]v4[\\/]core[\\/](json-schema-processors|to-json-schema)\.js$/;
    build.onLoad({ filter }, async ({ path }) => {
      const names = Object.keys((await import(path)) as Record<string, unknown>);
      const refuse = "()=>()=>{throw new Error('JSON Schema is left out of this bundle')}";
      return { contents: names.map((name) => `export const ${name}=${refuse};`).join('\n'), loader: 'js' };
    });
  },
};

/**
 * Every SDK client can load the module that reads event streams, which has 7 KB gzipped. No operation called here answers
 * with an event stream. The S3 client imports the same module from the start, and keeps it.
 */
const noEventStreams: Plugin = {
  name: 'no-event-streams',
  setup: (build) => {
    build.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

/**
 * The DynamoDB client makes a cache for endpoints that it has discovered, with 3 KB gzipped of data structures. It discovers
 * none unless AWS_ENABLE_ENDPOINT_DISCOVERY asks for it, and then works without a cache as well.
 */
const noEndpointCache: Plugin = {
  name: 'no-endpoint-cache',
  setup: (build) => {
    build.onLoad({ filter: /node_modules[\\/]@aws-sdk[\\/]endpoint-cache[\\/].*\.js$/ }, () => ({
      contents:
        'export class EndpointCache { getEndpoint() {} get() {} set() {} delete() {} has() { return false } clear() {} }',
      loader: 'js',
    }));
  },
};

/** Modules that a function loads when it first needs them. They speak gRPC, to engines and random sources on servers. */
const PARTS = /\/engines\/grpc\/[a-z-]+\.ts$/;

export function isPart(path: string): boolean {
  return PARTS.test(path);
}

/** The bundler drops a part where no code is left that would load it. This tells which functions need the part. */
export const partsLeftOut: Plugin = {
  name: 'parts-left-out',
  setup: (build) => {
    build.onResolve({ filter: PARTS }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

const forAll: readonly Plugin[] = [clientVersions, noEventStreams, noEndpointCache];
const forMost: readonly Plugin[] = [...forAll, noJsonSchema];

/**
 * Lists the modules that a function's bundle may leave out, about 18 KB gzipped. Functions with the same list are
 * bundled in one go.
 */
export function trimmingFor(functionName: string): readonly Plugin[] {
  return functionName === 'serve-openapi' ? forAll : forMost;
}
