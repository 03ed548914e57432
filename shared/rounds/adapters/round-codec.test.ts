import type { UncheckedRound } from '../round-macs.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRound, committed, credited, intent } from '../any-round.fixture.ts';
import { RgsError } from '../../foundation/errors.ts';
import { MAX_AMOUNT_MINOR, minorAmount } from '../../money/money.ts';
import type { CreditedRound, Round } from '../round.ts';
import type { NativeItem, WireItem } from '../../aws/attribute-values.ts';
import { marshallItem } from '../../aws/attribute-values.fixture.ts';
import { itemSize, WRITE_UNIT_BYTES } from '../../aws/item-size.ts';
import { logHashOf } from '../round-address.ts';
import { decodeRound, encodeRound } from './round-codec.ts';
import { decodeStreamRound } from './stream-round.ts';
import { ids } from '../../foundation/ids.fixture.ts';

/** The ledger sets these on a round that has ended. */
const afterwards = { archived: true, expiresAt: 1_800_000_123n, expiryMac: new Uint8Array(16).fill(4) };

/** Only a checked round has the MAC of its intent. */
function unchecked(checked: Round): UncheckedRound {
  const { intentMac: _, ...round } = checked;
  return round;
}

/** Names a log in a partition that fits, so that only the log itself can be wrong. */
const logged = (log: string) => {
  const [operatorId = '', playerId = '', gameCode = '', ...more] = log.split('#');
  const rest = [gameCode, ...more].join('#');
  const parts = { operatorId: ids.operator(operatorId), playerId: ids.player(playerId) };
  return { log, pk: logHashOf({ ...parts, gameCode: ids.game(rest) }) };
};

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof RgsError) return error.code;
    throw error;
  }
  return 'no error';
};

