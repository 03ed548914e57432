import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMacs } from '../encryption/macs.fixture.ts';
import type { MacPlace, Macs } from '../encryption/macs.ts';
import { ids } from '../foundation/ids.fixture.ts';
import { anyRound } from './any-round.fixture.ts';
import type { CommittedRound, NewRound, Round, RoundStatus } from './round.ts';
import { RoundMacs } from './round-macs.ts';
import { codeOf } from './rounds.fixture.ts';
import { sampleIntent, sampleOutcome, signRound } from './sample-round.fixture.ts';

const macs = new RoundMacs(openMacs);
const EXPIRES_AT_MS = 1_800_000_000_000;
const committed: CommittedRound = { ...sampleIntent(), status: 'COMMITTED', outcome: sampleOutcome() };

const statuses: readonly RoundStatus[] = [
  'INTENT',
  'COMMITTED',
  'CREDITED',
  'REJECTED',
  'FAILED',
  'VOIDING',
  'VOIDED',
];
/** A round has all of this, so that it can be given any status. */
const ofAnyStatus = {
  outcome: sampleOutcome(),
  refusal: 'LIMIT_REACHED',
  failure: 'ENGINE_TRAP',
  reason: 'ABANDONED',
};

async function withExpiry(round: Round): Promise<Round> {
  return { ...round, expiry: await macs.signExpiry(round, EXPIRES_AT_MS) };
}

interface Change {
  readonly field: string;
  readonly changed: Round;
}

/** Makes one change of each field, also of those within a field. The intent's MAC is computed, so it has none. */
function changesOf(round: Round): Change[] {
  const fields = changesWithin(round as unknown as Fields, '')
    .filter(({ field }) => field !== 'intentMac' && field !== 'status')
    .map(({ field, changed }) => ({ field, changed: changed as unknown as Round }));
  const others = statuses
    .filter((status) => status !== round.status)
    .map((status) => ({ field: `status ${status}`, changed: { ...ofAnyStatus, ...round, status } as Round }));
  return [...fields, ...others];
}

type Fields = Readonly<Record<string, unknown>>;

function changesWithin(fields: Fields, path: string): { field: string; changed: Fields }[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const field = `${path}${name}`;
    const isNested = typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
    const inner = isNested ? changesWithin(value as Fields, `${field}.`) : [];
    return [
      ...inner.map((change) => ({ field: change.field, changed: { ...fields, [name]: change.changed } })),
      ...valuesAfter(name, value).map((other) => ({ field, changed: { ...fields, [name]: other } })),
    ];
  });
}

function valuesAfter(name: string, value: unknown): readonly unknown[] {
  if (name === 'gameSoFar')
    return value ? [undefined] : [{ openedBy: 'spin', steps: 0, payoutMillionths: 0n }];
  if (typeof value === 'string') return [`${value}x`, ...(value === '' ? [] : [''])];
  if (typeof value === 'number') return [value + 1, -1 - value];
  if (typeof value === 'bigint') return [value + 1n, -1n - value];
  if (typeof value === 'boolean') return [!value];
  if (value instanceof Uint8Array) return bytesAfter(value);
  return [];
}

function bytesAfter(bytes: Uint8Array): readonly Uint8Array[] {
  const longer = new Uint8Array([...bytes, 0]);
  if (bytes.length === 0) return [longer];
  const last = bytes.length - 1;
  return [longer, bytes.subarray(1), bytes.with(0, bytes[0]! ^ 0x80), bytes.with(last, bytes[last]! ^ 1)];
}

/** Notes for which place each MAC is made. */
function watched() {
  const places: MacPlace[] = [];
  const make: Macs['make'] = async (place, message) => {
    places.push(place);
    return openMacs.make(place, message);
  };
  return { places, macs: new RoundMacs({ ...openMacs, make }) };
}

