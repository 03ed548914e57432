import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as s3 from '@aws-sdk/client-s3';
import * as sqs from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageSettings } from '../../infra/stages.ts';
import { marshallItem } from '../../shared/aws/attribute-values.fixture.ts';
import { encodeRound } from '../../shared/rounds/adapters/round-codec.ts';
import { sampleIntent, sampleOutcome } from '../../shared/rounds/sample-round.fixture.ts';
import { roundsOf } from '../../functions/_runtime/ledger-change.ts';
import { createTable, startDynoxide, type TestDatabase } from '../../shared/aws/dynamodb.fixture.ts';
import { commandEnvironment, type Proof, proofOf } from './commands.ts';
import { commandsOf, fences, page, pages, ROOT, tableUnder } from './pages.ts';

const commands = [...new Set(pages().flatMap(commandsOf))];
const provedBy = (...proofs: readonly Proof[]) =>
  commands.filter((command) => proofs.some((proof) => proof === proofOf(command)));

/** Stands for the AWS CLI: it repeats its words, and calls an output of the stack by its own name. */
const AWS = `#!/bin/sh
case "$*" in *"OutputKey=='"*) [ "$REPEAT" ] || { key="\${*#*OutputKey==\\'}"; echo "\${key%%\\'*}"; exit; } ;; esac
for word; do printf "%s\\0" "$word"; done
`;

