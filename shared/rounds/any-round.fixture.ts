import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { MAX_AMOUNT_MINOR, minorAmount } from '../money/money.ts';
import { walletCallStyles } from '../operators/operator.ts';
import type {
  CommittedRound,
  CreditedRound,
  IntentRound,
  Outcome,
  Round,
  RoundRefusal,
  RoundTerms,
  VoidReason,
} from './round.ts';
import { ids } from '../foundation/ids.fixture.ts';
import type { RoundLog } from '../foundation/ids.ts';
import { roundIdOf } from './round-address.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';

/** Makes an intent of a new player, with sealed bytes of a real size. A test gives the fields that it is about. */
export function intent(given: Partial<IntentRound> = {}): IntentRound {
  return sampleIntent({
    log: {
      operatorId: ids.operator('demo'),
      playerId: ids.player(`p-${randomUUID()}`),
      gameCode: ids.game('happy-panda'),
    },
    sessionId: ids.session(randomUUID()),
    sealedOpening: new Uint8Array(81).fill(7),
    idempotency: {
      keyHash: new Uint8Array(16).fill(1),
      requestHash: new Uint8Array(16).fill(2),
      earlierKeys: new Uint8Array(0),
    },
    startedAtMs: 1_795_000_000_000,
    updatedAtMs: 1_795_000_000_000,
    ...given,
  });
}

/** Makes the outcome of a round that won, with a sealed state of a real size. */
export function outcome(given: Partial<Outcome> = {}): Outcome {
  return sampleOutcome({
    sealedStateAfter: new Uint8Array(49).fill(9),
    view: '{"outcome":{},"public_state":{},"bonus_triggered":false}',
    balanceBeforeMinor: minorAmount(100_000n),
    balanceAfterMinor: minorAmount(100_150n),
    ...given,
  });
}

export function committed(
  round: IntentRound,
  given: Partial<Outcome> = {},
  updatedAtMs = round.updatedAtMs + 40,
): CommittedRound {
  return { ...round, status: 'COMMITTED', outcome: outcome(given), updatedAtMs };
}

export function credited(round: CommittedRound, updatedAtMs = round.updatedAtMs + 40): CreditedRound {
  return { ...round, status: 'CREDITED', updatedAtMs };
}

/** Nothing that is stored is ever read as an object without a prototype. */
const ordinary = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T>(model, { noNullPrototype: true });

const amount = fc.bigInt(0n, MAX_AMOUNT_MINOR).map(minorAmount);
const anyBalance = fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n).map(minorAmount);
const instant = fc.nat({ max: 8_640_000_000_000_000 });
/** The id has 16 bits for the day. */
const instantOfIntent = fc.nat({ max: 65_535 * 86_400_000 });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const uuid = fc.uuid({ version: 4 });
const name = (pattern: RegExp) => fc.stringMatching(pattern);

export const anyLog: fc.Arbitrary<RoundLog> = ordinary({
  operatorId: name(/^[a-z0-9][a-z0-9-]{0,31}$/).map(ids.operator),
  playerId: name(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/).map(ids.player),
  gameCode: name(/^[a-z0-9][a-z0-9-]{0,47}$/).map(ids.game),
});

const start: fc.Arbitrary<Omit<RoundTerms, 'roundId'>> = ordinary({
  log: anyLog,
  number: fc.integer({ min: 1, max: 999_999_999 }),
  sessionId: uuid.map(ids.session),
  kind: fc.constantFrom('spin', 'bonus'),
  action: fc.string({ minLength: 1, unit: 'grapheme' }),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'BTC', 'USDT', 'ETH'),
  baseBetMinor: amount,
  stakeMinor: amount,
  walletId: name(/^[a-z0-9][a-z0-9-]{0,15}$/).map(ids.wallet),
  walletCalls: fc.constantFrom(...walletCallStyles),
  engineHash: name(/^[0-9a-f]{64}$/),
  gameSoFar: fc.option(
    ordinary({
      openedBy: fc.string({ minLength: 1, unit: 'grapheme' }),
      steps: fc.nat(),
      payoutMillionths: fc.bigInt(0n, 10n ** 38n - 1n),
    }),
    { nil: undefined },
  ),
  sealedOpening: bytes(300),
  idempotency: ordinary({ keyHash: bytes(32), requestHash: bytes(32), earlierKeys: bytes(189) }),
  startedAtMs: instantOfIntent,
  previousIntentMac: bytes(16),
  intentMac: fc.uint8Array({ minLength: 16, maxLength: 16 }),
});

const anyOutcome: fc.Arbitrary<Outcome> = ordinary({
  payoutMillionths: fc.bigInt(0n, 10n ** 38n - 1n),
  winMinor: amount,
  sealedStateAfter: bytes(300),
  view: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 600 }),
    fc.json(),
    fc.integer({ min: 0, max: 9_000 }).map((length) => '[0,1,2]'.repeat(length)),
  ),
  bonusActive: fc.boolean(),
  balanceBeforeMinor: anyBalance,
  balanceAfterMinor: anyBalance,
});

const refusals: readonly RoundRefusal[] = [
  'WALLET_UNAVAILABLE',
  'INSUFFICIENT_FUNDS',
  'LIMIT_REACHED',
  'PLAYER_BLOCKED',
  'WALLET_REFUSED',
];
const reasons: readonly VoidReason[] = [
  'DEBIT_UNKNOWN',
  'REFUSED_AFTER_UNKNOWN',
  'ENGINE_FAILED_AFTER_UNKNOWN',
  'ABANDONED',
];

/** Makes every state that a round can be in, with any values that its fields allow. */
export const anyRound: fc.Arbitrary<Round> = fc
  .tuple(
    start,
    ordinary({ epoch: fc.integer({ min: 1, max: 1_000_000 }), updatedAtMs: instant, mac: bytes(16) }),
    fc.oneof(
      ordinary({ status: fc.constant('INTENT' as const) }),
      ordinary({ status: fc.constantFrom('COMMITTED', 'CREDITED'), outcome: anyOutcome }),
      ordinary({ status: fc.constant('REJECTED' as const), refusal: fc.constantFrom(...refusals) }),
      ordinary({ status: fc.constant('FAILED' as const), failure: fc.string({ unit: 'grapheme' }) }),
      ordinary({ status: fc.constantFrom('VOIDING', 'VOIDED'), reason: fc.constantFrom(...reasons) }),
    ),
  )
  .map(([fixed, progress, state]) => ({
    ...fixed,
    roundId: roundIdOf(fixed.log, fixed.number, fixed.startedAtMs),
    ...progress,
    ...state,
  }));
