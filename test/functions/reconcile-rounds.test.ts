import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { registerOperator } from '../../infra/commands/register-operator.ts';
import { httpEvent, lambdaContext } from '../../functions/_runtime/http-event.fixture.ts';
import { DATA_KEY, useLocalServices } from './local-services.ts';
import { handler } from '../../functions/reconciliation/reconcile-rounds/handler.ts';

// Read when the metrics are made, which the imports do.
vi.hoisted(() => {
  process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'serverless-rgs';
  process.env['POWERTOOLS_SERVICE_NAME'] = 'reconcile-rounds';
});

useLocalServices();
let wallet: Server;
let operatorKey: string;
/** Of the wallet's list. */
let pages: number;
let read: number;

const refused = {
  kind: 'debit',
  transaction_id: 'r1:debit',
  round_id: 'r1',
  player_id: 'player123',
  game_code: 'happy-panda',
  currency: 'EUR',
  amount: '1.50',
  at: '2026-11-21T10:00:00.000Z',
  refusal: 'INSUFFICIENT_FUNDS',
};

beforeAll(async () => {
  wallet = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      read += 1;
      const page = { transactions: [refused], next: read < pages ? `page ${read}` : null };
      setTimeout(() => response.end(JSON.stringify(page)), 20);
    });
  });
  wallet.listen(0, '127.0.0.1');
  await once(wallet, 'listening');
  const deployment = { stage: 'local', outputs: { ConfigTable: 'config', DataKeyArn: DATA_KEY } as never };
  const { newKey } = await registerOperator(deployment, {
    operatorId: 'demo',
    name: 'Demo',
    walletUrl: `http://127.0.0.1:${(wallet.address() as AddressInfo).port}`,
    walletSecret: 'a secret of this test',
    makeKey: true,
  });
  operatorKey = newKey ?? '';
});
afterAll(() => {
  wallet.closeAllConnections();
  wallet.close();
});
beforeEach(() => {
  read = 0;
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  return () => vi.restoreAllMocks();
});

/** The last hour, reconciled by a function with so much time left. */
async function reconcile(leftMs: number) {
  const endsAtMs = Date.now() + leftMs;
  const event = httpEvent({
    httpMethod: 'GET',
    resource: '/api/v1/reconciliation',
    headers: { 'x-operator-key': operatorKey },
    queryStringParameters: {
      from: new Date(endsAtMs - 3_600_000).toISOString(),
      to: new Date(endsAtMs).toISOString(),
    },
  });
  const context = { ...lambdaContext, getRemainingTimeInMillis: () => endsAtMs - Date.now() };
  const { statusCode, body } = (await handler(event, context, { signal: new AbortController().signal })) as {
    readonly statusCode: number;
    readonly body: string;
  };
  return { statusCode, json: JSON.parse(body), leftMs: endsAtMs - Date.now() };
}

it('answers within the time of the function', async () => {
  pages = 5;
  const { statusCode, json } = await reconcile(10_000);
  expect([statusCode, json.wallet_list, read]).toEqual([200, 'compared', 5]);
});

it('asks for a shorter period while the function still has the time of a last call and its repetition', async () => {
  pages = Number.POSITIVE_INFINITY;
  const { json, leftMs } = await reconcile(7_500);
  expect(json).toMatchObject({ code: 'PERIOD_TOO_LARGE', status: 422, retryable: false });
  expect(leftMs).toBeGreaterThan(6_000);
});
