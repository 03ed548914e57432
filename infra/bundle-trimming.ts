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

/** Every zod schema can turn itself into JSON Schema, which only the function that serves OpenAPI asks of them. */
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
 * Every SDK client can load what reads event streams, which no operation called here answers with: 7 KB gzipped. The S3
 * client imports the same module from the start, and keeps it.
 */
const noEventStreams: Plugin = {
  name: 'no-event-streams',
  setup: (build) => {
    build.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

/** Modules that a function loads when it first needs them: what speaks gRPC, for engines and random sources on servers. */
const PARTS = /\/engines\/grpc\/[a-z-]+\.ts$/;

export function isPart(path: string): boolean {
  return PARTS.test(path);
}

/** Where no code is left that would load a part, the bundler drops it: so it is found out which functions need one. */
export const partsLeftOut: Plugin = {
  name: 'parts-left-out',
  setup: (build) => {
    build.onResolve({ filter: PARTS }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

const forAll: readonly Plugin[] = [clientVersions, noEventStreams];
const forMost: readonly Plugin[] = [...forAll, noJsonSchema];

/** What may be left out of a function's bundle, about 15 KB gzipped. Functions with the same list are bundled in one go. */
export function trimmingFor(functionName: string): readonly Plugin[] {
  return functionName === 'serve-openapi' ? forAll : forMost;
}
