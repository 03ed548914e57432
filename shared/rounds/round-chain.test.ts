import { beforeEach, describe, expect, it } from 'vitest';
import { FaultError } from '../foundation/errors.ts';
import { playRound } from './play-round.ts';
import type { Round } from './round.ts';
import { logHashOf } from './round-address.ts';
import { assertFollows, logFrozen } from './round-chain.ts';
import { codeOf, coinStep, log, RoundsFixture, settings } from './rounds.fixture.ts';
import { sampleIntent } from './sample-round.fixture.ts';

describe('A round that follows another', () => {
  const before = sampleIntent({ number: 4 });
  const next = sampleIntent({ number: 5, previousIntentMac: before.intentMac });

  it('A round follows the one with the number before its own, whose intent it names', () => {
    expect(() => assertFollows(next, before)).not.toThrow();
  });

  it.each<[string, Round, Round]>([
    ['of another intent', next, { ...before, intentMac: new Uint8Array(16).fill(9) }],
    ['with a gap between them', sampleIntent({ number: 6, previousIntentMac: before.intentMac }), before],
    ['of the same number', sampleIntent({ number: 4, previousIntentMac: before.intentMac }), before],
    ['that it does not name', sampleIntent({ number: 5 }), before],
    ['of which it names a part', { ...next, previousIntentMac: before.intentMac.subarray(0, 8) }, before],
  ])('A round does not follow one %s, and the error names it', (_, round, predecessor) => {
    const refusal = expect.objectContaining({ code: 'CORRUPT_RECORD', roundId: round.roundId });
    expect(() => assertFollows(round, predecessor)).toThrow(refusal);
    expect(() => assertFollows(round, predecessor)).toThrow(FaultError);
  });
});

it('A frozen log refuses requests, and it is of no use to repeat them', () => {
  expect(logFrozen()).toMatchObject({ code: 'LOG_FROZEN', retryable: false });
});

describe('A log of rounds', () => {
  let table: RoundsFixture;
  const rows = () => table.ledger.stored.get(logHashOf(log)) ?? new Map<number, Round>();
  const spin = (idempotencyKey: string) => playRound(table.ports(), settings, table.spin({ idempotencyKey }));

  beforeEach(async () => {
    table = new RoundsFixture();
    await table.open();
    for (const key of ['a', 'b', 'c']) await spin(key);
  });

  it('Each round names the intent of the one before it, and the first one names none', async () => {
    table.step = (state) => coinStep(state, 0n, true);
    await spin('d');
    const bonus = { kind: 'bonus', betAmount: undefined, idempotencyKey: 'e' } as const;
    await playRound(table.ports(), settings, table.spin(bonus));
    const rounds = ((await table.ledger.list(log, { limit: 10 })) as Round[]).toReversed();
    expect(rounds.map(({ kind }) => kind)).toEqual(['spin', 'spin', 'spin', 'spin', 'bonus']);
    expect(rounds.map(({ previousIntentMac }) => previousIntentMac)).toEqual([
      new Uint8Array(),
      ...rounds.slice(0, -1).map(({ intentMac }) => intentMac),
    ]);
  });

  it('A log is refused where the row before its newest has vanished, and no money moves', async () => {
    rows().delete(2);
    const calls = table.calls.length;
    expect(await codeOf(spin('d'))).toBe('CORRUPT_RECORD');
    expect(table.calls.length).toBe(calls);
  });

  it('A log is refused where an old row returns behind rounds that were played without it', async () => {
    const old = rows().get(3) as Round;
    rows().delete(3);
    rows().delete(2);
    await spin('d');
    rows().set(3, old);
    expect(await codeOf(spin('e'))).toBe('CORRUPT_RECORD');
  });

  it('A log is refused where an old row stands in the place of the one before its newest', async () => {
    const old = rows().get(2) as Round;
    rows().delete(3);
    rows().delete(2);
    await spin('d');
    await spin('e');
    rows().set(2, old);
    expect(await codeOf(spin('f'))).toBe('CORRUPT_RECORD');
  });
});
