import type { Context } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { lambdaContext } from '../../functions/_runtime/http-event.fixture.ts';
import { handler as processLedgerStream } from '../../functions/archive/process-ledger-stream/handler.ts';
import { handler as recordEvent } from '../../functions/events/record-event/handler.ts';
import { handler as recoverRound } from '../../functions/rounds/recover-round/handler.ts';
import { marshallItem } from '../../shared/aws/attribute-values.fixture.ts';
import { encodeRound } from '../../shared/rounds/adapters/round-codec.ts';
import { encodeDetail } from '../../shared/events/adapters/event-detail.ts';
import { encodeRecoveryMessage } from '../../shared/rounds/adapters/recovery-message.ts';
import { RgsError } from '../../shared/foundation/errors.ts';
import type { DomainEvent } from '../../shared/events/events.ts';
import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { type IntentRound, isFinal, type Round } from '../../shared/rounds/round.ts';
import { logHashOf } from '../../shared/rounds/round-address.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { type RoundEvent, transition } from '../../shared/rounds/round-transitions.ts';
import { sampleIntent, sampleOutcome, signRound } from '../../shared/rounds/sample-round.fixture.ts';
import { anyRound } from '../../shared/rounds/any-round.fixture.ts';
import { player, World } from './composition-in-memory.ts';
import { hostile } from './runs.ts';
import { hostileText } from './strings.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

vi.mock('../../functions/_runtime/composition.ts', () => import('./composition-in-memory.ts'));
vi.hoisted(() => {
  Object.assign(process.env, {
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    ROUND_LEASE_MS: '30000',
    HOT_RETENTION_DAYS: '35',
  });
});

/** JSON of any shape, with names that something may read. */
const junk = fc.anything({
  maxDepth: 3,
  maxKeys: 3,
  values: [hostileText, fc.constantFrom<unknown>(null, true, 0, 1.5, 'INSERT')],
  key: fc.constantFrom(
    'Records',
    'dynamodb',
    'NewImage',
    'OldImage',
    'eventName',
    'body',
    'toString',
    '__proto__',
  ),
});

/** What is no list of records, whatever else it is. */
const noBatch = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, 0, '', 'Records', [], {}),
  junk.map((Records) => ({ Records: Array.isArray(Records) ? { 0: Records } : Records })),
);

type Handler = (event: unknown, context: Context, options: object) => Promise<unknown>;

/** What a function answers, or undefined where it fails with a code, as everything that fails must. */
async function invoked(handler: unknown, event: unknown): Promise<{ readonly answer: unknown } | undefined> {
  const options = { signal: new AbortController().signal };
  try {
    return { answer: await (handler as Handler)(event, lambdaContext, options) };
  } catch (error) {
    expect(error).toBeInstanceOf(RgsError);
    return undefined;
  }
}

