import { type MinorAmount, NOTHING } from '../money/money.ts';
import { type AskedRound, type CheckPorts, type CheckSettings, checkRequest } from './check-request.ts';
import { outcomeOf } from './commit.ts';
import { isSameRequest } from './find-earlier-round.ts';
import type { RequestIdentity } from './idempotency.ts';
import { overtaken, type ReservePorts, termsOf } from './reserve-round.ts';
import type { NewRound, NewTerms, Round } from './round.ts';
import { type SealedStep, stepAndSeal } from './step-engine.ts';

export type PlayBonusPorts = CheckPorts & ReservePorts;

/**
 * Plays the next action of an active bonus, up to its commit. It has no stake, so no money is in doubt before the write,
 * and it needs no intent. The round is drawn, stepped and put in one write. A process that dies before it leaves nothing.
 * Nobody has seen what it drew.
 * @throws RgsError with the code of what was wrong; no money has moved
 */
export async function playBonus(
  ports: PlayBonusPorts,
  settings: CheckSettings,
  asked: AskedRound,
  identity: RequestIdentity,
): Promise<Round> {
  const checked = await checkRequest(ports, settings, asked);
  const { engine, opening } = checked;
  const terms = await termsOf(ports, checked, identity);
  const stepped = await stepAndSeal(ports, { engine, round: terms, opening });
  const balanceMinor = checked.knownBalanceMinor ?? NOTHING;
  const result = await ports.ledger.append(resultOf(terms, stepped, balanceMinor, ports.clock.nowMs()));
  if (result.appended) return result.round;
  if (isSameRequest(result.existing, identity)) return result.existing;
  throw overtaken(asked.request, identity, result.existing);
}

function resultOf(
  terms: NewTerms,
  stepped: SealedStep,
  balanceMinor: MinorAmount,
  updatedAtMs: number,
): NewRound {
  const written = { ...terms, epoch: 1, updatedAtMs };
  return stepped.kind === 'failed'
    ? { ...written, status: 'FAILED', failure: stepped.failure }
    : { ...written, status: 'COMMITTED', outcome: outcomeOf(terms, stepped, balanceMinor) };
}
