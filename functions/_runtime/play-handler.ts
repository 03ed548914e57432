import type { APIGatewayProxyEvent } from 'aws-lambda';
import { RequestError } from '../../shared/foundation/errors.ts';
import { type PlayRequest, type PlaySettings, playRound } from '../../shared/rounds/play-round.ts';
import { roundResponse } from '../_api/round-response.ts';
import {
  cipher,
  clock,
  engines,
  ledger,
  random,
  recovery,
  registry,
  seeds,
  sessions,
  telemetry,
  wallets,
} from './composition.ts';
import { setting } from './environment.ts';
import type { Reply } from './http-handler.ts';
import { headersOf } from './http-request.ts';
import { portsOf } from './ports-of.ts';

/** A debit is called once and repeated once. If it is then unknown, it is rolled back rather than left waiting. */
const DEBIT_ATTEMPTS = 2;

const ports = portsOf({
  clock,
  random,
  seeds,
  registry,
  sessions,
  ledger,
  engines,
  wallets,
  cipher,
  recovery,
  telemetry,
});

/** Plays a round under an idempotency key. A spin and a bonus action share this part. */
export async function playReply(
  event: APIGatewayProxyEvent,
  request: Omit<PlayRequest, 'idempotencyKey' | 'roundNumber'>,
): Promise<Reply> {
  const idempotencyKey = idempotencyKeyOf(event) ?? random().uuid();
  const roundNumber = roundNumberOf(event);
  const answer = await playRound(ports(), playSettings(), {
    ...request,
    idempotencyKey,
    roundNumber,
  });
  const headers = {
    'idempotency-key': idempotencyKey,
    ...(answer.winPending && { 'win-pending': 'true' }),
  };
  return { status: 200, body: roundResponse(answer), headers, roundId: answer.roundId };
}

function playSettings(): PlaySettings {
  return {
    sessionIdleMs: setting('SESSION_IDLE_SECONDS') * 1_000,
    leaseMs: setting('ROUND_LEASE_MS'),
    debitAttempts: DEBIT_ATTEMPTS,
  };
}

function idempotencyKeyOf(event: APIGatewayProxyEvent): string | undefined {
  const key = headersOf(event).get('idempotency-key');
  if (key === undefined || /^[\x21-\x7e]{1,64}$/.test(key)) return key;
  throw new RequestError('INVALID_IDEMPOTENCY_KEY', 'An Idempotency-Key is 1 to 64 visible ASCII characters');
}

/** A number has as many digits as the ledger's key has for it. */
function roundNumberOf(event: APIGatewayProxyEvent): number | undefined {
  const text = headersOf(event).get('round-number');
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  const flaws = [{ at: 'header/round-number', message: 'not a whole number from 1 to 999999999' }];
  throw new RequestError('INVALID_REQUEST', 'The Round-Number is not a number of a round', { flaws });
}