describe('A round in the ledger', () => {
  it('A stored round is read as it was written', () => {
    fc.assert(
      fc.property(anyRound, (round) => {
        expect(decodeRound(encodeRound(round))).toEqual(unchecked(round));
      }),
    );
  });

  it("A round in a stream's record is read as it was written", () => {
    fc.assert(
      fc.property(anyRound, (round) => {
        const image = marshallItem(encodeRound(round));
        expect(decodeStreamRound(JSON.parse(JSON.stringify(image)))).toEqual(unchecked(round));
      }),
    );
  });

  it("A stored round's expiry is read with its MAC, and its archive mark is not part of the round", () => {
    const round = credited(committed(intent()));
    expect(decodeRound({ ...encodeRound(round), ...afterwards })).toEqual({
      ...unchecked(round),
      expiry: { expiresAtMs: 1_800_000_123_000, mac: afterwards.expiryMac },
    });
  });

  it.each(['expiresAt', 'expiryMac'] as const)(
    'A stored round is refused with half an expiry: %s',
    (name) => {
      const item = { ...encodeRound(credited(committed(intent()))), [name]: afterwards[name] };
      expect(codeOf(() => decodeRound(item))).toBe('CORRUPT_RECORD');
    },
  );

  it('An expiry is never written with the round, because it has a write of its own', () => {
    const expiry = { expiresAtMs: 1_800_000_123_000, mac: afterwards.expiryMac };
    const round = credited(committed(intent()));
    expect(encodeRound({ ...round, expiry })).toEqual(encodeRound(round));
  });

  it('A stored round is refused where any attribute is missing', () => {
    const item: NativeItem = encodeRound(credited(committed(intent())));
    for (const name of Object.keys(item)) {
      const { [name]: _, ...rest } = item;
      expect(
        codeOf(() => decodeRound(rest)),
        name,
      ).toBe('CORRUPT_RECORD');
    }
  });

  it('A stored round is refused where any attribute has another type', () => {
    const item: NativeItem = encodeRound(credited(committed(intent())));
    for (const name of Object.keys(item)) {
      expect(
        codeOf(() => decodeRound({ ...item, [name]: null })),
        name,
      ).toBe('CORRUPT_RECORD');
    }
  });

  const broken: Record<string, NativeItem> = {
    'a log of four parts': logged('demo#player#game#more'),
    'a log of four parts in the partition of its first three': {
      log: 'demo#player#game#more',
      pk: logged('demo#player#game').pk,
    },
    'a log of two parts': logged('demo#player'),
    'the partition of another log': { pk: logHashOf(intent().log) },
    'a number of eight digits': { sk: '00000001' },
    'a number of ten digits': { sk: '1000000001' },
    'a step’s key': { sk: '000000001#step#0001' },
    'the number 0': { sk: '000000000' },
    'a negative win': { win: -1n },
    'a win above the largest amount': { win: 10n ** 36n },
    'a hash of 31 bytes': { engine: new Uint8Array(31) },
    'a hash of 33 bytes': { engine: new Uint8Array(33) },
    'an unknown kind': { kind: 'gamble' },
    'a wallet that cannot be one': { wallet: 'Main' },
    'a view that is a number': { view: 5n },
    'a bonus that is text': { bonus: 'true' },
    'an unknown status': { status: 'SETTLED' },
    'a currency that cannot be counted in': { currency: 'XXX' },
    'a start beyond any calendar': { startedAt: 8_640_000_000_000_001n },
    'a change beyond any calendar': { updatedAt: 8_640_000_000_000_001n },
    'an operator that cannot be one': logged('Demo#player#game'),
    'a player that cannot be one': logged('demo#рlayer#game'),
    'a game that cannot be one': logged('demo#player#game\n'),
    'the version before': { v: 3n },
    'another version': { v: 5n },
    'a session id as text': { session: '7d9f2a10-5b6c-4d7e-9f80-112233445566' },
    'a session id of 17 bytes': { session: new Uint8Array(17) },
    'a session id that is no UUID': { session: new Uint8Array(16).fill(0x11) },
    'a view that does not inflate': { view: new Uint8Array([1, 2, 3]) },
  };
  for (const [flaw, change] of Object.entries(broken)) {
    it(`A stored round is refused with ${flaw}`, () => {
      const item = { ...encodeRound(credited(committed(intent()))), ...change };
      expect(codeOf(() => decodeRound(item))).toBe('CORRUPT_RECORD');
    });
  }

  const max = 10n ** 38n;
  const lastInstant = 8_640_000_000_000_000n;
  const lastSecond = 8_640_000_000_000n;
  const lastCount = BigInt(Number.MAX_SAFE_INTEGER);
  const afterSpin = { openedBy: 'spin', gameSteps: 1n, gamePayout: 5n };
  const bounds: readonly (readonly [name: string, lowest: bigint, highest: bigint, beside: NativeItem])[] = [
    ['baseBet', 0n, MAX_AMOUNT_MINOR, {}],
    ['stake', 0n, MAX_AMOUNT_MINOR, {}],
    ['win', 0n, MAX_AMOUNT_MINOR, {}],
    ['payout', 0n, max - 1n, {}],
    ['before', 1n - max, max - 1n, {}],
    ['balance', 1n - max, max - 1n, {}],
    ['epoch', 0n, lastCount, {}],
    ['startedAt', 0n, lastInstant, {}],
    ['updatedAt', 0n, lastInstant, {}],
    ['expiresAt', 0n, lastSecond, afterwards],
    ['gameSteps', 0n, lastCount, afterSpin],
    ['gamePayout', 0n, max - 1n, afterSpin],
  ];
  it.each(bounds)(
    'A stored round may have every number of its range and none beside it: %s',
    (name, lowest, highest, beside) => {
      const item = { ...encodeRound(credited(committed(intent()))), ...beside };
      for (const number of [lowest, highest])
        expect(codeOf(() => decodeRound({ ...item, [name]: number }))).toBe('no error');
      for (const number of [lowest - 1n, highest + 1n])
        expect(codeOf(() => decodeRound({ ...item, [name]: number }))).toBe('CORRUPT_RECORD');
    },
  );

  it.each(['action', 'log', 'wallet', 'openedBy', 'pk', 'sk', 'kind', 'currency', 'status'])(
    'A stored round is refused where a text of it is empty: %s',
    (name) => {
      const item = { ...encodeRound(credited(committed(intent()))), ...afterSpin };
      expect(codeOf(() => decodeRound(item))).toBe('no error');
      expect(codeOf(() => decodeRound({ ...item, [name]: '' }))).toBe('CORRUPT_RECORD');
    },
  );

  const beginning = intent();
  const results: Record<string, readonly [Round, string]> = {
    'a refusal': [{ ...beginning, status: 'REJECTED', refusal: 'LIMIT_REACHED' }, 'refusal'],
    'a failure': [{ ...beginning, status: 'FAILED', failure: 'TRAP' }, 'failure'],
    'a reason to void it': [{ ...beginning, status: 'VOIDING', reason: 'ABANDONED' }, 'reason'],
    'a reason why it was voided': [{ ...beginning, status: 'VOIDED', reason: 'ABANDONED' }, 'reason'],
    'a result that was not paid yet': [committed(beginning), 'view'],
  };
  it.each(Object.entries(results))('A stored round is refused without %s', (_, [round, name]) => {
    const { [name]: result, ...rest }: NativeItem = encodeRound(round);
    expect(codeOf(() => decodeRound(rest))).toBe('CORRUPT_RECORD');
    expect(codeOf(() => decodeRound({ ...rest, [name]: 5n }))).toBe('CORRUPT_RECORD');
    expect(decodeRound({ ...rest, [name]: result ?? null })).toEqual(unchecked(round));
  });

  it.each([
    'INSUFFICIENT_FUNDS',
    'LIMIT_REACHED',
    'PLAYER_BLOCKED',
    'WALLET_REFUSED',
    'WALLET_UNAVAILABLE',
  ] as const)('A refusal is read as it was written: %s', (refusal) => {
    const item = encodeRound({ ...beginning, status: 'REJECTED', refusal });
    expect(decodeRound(item)).toMatchObject({ status: 'REJECTED', refusal });
    expect(codeOf(() => decodeRound({ ...item, refusal: `${refusal}S` }))).toBe('CORRUPT_RECORD');
  });

  it.each(['DEBIT_UNKNOWN', 'REFUSED_AFTER_UNKNOWN', 'ENGINE_FAILED_AFTER_UNKNOWN', 'ABANDONED'] as const)(
    'A reason to void a round is read as it was written: %s',
    (reason) => {
      for (const status of ['VOIDING', 'VOIDED'] as const) {
        const item = encodeRound({ ...beginning, status, reason });
        expect(decodeRound(item)).toMatchObject({ status, reason });
        expect(codeOf(() => decodeRound({ ...item, reason: `${reason}S` }))).toBe('CORRUPT_RECORD');
      }
    },
  );

  it('A round says how its wallet is called only where that is in one call', () => {
    const twoCalls = encodeRound(intent());
    expect(twoCalls).not.toHaveProperty('betWin');
    expect(decodeRound(twoCalls)).toMatchObject({ walletCalls: 'debit-credit' });
    const oneCall = encodeRound(intent({ walletCalls: 'bet-win' }));
    expect(oneCall).toMatchObject({ betWin: true });
    expect(decodeRound(oneCall)).toMatchObject({ walletCalls: 'bet-win' });
    expect(codeOf(() => decodeRound({ ...twoCalls, betWin: false }))).toBe('CORRUPT_RECORD');
  });

  it('Bytes of a stored round have one type, whichever library made them', () => {
    const round = credited(committed(intent()));
    const asBuffers = Object.entries({ ...encodeRound(round), ...afterwards }).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value) : value,
    ]);
    const read = decodeRound(Object.fromEntries(asBuffers) as NativeItem);
    const { sealedOpening, previousIntentMac, mac, idempotency, expiry } = read;
    const { sealedStateAfter } = (read as CreditedRound).outcome;
    const hashes = Object.values(idempotency);
    for (const bytes of [sealedOpening, previousIntentMac, mac, sealedStateAfter, expiry?.mac, ...hashes])
      expect(bytes?.constructor).toBe(Uint8Array);
  });

  const foreign: Record<string, unknown> = {
    'an attribute that is null': { pk: null },
    'an attribute without a type': { pk: {} },
    'a value that is not a list': { pk: { L: 5 } },
    'a value that is not a map': { pk: { M: null } },
    'a value that is not a number': { epoch: { N: 5.5 } },
    'a value that is not bytes': { start: { B: 5 } },
    'a list without an end': {
      pk: Array.from({ length: 20_000 }).reduce((inner) => ({ L: [inner] }), { S: '' }),
    },
  };
  for (const [flaw, change] of Object.entries(foreign)) {
    it(`A stream's record is refused with ${flaw}`, () => {
      const image = { ...marshallItem(encodeRound(intent())), ...(change as object) };
      expect(codeOf(() => decodeStreamRound(image as WireItem))).toBe('CORRUPT_RECORD');
    });
  }

  it("A stream's record may have the marks of archive and recovery, and no other attribute", () => {
    const image = marshallItem(encodeRound(intent())) as WireItem;
    const marks = {
      archived: true,
      rung: true,
      rungVoid: true,
      confirmed: true,
      claimed: 5n,
      claimedVoid: 5n,
    };
    expect(() => decodeStreamRound({ ...image, ...(marshallItem(marks) as WireItem) })).not.toThrow();
    const text = ['x', ...Object.keys(marks)].map((name) => ({ [name]: 'y' }));
    for (const foreign of [
      ...text,
      { archived: false },
      { claimed: -1n },
      { rung: false },
      { confirmed: false },
    ]) {
      expect(codeOf(() => decodeStreamRound({ ...image, ...(marshallItem(foreign) as WireItem) }))).toBe(
        'CORRUPT_RECORD',
      );
    }
  });

  it('A round that could not be read back is not written', () => {
    const round = committed(intent(), { winMinor: minorAmount(-1n) });
    expect(codeOf(() => encodeRound(round))).toBe('CORRUPT_RECORD');
  });

  it('A round has a number of at most nine digits', () => {
    expect(encodeRound(intent({ number: 999_999_999 })).sk).toBe('999999999');
    for (const number of [0, 1.5, 1_000_000_000, Number.NaN]) {
      expect(
        codeOf(() => encodeRound(intent({ number }))),
        String(number),
      ).toBe('INTERNAL_ERROR');
    }
  });

  it.each(['a#b', ''])('No id may be empty or hold the separator of keys: "%s"', (playerId) => {
    const log = { ...intent().log, playerId: ids.player(playerId) };
    expect(codeOf(() => encodeRound(intent({ log })))).toBe('INTERNAL_ERROR');
  });
});