describe('a batch', () => {
  interface Sent {
    readonly record: unknown;
    /** Names the log that is frozen where the record is none of the product's own. */
    readonly logHash?: string;
    readonly round?: Round;
    readonly isRead: boolean;
  }
  const macs = new RoundMacs(openMacs);
  const imageOf = async (round: Round): Promise<object> => {
    const item = encodeRound(await signRound(macs, round));
    return JSON.parse(JSON.stringify(marshallItem(item))) as object;
  };
  const atMs = 1_800_000_000_000;
  const outcomes = fc.constantFrom(0n, 250n).map((win) => sampleOutcome({ winMinor: minorAmount(win) }));
  const events: fc.Arbitrary<RoundEvent> = fc.oneof(
    outcomes.map((outcome) => ({ type: 'DEBIT_ACKNOWLEDGED' as const, outcome, atMs })),
    fc.constantFrom('DEBIT_UNKNOWN' as const, 'TAKEN_OVER' as const, 'ABANDONED' as const).map((type) => ({
      type,
      atMs,
    })),
    fc.constantFrom<RoundEvent>(
      { type: 'DEBIT_REFUSED', refusal: 'PLAYER_BLOCKED', earlierAttemptUnknown: false, atMs },
      { type: 'ENGINE_FAILED', failure: 'ENGINE_TRAP', atMs },
    ),
  );
  const intents = anyRound.map((round): IntentRound => {
    const { log, number, startedAtMs, sessionId, currency, sealedOpening } = round;
    return sampleIntent({ log, number, startedAtMs, sessionId, currency, sealedOpening });
  });
  /** What the product writes, and what somebody writes who has the rights to the table alone. */
  const told: fc.Arbitrary<() => Promise<Sent>> = fc
    .tuple(
      intents,
      events,
      fc.constantFrom('intent', 'change', 'change', 'change', 'put', 'replaced', 'forged'),
    )
    .map(([before, event, kind]) => async (): Promise<Sent> => {
      const after = transition(before, event);
      const OldImage = await imageOf(before);
      const NewImage = await imageOf(after);
      const record = (eventName: string, images: object) => ({
        eventName,
        dynamodb: { SequenceNumber: '1', ...images },
      });
      const logHash = logHashOf(before.log);
      const stake = { N: '7' };
      switch (kind) {
        case 'intent':
          return { record: record('INSERT', { NewImage: OldImage }), round: before, isRead: true };
        case 'change':
          return { record: record('MODIFY', { OldImage, NewImage }), round: after, isRead: true };
        case 'put':
          return { record: record('INSERT', { NewImage }), logHash, isRead: false };
        case 'replaced':
          return {
            record: record('MODIFY', { OldImage: NewImage, NewImage: OldImage }),
            logHash,
            isRead: false,
          };
        default:
          return { record: record('INSERT', { NewImage: { ...OldImage, stake } }), logHash, isRead: false };
      }
    });
  const numbers = fc.oneof(
    fc.constantFrom<unknown>('2', 3, null, {}, [], { toString: 1 }, '../../other'),
    hostileText,
  );
  const records: fc.Arbitrary<Sent | (() => Promise<Sent>)> = fc.oneof(
    { weight: 7, arbitrary: told },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.oneof(junk, fc.constantFrom<unknown>(null, undefined, 7, 'record')), numbers)
        .map(([dynamodb, SequenceNumber]) => ({
          record:
            typeof dynamodb === 'object' && dynamodb !== null
              ? { eventName: 'MODIFY', dynamodb: { ...dynamodb, SequenceNumber } }
              : dynamodb,
          isRead: false,
        })),
    },
  );
  const batches = fc.oneof(
    { weight: 9, arbitrary: fc.array(records, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: noBatch.map((event) => ({ event })) },
  );

  it(
    "a batch of the ledger's stream archives the rounds that its records tell, and parks the others",
    hostile(batches, async (given) => {
      const world = await World.open();
      if ('event' in given) {
        const reply = await invoked(processLedgerStream, given.event);
        expect([reply, world.effects]).toEqual([undefined, []]);
        return 'refused';
      }
      const batch = await Promise.all(
        given.map(async (sent) => (typeof sent === 'function' ? sent() : sent)),
      );
      const reply = await invoked(processLedgerStream, { Records: batch.map(({ record }) => record) });
      expect(reply?.answer).toEqual({ batchItemFailures: [] });
      const foreign = batch.filter(({ isRead }) => !isRead).map(({ record }) => record);
      expect(world.parked).toHaveLength(foreign.length);
      expect(new Set(world.parked)).toEqual(new Set(foreign));
      const ended = batch.flatMap(({ round }) => (round && isFinal(round) ? [signRound(macs, round)] : []));
      expect(world.archived).toEqual(await Promise.all(ended));
      expect(world.rounds.ledger.frozen).toEqual(new Set(batch.flatMap(({ logHash }) => logHash ?? [])));
      return world.parked.length > 0 ? 'refused' : 'accepted';
    }),
  );

  const owed: Round = {
    ...sampleIntent({ log: player, sessionId: ids.session(player.sessionId) }),
    status: 'COMMITTED',
    outcome: sampleOutcome(),
  };
  const named = { log: player, number: owed.number, purpose: 'finish', attempt: 0 } as const;
  const messages = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ body: encodeRecoveryMessage(named), isRead: true }) },
    {
      weight: 2,
      arbitrary: fc
        .oneof(hostileText, fc.json(), fc.constantFrom('{}', encodeRecoveryMessage({ ...named, number: 2 })))
        .map((body) => ({ body, isRead: false })),
    },
  );
  const queued = fc.oneof(
    { weight: 6, arbitrary: fc.array(messages, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: noBatch.map((event) => ({ event })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom<unknown>(
          null,
          7,
          {},
          { messageId: 1, body: '{}' },
          { messageId: '', body: '{}' },
          { messageId: 'a' },
        )
        .map((record) => ({ event: { Records: [record] } })),
    },
  );

  it(
    'a batch of the recovery queue pays the rounds that its messages name, and fails the others',
    hostile(queued, async (batch) => {
      const world = await World.open();
      await world.rounds.put(owed);
      const event =
        'event' in batch
          ? batch.event
          : { Records: batch.map(({ body }, index) => ({ messageId: `message-${index}`, body })) };
      const reply = await invoked(recoverRound, event);
      if ('event' in batch) {
        expect([reply, world.effects]).toEqual([undefined, []]);
        return 'refused';
      }
      const failed = batch.flatMap(({ isRead }, index) =>
        isRead ? [] : [{ itemIdentifier: `message-${index}` }],
      );
      expect(reply?.answer).toEqual({ batchItemFailures: failed });
      const isPaid = failed.length < batch.length;
      expect(new Set(world.rounds.calls.map(({ call }) => call))).toEqual(new Set(isPaid ? ['credit'] : []));
      expect((await world.rounds.ledger.get(named))?.status).toBe(isPaid ? 'CREDITED' : 'COMMITTED');
      return failed.length > 0 ? 'refused' : 'accepted';
    }),
  );
});

