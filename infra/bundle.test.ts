import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { bundleChangedFunctions, bundleFunctions } from './bundle.ts';
import { temporaryDirectory } from './template.fixture.ts';

const MODULES = join(import.meta.dirname, '../node_modules');
const ZOD = join(MODULES, 'zod');
const SQS_CLIENT = join(MODULES, '@aws-sdk/client-sqs');
const DYNAMODB_CLIENT = join(MODULES, '@aws-sdk/client-dynamodb');
const S3_CLIENT = join(MODULES, '@aws-sdk/client-s3');

/** Handlers lie in the folder of a room. */
const ROOM = 'rounds';

let functionsDirectory: string;
let outputDirectory: string;
beforeEach(() => {
  functionsDirectory = temporaryDirectory();
  outputDirectory = temporaryDirectory();
});

const run = () => bundleFunctions({ functionsDirectory, outputDirectory });
const bundleOf = (name: string) => join(outputDirectory, 'bundles', name, 'handler.mjs');

function writeHandler(name: string, source: string): void {
  writeOld(join(functionsDirectory, ROOM, name, 'handler.ts'), source);
}

/** Dates a file back by a minute, so that it was not written while the bundles are built. */
function writeOld(file: string, source: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, source);
  const minuteAgo = Date.now() / 1_000 - 60;
  utimesSync(file, minuteAgo, minuteAgo);
}

test('every folder with a handler is bundled, except for those that begin with an underscore', async () => {
  writeHandler('play-spin', 'export const handler = async (): Promise<string> => "spin";');
  writeHandler('list-games', 'export const handler = async () => "games";');
  writeOld(join(functionsDirectory, '_runtime/shared/handler.ts'), 'export const handler = 1;');
  mkdirSync(join(functionsDirectory, ROOM, 'empty'));
  expect((await run()).map(({ name }) => name)).toEqual(['list-games', 'play-spin']);
  const bundled = await import(pathToFileURL(bundleOf('play-spin')).href);
  expect(await bundled.handler()).toBe('spin');
});

test('two rooms cannot have functions of one name, which would be one function of the stack', async () => {
  writeHandler('play-spin', 'export const handler = 1;');
  writeOld(join(functionsDirectory, 'games/play-spin/handler.ts'), 'export const handler = 2;');
  await expect(run()).rejects.toThrow('Two functions are called play-spin');
});

test('the same sources give the same bytes, in whichever folder they are put', async () => {
  writeHandler(
    'play-spin',
    `import * as z from ${JSON.stringify(ZOD)}; export const handler = () => z.string().parse('');`,
  );
  await run();
  const first = readFileSync(bundleOf('play-spin'));
  outputDirectory = temporaryDirectory();
  await run();
  expect(readFileSync(bundleOf('play-spin')).equals(first)).toBe(true);
});

test('a bundle that did not change is not written again', async () => {
  writeHandler('play-spin', 'export const handler = 1;');
  await run();
  const before = statSync(bundleOf('play-spin'), { bigint: true }).mtimeNs;
  await run();
  expect(statSync(bundleOf('play-spin'), { bigint: true }).mtimeNs).toBe(before);
});

test('a bundle that changed is replaced whole, and a reader of the old one reads on in it', async () => {
  writeHandler('play-spin', 'export const handler = 1;');
  await run();
  const before = readFileSync(bundleOf('play-spin'), 'utf8');
  const reader = join(temporaryDirectory(), 'handler.mjs');
  linkSync(bundleOf('play-spin'), reader);
  writeHandler('play-spin', 'export const handler = 2;');
  await run();
  expect(readFileSync(bundleOf('play-spin'), 'utf8')).not.toBe(before);
  expect(readFileSync(reader, 'utf8')).toBe(before);
  expect(readdirSync(outputDirectory).sort()).toEqual([
    'bundles',
    'bundles.json',
    'metafiles',
    'source-maps',
  ]);
});

test('the bundle of a function that is gone is removed, too', async () => {
  writeHandler('play-spin', 'export const handler = 1;');
  mkdirSync(join(outputDirectory, 'bundles', 'old'), { recursive: true });
  await run();
  expect(readdirSync(join(outputDirectory, 'bundles'))).toEqual(['play-spin']);
});