describe('A round of the reference slot', () => {
  const sealed = (plainBytes: number) => new Uint8Array(1 + 4 + 12 + plainBytes + 16).fill(0xa5);
  const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 89) % 256);
  const wins = [1, 4, 7, 9, 16].map((line) => ({
    line,
    symbol: `S${line % 7}`,
    count: 3 + (line % 3),
    pay: line * 50,
  }));
  const view = JSON.stringify({
    outcome: { reels: ['K7A', 'PSK', 'PW9', 'AKQ', '9TP'], wins, scatters: 1 },
    public_state: { free_spins: 0, total: 1_234, last_win: 1_500 },
    bonus_triggered: false,
  });
  const round: Round = credited(
    committed(
      intent({
        log: {
          operatorId: ids.operator('demo'),
          playerId: ids.player('player123'),
          gameCode: ids.game('happy-panda'),
        },
        number: 123_456_789,
        baseBetMinor: minorAmount(123_457n),
        stakeMinor: minorAmount(123_457n),
        sealedOpening: sealed(32 + 16),
        idempotency: { keyHash: bytes(16), requestHash: bytes(16), earlierKeys: bytes(63 * 3) },
      }),
      {
        payoutMillionths: 12_345_678n,
        winMinor: minorAmount(1_524_161n),
        sealedStateAfter: sealed(16),
        view,
        balanceBeforeMinor: minorAmount(123_456_789_123n),
        balanceAfterMinor: minorAmount(123_458_189_827n),
      },
    ),
  );

  it("A slot's round fits into one write unit with its wins, an old log, its mark and its expiry", () => {
    expect(view.length).toBeGreaterThanOrEqual(300);
    expect(itemSize({ ...encodeRound(round), ...afterwards })).toBeLessThanOrEqual(WRITE_UNIT_BYTES);
  });

  it("A slot's round fits with its mark even where its view cannot be packed, with 24 bytes to spare", () => {
    const { archived } = afterwards;
    const item = { ...encodeRound(round), view: 'x'.repeat(300), archived };
    expect(itemSize(item)).toBeLessThanOrEqual(WRITE_UNIT_BYTES - 24);
  });

  it('A long view is stored packed and a short one readable', () => {
    expect(encodeRound(round)).toHaveProperty('view', expect.any(Uint8Array));
    expect(encodeRound(committed(intent(), { view: '{}' }))).toHaveProperty('view', '{}');
  });
});