describe('The MAC of a round', () => {
  it('A round is read as it was written, with its expiry', async () => {
    await fc.assert(
      fc.asyncProperty(anyRound, async (round) => {
        const signed = await withExpiry(await signRound(macs, round));
        const { intentMac: _, ...stored } = signed;
        expect(await macs.check(stored)).toEqual(signed);
      }),
    );
  });

  it('A round is refused where any one field of it was changed', async () => {
    await fc.assert(
      fc.asyncProperty(anyRound, async (round) => {
        const changes = changesOf(await withExpiry(await signRound(macs, round)));
        expect(changes.length).toBeGreaterThan(50);
        for (const { field, changed } of changes)
          expect(await codeOf(macs.check(changed)), field).toBe('CORRUPT_RECORD');
      }),
      { numRuns: 40 },
    );
  });

  it('Every field of a round is changed by the test above', async () => {
    const round: Round = { ...committed, gameSoFar: { openedBy: 'spin', steps: 1, payoutMillionths: 0n } };
    const fields = changesOf(await withExpiry(round)).map(({ field }) => field.split(' ')[0] ?? '');
    expect(new Set(fields)).toEqual(
      new Set([
        'action',
        'baseBetMinor',
        'currency',
        'engineHash',
        'epoch',
        'expiry.expiresAtMs',
        'expiry.mac',
        'gameSoFar',
        'gameSoFar.openedBy',
        'gameSoFar.payoutMillionths',
        'gameSoFar.steps',
        'idempotency.earlierKeys',
        'idempotency.keyHash',
        'idempotency.requestHash',
        'kind',
        'log.gameCode',
        'log.operatorId',
        'log.playerId',
        'mac',
        'number',
        'outcome.balanceAfterMinor',
        'outcome.balanceBeforeMinor',
        'outcome.bonusActive',
        'outcome.payoutMillionths',
        'outcome.sealedStateAfter',
        'outcome.view',
        'outcome.winMinor',
        'previousIntentMac',
        'roundId',
        'sealedOpening',
        'sessionId',
        'stakeMinor',
        'startedAtMs',
        'status',
        'updatedAtMs',
        'walletCalls',
        'walletId',
      ]),
    );
  });

  it.each<[string, Parameters<typeof sampleIntent>[0]]>([
    ['log', { log: { ...committed.log, playerId: ids.player('other') } }],
    ['number', { number: 2 }],
    ['day', { startedAtMs: committed.startedAtMs + 86_400_000 }],
  ])('The MAC of a round of another %s is refused', async (_, other) => {
    const one = await signRound(macs, committed);
    const { mac } = await signRound(macs, { ...committed, ...sampleIntent(other), status: 'INTENT' });
    expect(await codeOf(macs.check({ ...one, mac }))).toBe('CORRUPT_RECORD');
  });

  it('The MAC of an earlier state of the same round is refused', async () => {
    const intent = await signRound(macs, sampleIntent());
    const { mac } = await signRound(macs, { ...sampleIntent(), epoch: 2 });
    expect(await codeOf(macs.check({ ...committed, mac: intent.mac }))).toBe('CORRUPT_RECORD');
    expect(await codeOf(macs.check({ ...intent, mac }))).toBe('CORRUPT_RECORD');
  });

  it('The MAC of the intent is the same in every state of a round, and differs where a term does', async () => {
    const { intentMac } = await signRound(macs, sampleIntent());
    for (const status of statuses) {
      const { intentMac: _, ...stored } = await signRound(macs, {
        ...ofAnyStatus,
        ...committed,
        status,
      } as Round);
      expect((await macs.check(stored)).intentMac).toEqual(intentMac);
    }
    const other = await signRound(macs, sampleIntent({ sealedOpening: new Uint8Array([9]) }));
    expect(other.intentMac).not.toEqual(intentMac);
  });

  it('A round that has its result at once is signed with it', async () => {
    const results: readonly NewRound[] = [
      { ...sampleIntent(), status: 'COMMITTED', outcome: sampleOutcome() },
      { ...sampleIntent(), status: 'FAILED', failure: 'ENGINE_TRAP' },
    ];
    for (const result of results) {
      const signed = await macs.signNew(result);
      expect(await macs.check(signed)).toEqual(signed);
      expect(signed).toEqual(await signRound(macs, signed));
    }
  });
});

describe('The expiry of a round', () => {
  it.each([
    ['log', { log: { ...committed.log, playerId: ids.player('other') }, number: 1 }],
    ['number', { log: committed.log, number: 2 }],
  ])('The expiry of a round of another %s is refused', async (_, reference) => {
    const signed = await signRound(macs, committed);
    const expiry = await macs.signExpiry(reference, EXPIRES_AT_MS);
    expect(await codeOf(macs.check({ ...signed, expiry }))).toBe('CORRUPT_RECORD');
  });

  it('An expiry is refused where it has no MAC, or the one of its round', async () => {
    const signed = await signRound(macs, committed);
    for (const mac of [new Uint8Array(), signed.mac, signed.intentMac]) {
      const expiry = { expiresAtMs: EXPIRES_AT_MS, mac };
      expect(await codeOf(macs.check({ ...signed, expiry }))).toBe('CORRUPT_RECORD');
    }
  });
});

describe('The form of the MACs', () => {
  it('Context and message keep their form, because every later build checks what was stored once', async () => {
    const { places, macs: watchedMacs } = watched();
    const gameSoFar = { openedBy: 'spin', steps: 1, payoutMillionths: 5_000_000n };
    const signed = await watchedMacs.signNew({ ...committed, gameSoFar });
    const { mac } = await watchedMacs.signExpiry(signed, EXPIRES_AT_MS);
    const intent = await macs.signNew(sampleIntent());
    expect(places).toEqual([
      {
        atMs: 1_700_000_000_000,
        context: 'intent#demo#player123#happy-panda#1#eb7b1981-a000-82db-8000-00013db34cdb',
      },
      {
        atMs: 1_700_000_000_000,
        context: 'round#demo#player123#happy-panda#1#eb7b1981-a000-82db-8000-00013db34cdb',
      },
      { atMs: EXPIRES_AT_MS, context: 'expiry#demo#player123#happy-panda#1' },
    ]);
    expect(
      [signed.intentMac, signed.mac, mac, intent.mac].map((bytes) => Buffer.from(bytes).toString('hex')),
    ).toEqual([
      'f941e4a8bbe7e720c254583d462d85f4',
      '97532e1d819aeb27fcf4423dcacd7f31',
      'a5d53621ed7f88da1023fa3e8d880ba6',
      'b542e303d3d142cb64970eecb2a998b6',
    ]);
  });
});