describe('a run that takes the bundles as they are', () => {
  const price = () => join(functionsDirectory, '_runtime/price.ts');
  const unused = () => join(functionsDirectory, '_runtime/unused.ts');
  beforeEach(async () => {
    writeOld(price(), 'export const price = 1;');
    writeOld(unused(), 'export const unused = 1;');
    writeHandler(
      'play-spin',
      "import { price } from '../../_runtime/price.ts'; import '../../_runtime/unused.ts'; export const handler = price;",
    );
    await run();
  });

  /** Only a build writes metafiles. */
  async function buildsAgain(): Promise<boolean> {
    rmSync(join(outputDirectory, 'metafiles'), { recursive: true });
    await bundleChangedFunctions({ functionsDirectory, outputDirectory });
    return existsSync(join(outputDirectory, 'metafiles'));
  }

  test('builds none where nothing has changed', async () => {
    expect(await buildsAgain()).toBe(false);
  });

  const record = () => join(outputDirectory, 'bundles.json');
  test.each<[string, () => void]>([
    ['a handler', () => writeHandler('play-spin', 'export const handler = 3;')],
    ['what it imports', () => writeOld(price(), 'export const price = 2;')],
    ['a file of which nothing was left', () => writeOld(unused(), 'console.log(1);')],
    ['a function that is new', () => writeHandler('list-games', 'export const handler = 1;')],
    ['a bundle', () => writeFileSync(bundleOf('play-spin'), 'export const handler = 4;')],
    ['a bundle that is gone', () => rmSync(bundleOf('play-spin'))],
    ['a record that cannot be read', () => writeFileSync(record(), '{')],
  ])('builds them where it finds changed: %s', async (_, change) => {
    change();
    expect(await buildsAgain()).toBe(true);
  });

  test('fails as a build does where a source is gone', async () => {
    rmSync(unused());
    await expect(buildsAgain()).rejects.toThrow(/unused/);
  });

  test('builds them where a function is gone', async () => {
    writeHandler('list-games', 'export const handler = 1;');
    await run();
    rmSync(join(functionsDirectory, ROOM, 'list-games'), { recursive: true });
    expect(await buildsAgain()).toBe(true);
    expect(readdirSync(join(outputDirectory, 'bundles'))).toEqual(['play-spin']);
  });

  test('builds them where a source was written during the build, which may have read it before', async () => {
    writeFileSync(price(), 'export const price = 5;');
    await run();
    expect(await buildsAgain()).toBe(true);
  });
});

test('a deployed bundle is one file, and its source map lies beside the bundles', async () => {
  writeHandler('play-spin', 'export const handler = 1;');
  const [sizes] = await run();
  expect(readdirSync(join(outputDirectory, 'bundles', 'play-spin'))).toEqual(['handler.mjs']);
  expect(readFileSync(bundleOf('play-spin'), 'utf8')).not.toContain('sourceMappingURL');
  expect(existsSync(join(outputDirectory, 'source-maps', 'play-spin', 'handler.mjs.map'))).toBe(true);
  expect(sizes).toMatchObject({ name: 'play-spin', bytes: statSync(bundleOf('play-spin')).size });
});

test('a CommonJS dependency can require a module of Node', async () => {
  writeHandler(
    'play-spin',
    "import legacy from './legacy.cjs'; export const handler = () => legacy('a', 'b');",
  );
  writeFileSync(
    join(functionsDirectory, ROOM, 'play-spin', 'legacy.cjs'),
    "const name = 'node:' + 'path'; module.exports = require(name).posix.join;",
  );
  await run();
  const bundled = await import(pathToFileURL(bundleOf('play-spin')).href);
  expect(bundled.handler()).toBe('a/b');
});