describe('a delivery of the bus', () => {
  const event: DomainEvent = {
    type: 'round.ended',
    eventId: 'event-1',
    atMs: 1_700_000_000_000,
    log: {
      operatorId: ids.operator(player.operatorId),
      playerId: ids.player(player.playerId),
      gameCode: ids.game(player.gameCode),
    },
    roundId: sampleIntent().roundId,
    number: 1,
    sessionId: ids.session(player.sessionId),
    kind: 'spin',
    status: 'CREDITED',
    currency: 'EUR',
    stake: '1.00',
    win: '2.50',
  };
  const detail: unknown = JSON.parse(encodeDetail(event));
  const deliveries = fc.oneof(
    { weight: 2, arbitrary: fc.constant({ given: { 'detail-type': 'round.ended', detail }, isEvent: true }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.oneof(hostileText, junk), fc.oneof(fc.constant(detail), junk))
        .map(([type, other]) => ({ given: { 'detail-type': type, detail: other }, isEvent: false })),
    },
    {
      weight: 1,
      arbitrary: junk.map((other) => ({
        given: { 'detail-type': 'round.ended', detail: other },
        isEvent: false,
      })),
    },
    {
      weight: 1,
      arbitrary: fc
        .oneof(junk, fc.constantFrom<unknown>(null, undefined, 7, 'round.ended', []))
        .map((given) => ({ given, isEvent: false })),
    },
  );

  it(
    'a delivery of the bus is logged as it is, or fails with a code',
    hostile(deliveries, async ({ given, isEvent }) => {
      const world = await World.open();
      const reply = await invoked(recordEvent, given);
      expect(reply !== undefined).toBe(isEvent);
      expect(world.logged).toEqual(isEvent ? [{ operatorId: 'demo', event }] : []);
      return isEvent ? 'accepted' : 'refused';
    }),
  );
});
