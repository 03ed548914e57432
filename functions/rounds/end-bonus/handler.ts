import { endBonus } from '../../../shared/rounds/end-bonus.ts';
import { EndBonusRequest, GamePlayerPath } from '../../_api/requests.ts';
import { roundResponse } from '../../_api/round-response.ts';
import {
  cipher,
  clock,
  engines,
  ledger,
  recovery,
  registry,
  seeds,
  telemetry,
  wallets,
} from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { bodyOf, headersOf, pathOf } from '../../_runtime/http-request.ts';
import { portsOf } from '../../_runtime/ports-of.ts';

const ports = portsOf({ clock, seeds, registry, ledger, engines, wallets, cipher, recovery, telemetry });

export const handler = httpHandler(async (event) => {
  const { gameCode, playerId } = pathOf(event, GamePlayerPath);
  const { currency } = bodyOf(event, EndBonusRequest);
  const operatorKey = headersOf(event).get('x-operator-key');
  const answer = await endBonus(
    ports(),
    { leaseMs: setting('ROUND_LEASE_MS') },
    { operatorKey, gameCode, playerId, currency },
  );
  return {
    status: 200,
    body: { ...roundResponse(answer), currency: answer.currency },
    ...(answer.winPending && { headers: { 'win-pending': 'true' } }),
    roundId: answer.roundId,
  };
});
