import { FaultError } from '../../foundation/errors.ts';
import type { GameSoFar, NewTerms, Outcome } from '../round.ts';
import { roundIdOf } from '../round-address.ts';
import type { UncheckedRound } from '../round-macs.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import {
  type OutcomeAttributes,
  type ProgressAttributes,
  ROUND_ITEM_VERSION,
  RoundItem,
  type StartAttributes,
} from './round-item.ts';
import { keyOf, logTextOf, referenceOf } from './round-keys.ts';
import type { SessionId } from '../../foundation/ids.ts';
import { uuidBytes, uuidText } from '../../foundation/bytes.ts';
import { stored } from '../../aws/stored.ts';
import { packView, unpackView } from './view-packing.ts';

/** Writes a round. A round that could not be read back is never written. @throws FaultError CORRUPT_RECORD */
export function encodeRound(round: UncheckedRound): RoundItem {
  return checked({ ...encodeStart(round), ...encodeProgress(round) });
}

function encodeProgress(round: UncheckedRound): ProgressAttributes {
  const progress = { epoch: BigInt(round.epoch), updatedAt: BigInt(round.updatedAtMs), mac: round.mac };
  switch (round.status) {
    case 'INTENT':
      return { status: round.status, ...progress };
    case 'COMMITTED':
    case 'CREDITED':
      return { status: round.status, ...progress, ...encodeOutcome(round.outcome) };
    case 'REJECTED':
      return { status: round.status, ...progress, refusal: round.refusal };
    case 'FAILED':
      return { status: round.status, ...progress, failure: round.failure };
    case 'VOIDING':
    case 'VOIDED':
      return { status: round.status, ...progress, reason: round.reason };
  }
}

/** Reads a round whose MAC nobody has checked yet. @throws FaultError CORRUPT_RECORD */
export function decodeRound(record: NativeItem): UncheckedRound {
  const item = checked(record);
  const common = {
    ...decodeStart(item),
    epoch: Number(item.epoch),
    updatedAtMs: Number(item.updatedAt),
    mac: plainBytes(item.mac),
    ...decodeExpiry(item),
  };
  switch (item.status) {
    case 'INTENT':
      return { ...common, status: item.status };
    case 'COMMITTED':
    case 'CREDITED':
      return { ...common, status: item.status, outcome: decodeOutcome(item) };
    case 'REJECTED':
      return { ...common, status: item.status, refusal: item.refusal };
    case 'FAILED':
      return { ...common, status: item.status, failure: item.failure };
    case 'VOIDING':
    case 'VOIDED':
      return { ...common, status: item.status, reason: item.reason };
  }
}

function checked(item: unknown): RoundItem {
  return stored(RoundItem, item, 'A round');
}

function encodeStart(round: UncheckedRound): StartAttributes {
  return {
    ...keyOf(round),
    v: ROUND_ITEM_VERSION,
    log: logTextOf(round.log),
    session: uuidBytes(round.sessionId),
    kind: round.kind,
    action: round.action,
    currency: round.currency,
    baseBet: round.baseBetMinor,
    stake: round.stakeMinor,
    wallet: round.walletId,
    ...(round.walletCalls === 'bet-win' && { betWin: true }),
    engine: Buffer.from(round.engineHash, 'hex'),
    ...(round.gameSoFar && encodeGame(round.gameSoFar)),
    start: round.sealedOpening,
    key: round.idempotency.keyHash,
    request: round.idempotency.requestHash,
    keys: round.idempotency.earlierKeys,
    startedAt: BigInt(round.startedAtMs),
    previous: round.previousIntentMac,
  };
}

function decodeStart(item: RoundItem): NewTerms {
  const reference = referenceOf(item);
  const startedAtMs = Number(item.startedAt);
  return {
    ...reference,
    roundId: roundIdOf(reference.log, reference.number, startedAtMs),
    sessionId: uuidText(item.session) as SessionId,
    kind: item.kind,
    action: item.action,
    currency: item.currency,
    baseBetMinor: item.baseBet,
    stakeMinor: item.stake,
    walletId: item.wallet,
    walletCalls: item.betWin ? 'bet-win' : 'debit-credit',
    engineHash: Buffer.from(item.engine).toString('hex'),
    gameSoFar: decodeGame(item),
    sealedOpening: plainBytes(item.start),
    idempotency: {
      keyHash: plainBytes(item.key),
      requestHash: plainBytes(item.request),
      earlierKeys: plainBytes(item.keys),
    },
    startedAtMs,
    previousIntentMac: plainBytes(item.previous),
  };
}

/** @throws FaultError CORRUPT_RECORD */
function decodeExpiry({ expiresAt, expiryMac }: RoundItem): Pick<UncheckedRound, 'expiry'> {
  if (expiresAt === undefined && expiryMac === undefined) return {};
  if (expiresAt === undefined || expiryMac === undefined)
    throw new FaultError('CORRUPT_RECORD', 'A round has an expiry that is never written');
  return { expiry: { expiresAtMs: Number(expiresAt) * 1_000, mac: plainBytes(expiryMac) } };
}

function encodeGame({ openedBy, steps, payoutMillionths }: GameSoFar) {
  return { openedBy, gameSteps: BigInt(steps), gamePayout: payoutMillionths };
}

/** @throws FaultError CORRUPT_RECORD */
function decodeGame({ openedBy, gameSteps, gamePayout }: RoundItem): GameSoFar | undefined {
  if (openedBy === undefined && gameSteps === undefined && gamePayout === undefined) return undefined;
  if (openedBy === undefined || gameSteps === undefined || gamePayout === undefined) {
    throw new FaultError('CORRUPT_RECORD', 'A round tells only part of the game that it goes on with');
  }
  return { openedBy, steps: Number(gameSteps), payoutMillionths: gamePayout };
}

function encodeOutcome(outcome: Outcome): OutcomeAttributes {
  return {
    payout: outcome.payoutMillionths,
    win: outcome.winMinor,
    after: outcome.sealedStateAfter,
    view: packView(outcome.view),
    bonus: outcome.bonusActive,
    before: outcome.balanceBeforeMinor,
    balance: outcome.balanceAfterMinor,
  };
}

function decodeOutcome(item: OutcomeAttributes): Outcome {
  return {
    payoutMillionths: item.payout,
    winMinor: item.win,
    sealedStateAfter: plainBytes(item.after),
    view: unpackView(item.view),
    bonusActive: item.bonus,
    balanceBeforeMinor: item.before,
    balanceAfterMinor: item.balance,
  };
}

/** The type is the same whichever library made the bytes, so that two decoded rounds can be compared. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
