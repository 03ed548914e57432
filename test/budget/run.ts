import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { bundleFunctions } from '../../infra/bundle.ts';
import { progressBar } from '../../shared/command-line/adapters/progress.ts';
import { DEMO_WALLET_SECRET, seedDemo } from '../../infra/local/seed.ts';
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts';
import { budget, type SpinCost, summarise } from './budget.ts';
import { capacityOf } from './capacity.ts';
import { type CountingProxy, countingProxy } from './counting-proxy.ts';

const SPINS = 1_000;
const REPORT = path.join(import.meta.dirname, 'spin-budget.json');

type Handler = (
  event: Partial<APIGatewayProxyEvent>,
  context: Partial<Context>,
) => Promise<APIGatewayProxyResult>;

/** The handlers as they are deployed, but for the clock and the random source, which are the same in every run. */
registerHooks({
  resolve: (specifier, context, next) =>
    /\/shared\/aws\/(clock|random)\.ts$/.test(specifier)
      ? next(new URL('./seeded-system.ts', import.meta.url).href, context)
      : next(specifier, context),
});

/** @param path `<room>/<name>` below `functions` */
async function handlerOf(path: string): Promise<Handler> {
  const module = (await import(`../../functions/${path}/handler.ts`)) as { handler: Handler };
  return module.handler;
}

async function post(
  handler: Handler,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const reply = await handler(
    {
      httpMethod: 'POST',
      resource: 'budget',
      headers: { 'content-type': 'application/json', ...headers },
      pathParameters: { gameCode: 'happy-panda' },
      body: JSON.stringify(body),
    },
    { awsRequestId: 'budget' },
  );
  if (reply.statusCode !== 200) throw new Error(`${reply.statusCode} ${reply.body}`);
  return JSON.parse(reply.body) as Record<string, unknown>;
}

interface Bench {
  readonly stack: LocalStack;
  readonly dynamo: CountingProxy;
  readonly wallet: CountingProxy;
  readonly client: DynamoDBClient;
}

async function playAll({ stack, dynamo, wallet, client }: Bench): Promise<SpinCost[]> {
  const launch = await handlerOf('sessions/launch-session');
  const [spin, bonus] = await Promise.all([handlerOf('rounds/play-spin'), handlerOf('rounds/play-bonus')]);
  await fetch(`${stack.walletUrl}/players`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ player_id: 'budget-1', currency: 'EUR', balance: '100000.00', token: 'budget' }),
  });
  const body = { player_id: 'budget-1', currency: 'EUR', operator_id: 'demo' };
  const { session_id } = await post(launch, body, { 'x-operator-key': 'demo-operator-key' });

  const costs: SpinCost[] = [];
  using progress = progressBar('Measuring', 'rounds');
  let bonusActive = false;
  for (let number = 0; number <= SPINS; number += 1) {
    dynamo.take();
    wallet.take();
    const kind = bonusActive ? 'bonus' : 'spin';
    const key = { 'idempotency-key': `budget-${number}` };
    const round: Record<string, unknown> = bonusActive
      ? await post(bonus, { session_id }, key)
      : await post(spin, { session_id, bet_amount: '1.00' }, key);
    bonusActive = round['bonus_active'] === true;
    const [calls, walletCalls] = [dynamo.take(), wallet.take()];
    const traffic = [...calls, ...walletCalls];
    costs.push({
      kind,
      won: round['win_amount'] !== '0.00',
      reads: calls.filter(({ operation }) => operation === 'GetItem' || operation === 'Query').length,
      writes: calls.filter(({ operation }) => operation === 'PutItem' || operation === 'UpdateItem').length,
      dynamoCalls: calls.length,
      walletCalls: walletCalls.length,
      bytes: traffic.reduce((sum, { request, response }) => sum + request.length + response.length, 0),
      ...(await capacityOf(calls, client)),
    });
    progress.show(number, SPINS);
  }
  // The first round warms caches and the data key up; a sandbox does that once.
  return costs.slice(1);
}

async function open(dataDirectory: string): Promise<Bench> {
  const stack = await startLocalStack({
    dataDirectory,
    port: 0,
    wallet: { port: 0, secret: DEMO_WALLET_SECRET },
    seed: async (target) => void (await seedDemo(target)),
  });
  const dynamo = await countingProxy(stack.endpoints.dynamodb);
  const wallet = await countingProxy(stack.walletUrl ?? '');
  const spin = stack.model.functions.find(
    ({ environment }) => environment['POWERTOOLS_SERVICE_NAME'] === 'play-spin',
  );
  const launch = stack.model.functions.find(
    ({ environment }) => environment['POWERTOOLS_SERVICE_NAME'] === 'launch-session',
  );
  const client = new DynamoDBClient({ endpoint: stack.endpoints.dynamodb, region: 'us-east-1', credentials });
  Object.assign(process.env, launch?.environment, spin?.environment, stack.environment, {
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  return { stack, dynamo, wallet, client };
}

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
/** Measures what a spin costs, and writes it to the committed file. @returns the exit code: 1 where it is over budget */
export async function measureBudget(): Promise<number> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'rgs-budget-'));
  const bench = await open(dataDirectory);
  try {
    await registerBehindProxy(bench);
    const costs = await playAll(bench);
    const bundle = (await bundleFunctions()).find(({ name }) => name === 'play-spin');
    const report = summarise(costs, bundle?.gzippedBytes ?? Number.POSITIVE_INFINITY);
    const before = await readFile(REPORT, 'utf8').catch(() => '');
    const text = `${JSON.stringify(report, null, 2)}\n`;
    await writeFile(REPORT, text);
    console.log(text);
    if (before !== text) console.log(`${path.relative(process.cwd(), REPORT)} has changed`);
    const broken = budget(report);
    for (const line of broken) console.error(`Over budget: ${line}`);
    return broken.length > 0 ? 1 : 0;
  } finally {
    await Promise.all([bench.dynamo.stop(), bench.wallet.stop(), bench.stack.stop()]);
    bench.client.destroy();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

/** The demo operator's wallet is reached through the proxy, so that its calls are counted. */
async function registerBehindProxy({ stack, wallet }: Bench): Promise<void> {
  await seedDemo({ ...stack, walletUrl: wallet.url });
}
