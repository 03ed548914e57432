import { FaultError } from '../../shared/foundation/errors.ts';
import type { Round, RoundTerms } from '../../shared/rounds/round.ts';
import { ALWAYS_WINS, simulatedEngine } from './engine.ts';

/** What a stored round should be, worked out once more from what it was fixed with. */

const engines = [1, 2, ALWAYS_WINS].map(simulatedEngine);

export function logOf({ log }: RoundTerms): string {
  return `${log.operatorId}#${log.playerId}#${log.gameCode}`;
}

export function name(round: RoundTerms): string {
  return `${logOf(round)}#${round.number}`;
}

export function contextOf(round: RoundTerms, field: 'start' | 'end'): string {
  return `${name(round)}#${round.roundId}#${field}`;
}

function startOf(round: RoundTerms): Uint8Array {
  return unsealed(round.sealedOpening, contextOf(round, 'start'));
}

export function seedOf(round: RoundTerms): Uint8Array {
  return startOf(round).subarray(0, 32);
}

export function stateOf(round: RoundTerms): Uint8Array {
  return startOf(round).subarray(32);
}

function engineOf({ engineHash }: RoundTerms) {
  const engine = engines.find(({ hash }) => hash === engineHash);
  if (!engine) throw new Error('a round names an engine that this world does not have');
  return engine;
}

export function expectedState(round: Round, previous: Round | undefined): Uint8Array {
  // State of one bet, or of one currency, is never played at another.
  const goesOn =
    previous?.baseBetMinor === round.baseBetMinor &&
    previous.currency === round.currency &&
    previous.engineHash === round.engineHash;
  if (!goesOn) return engineOf(round).reset().state;
  if ('outcome' in previous) return unsealed(previous.outcome.sealedStateAfter, contextOf(previous, 'end'));
  return stateOf(previous);
}

/** The engine again, from what the round was fixed with; half to even, written without decimals. */
export function outcomeOf(round: Round) {
  const start = startOf(round);
  const action = round.action === 'spin' ? 0 : 1;
  const step = engineOf(round).step({
    state: start.subarray(32),
    action,
    seed: start.subarray(0, 32),
    stepIndex: 0,
  });
  const exact = step.payoutMillionths * round.baseBetMinor;
  const whole = exact / 1_000_000n;
  const twice = (exact % 1_000_000n) * 2n;
  const up = twice > 1_000_000n || (twice === 1_000_000n && whole % 2n === 1n);
  return { ...step, winMinor: up ? whole + 1n : whole };
}

export function fixedPart(round: Round): string {
  const { log, number, roundId, sessionId, kind, action, currency, baseBetMinor, stakeMinor } = round;
  const { walletId, walletCalls, engineHash, gameSoFar, sealedOpening, idempotency, startedAtMs } = round;
  const { previousIntentMac } = round;
  const fixed = {
    log,
    number,
    roundId,
    sessionId,
    kind,
    action,
    currency,
    baseBetMinor,
    stakeMinor,
    walletId,
    walletCalls,
    engineHash,
    gameSoFar,
    sealedOpening,
    idempotency,
    startedAtMs,
    previousIntentMac,
  };
  return JSON.stringify(fixed, plain);
}

export function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

/** Opens what the simulated cipher has sealed. @throws FaultError CORRUPT_RECORD */
export function unsealed(sealed: Uint8Array, context: string): Uint8Array {
  const prefix = Buffer.from(`${context}\0`);
  if (!prefix.equals(sealed.subarray(0, prefix.length)))
    throw new FaultError('CORRUPT_RECORD', 'What is sealed is of another context');
  return new Uint8Array(sealed.subarray(prefix.length));
}

/** Says whether a paid round goes back to an engine that its log has left for another one. */
export function playsLeftVersion(log: readonly Round[], { kind, engineHash }: Round): boolean {
  const lastOther = log.findLastIndex((round) => round.kind === 'spin' && round.engineHash !== engineHash);
  return kind === 'spin' && log.slice(0, lastOther + 1).some((round) => round.engineHash === engineHash);
}

/** Says whether nothing is left to do. It is written once more here, independently of the code under test. */
export function isOver(round: Round): boolean {
  if (round.status === 'INTENT' || round.status === 'VOIDING') return false;
  return round.status !== 'COMMITTED' || round.outcome.winMinor === 0n;
}
