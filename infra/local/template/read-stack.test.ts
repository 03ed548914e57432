import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../functions/functions.ts';
import { synthesise } from '../../synthesise.ts';
import { readStack, type Stack } from './read-stack.ts';

const API_URL = 'http://127.0.0.1:8080';
const SQS = 'http://127.0.0.1:4566';

/** Reads the product's own stack, with stand-ins for the bundles: what they do does not matter here. */
function readProduct(folder: string, api: 'http' | 'rest'): Stack {
  const bundlesDirectory = join(folder, 'bundles');
  for (const { name } of FUNCTIONS) {
    mkdirSync(join(bundlesDirectory, name), { recursive: true });
    writeFileSync(join(bundlesDirectory, name, 'handler.mjs'), `export const handler = () => '${name}';`);
  }
  const synthesised = synthesise('local', join(folder, api), { api, bundlesDirectory });
  return readStack({ ...synthesised, apiUrl: API_URL, endpoints: { sqs: SQS } });
}

describe("the product's stack on one machine", () => {
  const folder = mkdtempSync(join(tmpdir(), 'rgs-'));
  let http: Stack;
  beforeAll(() => {
    http = readProduct(folder, 'http');
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has every function with its code and its own environment', () => {
    expect(http.model.functions.map(({ environment }) => environment.POWERTOOLS_SERVICE_NAME)).toEqual(
      FUNCTIONS.map(({ name }) => name),
    );
    for (const { codeDirectory, environment, timeoutMs } of http.model.functions) {
      expect(codeDirectory).toMatch(/asset\.[0-9a-f]{64}$/);
      expect(environment.STAGE).toBe('local');
      expect(timeoutMs).toBeGreaterThan(0);
    }
  });

  it('has every route of the table of functions', () => {
    const byPath = (stack: Stack) =>
      stack.model.routes
        .map(({ method, path, functionName }) => `${method} ${path} ${serviceOf(stack, functionName)}`)
        .sort();
    const declared = FUNCTIONS.flatMap(({ name, trigger }) =>
      trigger.kind === 'route' ? [`${trigger.method} ${trigger.path} ${name}`] : [],
    ).sort();
    expect(byPath(http)).toEqual(declared);
  });

  it('wires the recovery queue, the streams, the bus and the daily run to their functions', () => {
    const { queueMappings, streamMappings, rules, schedules, outputs } = http.model;
    const service = (name: string | undefined) => serviceOf(http, name ?? '');
    expect(queueMappings).toMatchObject([
      { queueUrl: outputs.RecoveryQueueUrl, reportsBatchItemFailures: true },
    ]);
    expect(service(queueMappings[0]?.functionName)).toBe('recover-round');
    const settings = { batchSize: 100, batchWindowMs: 1_000 };
    expect(streamMappings).toMatchObject([
      { tableName: outputs.LedgerTable, ...settings },
      { tableName: outputs.ConfigTable, ...settings },
      { tableName: outputs.SessionsTable, ...settings },
    ]);
    const readers = ['process-ledger-stream', 'watch-signed-items', 'watch-signed-items'];
    expect(streamMappings.map(({ functionName }) => service(functionName))).toEqual(readers);
    expect(rules).toMatchObject([{ busName: outputs.EventBusName, pattern: { source: ['serverless-rgs'] } }]);
    expect(service(rules[0]?.targets[0]?.functionName)).toBe('record-event');
    expect(schedules).toHaveLength(1);
    expect(service(schedules[0]?.target.functionName)).toBe('sweep-rounds');
  });

  it('gives its outputs as addresses on this machine', () => {
    expect(http.model.outputs.ApiUrl).toBe(API_URL);
    expect(http.model.outputs.RecoveryQueueUrl).toMatch(`${SQS}/000000000000/`);
    const key = http.resources.keys[0]?.keyId;
    expect(http.model.outputs.DataKeyArn).toBe(`arn:aws:kms:us-east-1:000000000000:key/${key}`);
  });

  it('names the same data again at every reading', () => {
    expect(readProduct(folder, 'http')).toEqual(http);
  });

  it('is refused with a REST API, by the name of its type', () => {
    expect(() => readProduct(folder, 'rest')).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_TYPE',
        message: expect.stringContaining('AWS::ApiGateway::'),
      }),
    );
  });

  it('asks for the tables, the archive and the dead letters that the contract of the ledger needs', () => {
    const { tables, queues, buckets } = http.resources;
    const { LedgerTable } = http.model.outputs;
    expect(tables.find(({ definition }) => definition.TableName === LedgerTable)).toMatchObject({
      definition: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      },
      ttlAttribute: 'expiresAt',
    });
    expect(buckets.find(({ name }) => name === http.model.outputs.ArchiveBucket)).toMatchObject({
      objectLock: true,
    });
    const recovery = queues.find(({ name }) => http.model.outputs.RecoveryQueueUrl?.endsWith(`/${name}`));
    const { deadLetterTargetArn } = JSON.parse(recovery?.attributes.RedrivePolicy ?? '{}');
    expect(queues.map(({ name }) => `arn:aws:sqs:us-east-1:000000000000:${name}`)).toContain(
      deadLetterTargetArn,
    );
  });

  it('tells what it leaves out', () => {
    const types = new Set(http.ignored.map((entry) => /\((.*)\)/.exec(entry)?.[1]));
    expect([...types]).toContain('AWS::IAM::Role');
    expect([...types]).not.toContain('AWS::Lambda::Function');
  });
});

function serviceOf(stack: Stack, functionName: string): string | undefined {
  return stack.model.functions.find(({ name }) => name === functionName)?.environment.POWERTOOLS_SERVICE_NAME;
}
