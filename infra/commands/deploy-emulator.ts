/**
 * Deploys the stage `local` to an emulator of AWS with the CDK CLI itself:
 * `node infra/commands/deploy-emulator.ts [--endpoint URL] [--api http|rest]`.
 * The stack's outputs are left in `.rgs/emulator-outputs.json`, with an ApiUrl that can be reached from here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../synthesise.ts';

const REGION = 'us-east-1';
/** The account of every emulator. */
const ACCOUNT = '000000000000';
const OUTPUTS_FILE = join(ROOT, '.rgs', 'emulator-outputs.json');

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string', default: 'http://127.0.0.1:4566' },
    // LocalStack's free edition has no HTTP APIs.
    api: { type: 'string', default: 'rest' },
  },
});

const stage = ['-c', 'stage=local', '-c', `api=${values.api}`];
process.exitCode =
  (await cdk('bootstrap', ...stage, `aws://${ACCOUNT}/${REGION}`)) ||
  (await cdk('deploy', ...stage, '--require-approval', 'never', '--outputs-file', OUTPUTS_FILE));
if (process.exitCode === 0) makeApiUrlReachable();

/** The host of an API's URL is a name that only AWS resolves; emulators serve the same API under a path as well. */
function makeApiUrlReachable(): void {
  const outputs = JSON.parse(readFileSync(OUTPUTS_FILE, 'utf8')) as Record<string, Record<string, string>>;
  for (const stack of Object.values(outputs)) {
    // No URL object: a host that ends in a number, as an emulator's may, is not one.
    const [, apiId, apiStage] = /^https?:\/\/([^.]+)[^/]*\/?(.*)$/.exec(stack['ApiUrl'] ?? '') ?? [];
    stack['ApiUrl'] = `${values.endpoint}/_aws/execute-api/${apiId}/${apiStage || '$default'}`;
    console.log(`The API is at ${stack['ApiUrl']}`);
  }
  writeFileSync(OUTPUTS_FILE, `${JSON.stringify(outputs, null, 2)}\n`);
}

/** Runs the CLI with its output on this terminal. Answers its exit code. */
async function cdk(...args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/aws-cdk/bin/cdk'), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: emulatorEnvironment(),
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/**
 * Nothing of the caller's AWS settings is kept, because a mistake here must not reach a real account; but for the
 * certificate of an emulator that speaks TLS, as it has to where it enforces policies.
 */
function emulatorEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => name === 'AWS_CA_BUNDLE' || !/^(AWS|CDK)_/.test(name),
  );
  return {
    ...Object.fromEntries(own),
    // cdk.json starts `node`, which must be the one of this project.
    PATH: [join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
    AWS_ENDPOINT_URL: values.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    CI: 'true',
  };
}