/** The function of the shell with which docs/operations.md reads an output. */
const readOutput = commands.find((command) => command.startsWith('output() {')) ?? '';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-docs-'));
  await writeFile(path.join(folder, 'aws'), AWS);
  await chmod(path.join(folder, 'aws'), 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(command: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const env = commandEnvironment({ CI: 'true', CDK_OUTDIR: path.join(folder, 'cdk.out'), ...variables });
  const options = { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 };
  return (await promisify(execFile)('sh', ['-c', command], options)).stdout;
}

/** What the shell would hand to the AWS CLI: service, operation, and the options by their names in the API. */
async function awsCall(command: string, variables: Readonly<Record<string, string>> = {}) {
  const PATH = `${folder}:${process.env['PATH']}`;
  const [, assigned] = /^[A-Z_]+=\$\((aws .*)\)$/.exec(command) ?? [];
  const script = `${readOutput}\n${assigned ?? command}`;
  const [service = '', operation = '', ...words] = (await run(script, { ...variables, PATH })).split('\0');
  const input: Record<string, unknown> = {};
  for (let index = 0; index + 1 < words.length; index += 2) {
    const [option = '', value = ''] = words.slice(index);
    if (option.startsWith('--'))
      input[pascalCase(option.slice(2))] = /^[{[]/.test(value) ? JSON.parse(value) : value;
  }
  return { service, operation: pascalCase(operation), input };
}

function pascalCase(words: string): string {
  return words.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

it('every command is either run by a test or known not to be', () => {
  expect(commands.filter((command) => proofOf(command) === undefined)).toEqual([]);
});

describe('a command that is not run', () => {
  const notRun = provedBy('ci', 'account', 'docker');
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };

  it('names stages, kinds of API and context that there are', () => {
    const context = notRun.flatMap((command) => [...command.matchAll(/ -c ([a-zA-Z]+)=(\S+)/g)]);
    expect(context.length).toBeGreaterThan(0);
    const app = readFileSync(path.join(ROOT, 'infra/app.ts'), 'utf8');
    for (const [, name = '', value = ''] of context) {
      expect(app).toContain(`given('${name}')`);
      expect(() => stageSettings(name === 'stage' ? value : 'dev', { [name]: value })).not.toThrow();
    }
    for (const [, stage = ''] of notRun.flatMap((command) => [...command.matchAll(/ --stage (\S+)/g)]))
      expect(() => stageSettings(stage)).not.toThrow();
  });

  it('gives scripts only options that they take', async () => {
    for (const command of notRun) {
      const [, script, given = ''] = /npm run ([\w:-]+) -- (.+)$/.exec(command) ?? [];
      if (script === undefined) continue;
      const file = /node (?:--\S+ )*(\S+\.ts)/.exec(scripts[script] ?? '')?.[1] ?? '';
      const help = await run(`node ${file} --help`);
      for (const [option] of given.matchAll(/--[a-z-]+/g))
        expect(help, `${file} takes ${option}`).toMatch(new RegExp(`^ +${option} `, 'm'));
    }
  });

  it('names files that are there', () => {
    const files = notRun.flatMap((command) => [...command.matchAll(/\b[\w./-]+\.(?:yml|ts)\b/g)]);
    expect(files.map(([file]) => file).filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it('calls operations that AWS has, on what the page or the stack names', async () => {
    const clients: Readonly<Record<string, object>> = { cloudformation, dynamodb, s3api: s3, sqs };
    // These services have no client among the dependencies.
    const known: Readonly<Record<string, readonly string[]>> = {
      lambda: ['GetAccountSettings', 'Invoke'],
      logs: ['FilterLogEvents'],
      cloudwatch: ['DescribeAlarms', 'SetAlarmState'],
    };
    for (const command of notRun.filter((candidate) => /^(?:[A-Z_]+=\$\()?aws /.test(candidate))) {
      const { service, operation } = await awsCall(command);
      const operations = Object.keys(clients[service] ?? {});
      expect([...operations, ...(known[service] ?? []).map((name) => `${name}Command`)], command).toContain(
        `${operation}Command`,
      );
    }
  });
});

describe('the outputs in the commands of docs/operations.md', () => {
  it('are read from the stack by their names', async () => {
    const { service, operation, input } = await awsCall('output ApiUrl', { REPEAT: 'yes' });
    expect([service, operation, input]).toEqual([
      'cloudformation',
      'DescribeStacks',
      { StackName: 'rgs-prod', Query: "Stacks[0].Outputs[?OutputKey=='ApiUrl'].OutputValue", Output: 'text' },
    ]);
  });

  it('are outputs that the page lists', () => {
    const listed = tableUnder(page('docs/operations.md'), 'Outputs').map(([output]) => output);
    const read = commands.flatMap((command) => [...command.matchAll(/\$\(output (\w+)\)/g)]);
    expect(read.length).toBeGreaterThan(3);
    expect(read.map(([, name]) => name).filter((name) => !listed.includes(name))).toEqual([]);
  });

  it('and every other name that starts a variable is set by a command or explained by the page', () => {
    const { text } = page('docs/operations.md');
    const used = [...text.matchAll(/"\$([A-Z_]+)"/g)].map(([, name = '']) => name);
    const explained = (name: string) =>
      text.includes(`${name}=$(`) || text.replaceAll(`"$${name}"`, '').includes(`\`${name}\``);
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !explained(name))).toEqual([]);
  });
});

describe('docs/operations.md, on a database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startDynoxide();
    await createTable(database.client, 'ConfigTable');
    await createTable(database.client, 'LedgerTable');
  }, 30_000);
  afterAll(() => database.stop());

  const named = (part: string) => provedBy('database').filter((command) => command.includes(part));

  it('reads a round whose item the function takes as an inserted record', async () => {
    const { status: _, ...rest } = sampleIntent({ number: 42 });
    const round = { ...rest, status: 'CREDITED', outcome: sampleOutcome() } as const;
    const Item = marshallItem(encodeRound(round)) as never;
    await send(new dynamodb.PutItemCommand({ TableName: 'LedgerTable', Item: bytesIn(Item) }));

    const [read = ''] = named('get-item');
    const { Item: item } = await send(new dynamodb.GetItemCommand(await inputOf(read)));
    const [event = ''] = fences(page('docs/operations.md'), 'json').filter((text) =>
      text.includes('Records'),
    );
    const { Records } = JSON.parse(event) as { Records: { eventName: string; dynamodb: object }[] };
    const [record] = Records;
    expect(record?.eventName).toBe('REFEED');
    const NewImage = base64In(item ?? {}) as never;
    const change = roundsOf({ eventName: 'INSERT', dynamodb: { ...record?.dynamodb, NewImage } });
    const { intentMac: _intent, ...stored } = round;
    expect(change).toEqual({ before: undefined, after: stored });
  });

  // The document client is a client of single items as well, which is what the CLI speaks.
  const send: dynamodb.DynamoDBClient['send'] = ((command: never) => database.client.send(command)) as never;

  async function inputOf(command: string): Promise<never> {
    const { input } = await awsCall(command);
    return input as never;
  }
});

type Wire = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The CLI and stream events write bytes as base64; the SDK takes them as they are. */
function bytesIn(item: Wire): Record<string, never> {
  return mapBytes(item, (value) => new Uint8Array(Buffer.from(value as string, 'base64')));
}

function base64In(item: object): Record<string, never> {
  return mapBytes(item as Wire, (value) => Buffer.from(value as Uint8Array).toString('base64'));
}

function mapBytes(item: Wire, convert: (value: unknown) => unknown): Record<string, never> {
  const entries = Object.entries(item).map(([name, value]) => [
    name,
    'B' in value ? { B: convert(value['B']) } : value,
  ]);
  return Object.fromEntries(entries) as Record<string, never>;
}