test('the SDK in a bundle signs with the credentials of the environment and looks for none elsewhere', async () => {
  writeHandler(
    'play-spin',
    `import { SQSClient } from ${JSON.stringify(SQS_CLIENT)};
       export const handler = async () => {
         const { accessKeyId, sessionToken } = await new SQSClient({ region: 'eu-west-1' }).config.credentials();
         return accessKeyId + '/' + sessionToken;
       };`,
  );
  await run();
  const metafile = JSON.parse(readFileSync(join(outputDirectory, 'metafiles', 'play-spin.json'), 'utf8'));
  const providers =
    Object.keys(metafile['handler.mjs'].inputs)
      .join('\n')
      .match(/credential-provider-[a-z]+/g) ?? [];
  expect([...new Set(providers)]).toEqual(['credential-provider-env']);
  const call = `console.log(await (await import(${JSON.stringify(bundleOf('play-spin'))})).handler())`;
  const answer = execFileSync(process.execPath, ['--input-type=module', '-e', call], {
    env: { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' },
    encoding: 'utf8',
  });
  expect(answer.trim()).toBe('key/token');
});

test('a client gets the code for event streams only where it cannot do without', async () => {
  const source = (client: string, name: string) =>
    `import { ${name} } from ${JSON.stringify(client)};
     export const handler = () => new ${name}({ region: 'eu-west-1' }).config.serviceId;`;
  writeHandler('with-s3', source(S3_CLIENT, 'S3Client'));
  writeHandler('with-sqs', source(SQS_CLIENT, 'SQSClient'));
  await run();
  const streams = (name: string) =>
    readFileSync(join(outputDirectory, 'metafiles', `${name}.json`), 'utf8').includes(
      'submodules/event-streams/',
    );
  expect([streams('with-s3'), streams('with-sqs')]).toEqual([true, false]);
  for (const name of ['with-s3', 'with-sqs']) {
    const bundled = await import(pathToFileURL(bundleOf(name)).href);
    expect(bundled.handler()).toMatch(/^S3$|^SQS$/);
  }
});

test('a client of DynamoDB has no cache for endpoints that it does not discover', async () => {
  writeHandler(
    'with-dynamodb',
    `import { DynamoDBClient } from ${JSON.stringify(DYNAMODB_CLIENT)};
     export const handler = () => new DynamoDBClient({ region: 'eu-west-1' }).config.endpointCache.has('key');`,
  );
  await run();
  const metafile = readFileSync(join(outputDirectory, 'metafiles', 'with-dynamodb.json'), 'utf8');
  expect(metafile).not.toContain('mnemonist');
  const bundled = await import(pathToFileURL(bundleOf('with-dynamodb')).href);
  expect(bundled.handler()).toBe(false);
});

test('a schema still validates without the code that describes it, which only the OpenAPI document keeps', async () => {
  const source = `import * as z from ${JSON.stringify(ZOD)};
    const schema = z.strictObject({ stake: z.string() });
    export const handler = () => schema.safeParse({ stake: 1 }).success;
    export const describe = () => schema.toJSONSchema().type;`;
  writeHandler('play-spin', source);
  writeHandler('serve-openapi', source);
  await run();
  const [spin, openapi] = await Promise.all(
    ['play-spin', 'serve-openapi'].map((name) => import(pathToFileURL(bundleOf(name)).href)),
  );
  expect([spin.handler(), openapi.handler()]).toEqual([false, false]);
  expect(openapi.describe()).toBe('object');
  expect(() => spin.describe()).toThrow(/left out/);
});

const ERRORS = 'export class EngineError extends Error {}';
const PART =
  "import { EngineError } from '../../errors.ts'; export const fail = () => new EngineError('part');";
const COMPOSITION = `import { EngineError } from './errors.ts';
  const once = (make) => () => make();
  export const engines = /* @__PURE__ */ once(() => import('./engines/grpc/remote-part.ts'));
  export const isEngineError = (error) => error instanceof EngineError;
  export const name = 'composition';`;

function writeComposition(): void {
  const folder = join(functionsDirectory, '_runtime');
  mkdirSync(join(folder, 'engines/grpc'), { recursive: true });
  writeFileSync(join(folder, 'errors.ts'), ERRORS);
  writeFileSync(join(folder, 'composition.ts'), COMPOSITION);
  writeFileSync(join(folder, 'engines/grpc/remote-part.ts'), PART);
}

test('a module on demand lies beside the functions that can load it, and shares their classes', async () => {
  writeComposition();
  writeHandler(
    'play-spin',
    `import * as compose from '../../_runtime/composition.ts';
     export const handler = async () => compose.isEngineError((await compose.engines()).fail());`,
  );
  writeHandler(
    'list-games',
    "import * as compose from '../../_runtime/composition.ts'; export const handler = () => compose.name;",
  );
  const [games, spin] = await run();
  expect(readdirSync(join(outputDirectory, 'bundles', 'list-games'))).toEqual(['handler.mjs']);
  expect(games?.onDemandGzippedBytes).toBe(0);
  const files = readdirSync(join(outputDirectory, 'bundles', 'play-spin'));
  expect(files.some((file) => file.startsWith('remote-part-'))).toBe(true);
  const bundled = await import(pathToFileURL(bundleOf('play-spin')).href);
  expect(await bundled.handler()).toBe(true);

  const bytesOf = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + statSync(join(outputDirectory, 'bundles', 'play-spin', name)).size, 0);
  const atOnce = files.filter((file) => !file.startsWith('remote-part-'));
  expect(atOnce.length).toBeGreaterThan(1);
  expect(spin?.bytes).toBe(bytesOf(atOnce));
  expect(spin?.onDemandGzippedBytes).toBeGreaterThan(0);
});

test('a part that changed leaves no old file to deploy', async () => {
  writeComposition();
  writeHandler(
    'play-spin',
    "import * as compose from '../../_runtime/composition.ts'; export const handler = () => compose.engines();",
  );
  await run();
  const before = readdirSync(join(outputDirectory, 'bundles', 'play-spin'));
  writeFileSync(
    join(functionsDirectory, '_runtime/engines/grpc/remote-part.ts'),
    `${PART} export const changed = true;`,
  );
  await run();
  const after = readdirSync(join(outputDirectory, 'bundles', 'play-spin'));
  expect(after).not.toEqual(before);
  expect(after).toHaveLength(before.length);
});
