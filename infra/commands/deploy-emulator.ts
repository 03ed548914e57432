/**
 * Deploys the stage `local` to an emulator of AWS with the CDK CLI itself.
 * The stack's outputs are left in the file, with an ApiUrl that can be reached from here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ROOT } from '../synthesise.ts';

const REGION = 'us-east-1';
/** An emulator on this machine answers in milliseconds, unless it is about to start. */
const ANSWER_MS = 10_000;
/** Every emulator has this account. */
const ACCOUNT = '000000000000';

export interface EmulatorDeployment {
  /** The emulator serves every service of AWS at this address. */
  readonly endpoint: string;
  readonly api: string;
  readonly outputsFile: string;
}

/** Deploys the stack. @throws Error where no emulator answers, or where the CDK CLI fails, which has said why */
export async function deployToEmulator({ endpoint, api, outputsFile }: EmulatorDeployment): Promise<void> {
  await requireEmulator(endpoint);
  // The bootstrap has no app. With one, the app would be synthesised only to find further environments.
  await cdk(endpoint, ['bootstrap', '--app', '', `aws://${ACCOUNT}/${REGION}`]);
  const stage = ['-c', 'stage=local', '-c', `api=${api}`];
  // The deployment has a folder of its own, so that it can go on beside another one.
  const files = ['--output', join(dirname(outputsFile), 'cdk.out'), '--outputs-file', outputsFile];
  await cdk(endpoint, ['deploy', ...stage, '--require-approval', 'never', ...files]);
  makeApiUrlReachable(endpoint, outputsFile);
}

/** The CDK CLI would try for a minute, and then print where in its code it failed. */
async function requireEmulator(endpoint: string): Promise<void> {
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new Error(`The endpoint ${endpoint} is no address such as http://127.0.0.1:4566`);
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (error) {
    throw new Error(
      `No emulator of AWS answers at ${endpoint}; start LocalStack with "docker compose -f localstack-compose.yml up -d --wait", or name another address with --endpoint`,
      { cause: error },
    );
  }
}

/** The host of an API's URL is a name that only AWS resolves; emulators serve the same API under a path as well. */
function makeApiUrlReachable(endpoint: string, outputsFile: string): void {
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  for (const stack of Object.values(outputs)) {
    // This is no URL object, because a host that ends in a number, as an emulator's may, is not valid in one.
    const [, apiId, apiStage] = /^https?:\/\/([^.]+)[^/]*\/?(.*)$/.exec(stack['ApiUrl'] ?? '') ?? [];
    stack['ApiUrl'] = `${endpoint}/_aws/execute-api/${apiId}/${apiStage || '$default'}`;
    console.log(`The API is at ${stack['ApiUrl']}`);
  }
  writeFileSync(outputsFile, `${JSON.stringify(outputs, null, 2)}\n`);
}

/** Runs the CLI with its output on this terminal. */
async function cdk(endpoint: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/aws-cdk/bin/cdk'), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: emulatorEnvironment(endpoint),
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`cdk ${args[0]} failed`);
}

/**
 * Makes the environment of a process that works on an emulator. Nothing of the caller's AWS settings is kept, because a
 * mistake here must not reach a real account. The one exception is the certificate of an emulator that speaks TLS, as it
 * must where it enforces policies.
 */
export function emulatorEnvironment(endpoint: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => name === 'AWS_CA_BUNDLE' || !/^(AWS|CDK)_/.test(name),
  );
  return {
    ...Object.fromEntries(own),
    // cdk.json starts `node`, which must be the one of this project.
    PATH: [join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    CI: 'true',
  };
}
