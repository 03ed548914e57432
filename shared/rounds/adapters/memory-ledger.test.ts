import { beforeEach, describe, expect, it } from 'vitest';
import { openMacs } from '../../encryption/macs.fixture.ts';
import { minorAmount } from '../../money/money.ts';
import { committed, credited, intent } from '../any-round.fixture.ts';
import type { UnfinishedRound } from '../ledger.ts';
import { logHashOf, roundIdOf } from '../round-address.ts';
import { RoundMacs } from '../round-macs.ts';
import type { Round } from '../round.ts';
import { storeRound } from '../sample-round.fixture.ts';
import { MemoryLedger } from './memory-ledger.ts';
import { MemoryRecoveryMarks } from './memory-recovery-marks.ts';

const DAY_MS = 86_400_000;
const EXPIRES_AT_MS = 1_800_000_000_000;
const macs = new RoundMacs(openMacs);
let ledger: MemoryLedger;
beforeEach(() => {
  ledger = new MemoryLedger(macs);
});

/** Writes a round as somebody does who can write where the rounds are kept, and has no data key. */
function write(round: Round): void {
  const hash = logHashOf(round.log);
  ledger.stored.set(hash, new Map(ledger.stored.get(hash)).set(round.number, round));
}

const claim = { heldAtMs: undefined, atMs: 5 };
const lost = { winMinor: minorAmount(0n) };

describe('The ledger in memory', () => {
  it('A log that is frozen is not played on, while its rounds can still be read', async () => {
    const round = await storeRound(ledger, intent());
    ledger.frozen.add(logHashOf(round.log));
    expect(await ledger.isFrozen(round.log)).toBe(true);
    await expect(ledger.head(round.log)).rejects.toMatchObject({ code: 'LOG_FROZEN' });
    expect(await ledger.get(round)).toEqual(round);
    expect(await ledger.list(round.log, { limit: 1 })).toEqual([round]);
  });

  it('No other log is frozen with it', async () => {
    const round = await storeRound(ledger, intent());
    ledger.frozen.add(logHashOf(intent().log));
    expect(await ledger.isFrozen(round.log)).toBe(false);
    expect(await ledger.head(round.log)).toEqual(round);
  });

  it('A round that it made itself is given as it is kept, without another check', async () => {
    const round = await storeRound(ledger, intent());
    expect(await ledger.get(round)).toBe(ledger.stored.get(logHashOf(round.log))?.get(1));
  });

  it('A round that somebody else forged is refused by all that read it', async () => {
    const round = await storeRound(ledger, committed(intent()));
    const outcome = { ...round.outcome, winMinor: minorAmount(1_000_000n) };
    write({ ...round, outcome });
    for (const read of [
      () => ledger.get(round),
      () => ledger.find(round.roundId),
      () => ledger.head(round.log),
      () => ledger.append({ ...round, status: 'INTENT' }),
      () => ledger.save(round, { ...round, mac: new Uint8Array(16) }),
    ])
      await expect(read(), String(read)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    const { log, number } = round;
    expect(await ledger.list(log, { limit: 1 })).toEqual([{ log, number, status: 'UNREADABLE' }]);
  });

  it('A round that somebody else copied as it was is read like any other', async () => {
    const round = await storeRound(ledger, intent());
    write({ ...round });
    expect(await ledger.get(round)).toEqual(round);
  });

  it('No round is saved that was never appended, although its log has others', async () => {
    const { log } = await storeRound(ledger, intent());
    const missing = intent({ log, number: 2 });
    expect(await ledger.save(committed(missing), missing)).toBeUndefined();
    expect(await ledger.get(missing)).toBeUndefined();
  });

  it('What is kept of a round is up to its caller, and stands for what was written', async () => {
    const written: Round[] = [];
    ledger = new MemoryLedger(macs, (round) => {
      written.push(round);
      return { ...round };
    });
    const start = intent();
    const round = await storeRound(ledger, committed(start, lost));
    await ledger.markArchived(round);
    await ledger.expire(round, EXPIRES_AT_MS);
    expect(written.map(({ status }) => status)).toEqual(['INTENT', 'COMMITTED', 'COMMITTED']);
    const kept = await ledger.get(round);
    expect(kept).not.toBe(written.at(-1));
    expect(kept).toEqual(written.at(-1));
  });

  it('An id of another day finds nothing, although a round has its log and its number', async () => {
    const { log, number, startedAtMs, roundId } = await storeRound(ledger, intent());
    expect(await ledger.find(roundId)).toMatchObject({ roundId });
    expect(await ledger.find(roundIdOf(log, number, startedAtMs + DAY_MS))).toBeUndefined();
  });

  it('A page holds the rounds below a number and no more than its limit', async () => {
    const { log } = intent();
    for (const number of [2, 1, 3]) await storeRound(ledger, intent({ log, number }));
    const numbers = async (page: { readonly limit: number; readonly beforeNumber?: number }) =>
      (await ledger.list(log, page)).map(({ number }) => number);
    expect(await numbers({ limit: 5 })).toEqual([3, 2, 1]);
    expect(await numbers({ limit: 2 })).toEqual([3, 2]);
    expect(await numbers({ limit: 5, beforeNumber: 3 })).toEqual([2, 1]);
    expect(await numbers({ limit: 0 })).toEqual([]);
  });

  it('An expiry needs a round that has ended, is archived and has none yet', async () => {
    const round = await storeRound(ledger, credited(committed(intent())));
    await ledger.expire(round, EXPIRES_AT_MS);
    expect(ledger.expiries.size).toBe(0);
    await ledger.markArchived(round);
    await ledger.expire(round, EXPIRES_AT_MS);
    await ledger.expire(round, EXPIRES_AT_MS + 1_000);
    expect(ledger.expiries).toEqual(new Map([[round.roundId, EXPIRES_AT_MS]]));
    expect(await ledger.get(round)).toMatchObject({ expiry: { expiresAtMs: EXPIRES_AT_MS } });
  });

  it('A round with its expiry has the MAC of both, so a copy of it passes the check', async () => {
    const round = await storeRound(ledger, credited(committed(intent())));
    await ledger.markArchived(round);
    await ledger.expire(round, EXPIRES_AT_MS);
    write({ ...(await ledger.get(round)) } as Round);
    expect(await ledger.get(round)).toMatchObject({ ...round, expiry: { expiresAtMs: EXPIRES_AT_MS } });
  });

  it('Each part of the sweep has its own logs, and a round is due only after its last change', async () => {
    const rounds = [await storeRound(ledger, intent()), await storeRound(ledger, intent())];
    const { updatedAtMs } = rounds[0]!;
    const found = async (beforeMs: number, index: number, count: number) => {
      const pages: UnfinishedRound[][] = [];
      for await (const page of ledger.unfinished(beforeMs, { index, count })) pages.push([...page]);
      return pages.flat();
    };
    expect(await found(updatedAtMs, 0, 1)).toEqual([]);
    expect(await found(updatedAtMs + 1, 0, 1)).toEqual(
      rounds.map(({ log, number, status }) => ({ log, number, status, updatedAtMs })),
    );
    expect(await found(updatedAtMs + 1, 0, 2)).toMatchObject([{ log: rounds[0]!.log }]);
    expect(await found(updatedAtMs + 1, 1, 2)).toMatchObject([{ log: rounds[1]!.log }]);
  });
});

describe('The marks in memory', () => {
  const voided = () => ({ ...intent(), status: 'VOIDED' as const, reason: 'ABANDONED' as const });
  let marks: MemoryRecoveryMarks;
  beforeEach(() => {
    marks = new MemoryRecoveryMarks(ledger);
  });

  it('A claim takes the expiry off the kept round, too', async () => {
    const round = await storeRound(ledger, voided());
    await ledger.markArchived(round);
    await ledger.expire(round, EXPIRES_AT_MS);
    await marks.claim(round, 'confirm-void', claim);
    expect(await ledger.get(round)).toEqual(round);
    expect(await ledger.get(round)).not.toHaveProperty('expiry');
    expect(ledger.expiries.size).toBe(0);
  });

  it('A claim of a round without an expiry leaves it as it is kept', async () => {
    const round = await storeRound(ledger, voided());
    await marks.claim(round, 'confirm-void', claim);
    expect(await ledger.get(round)).toBe(round);
  });

  it('Two rounds have marks of their own', async () => {
    const [one, other] = [await storeRound(ledger, voided()), await storeRound(ledger, voided())];
    await marks.claim(one, 'confirm-void', claim);
    await marks.ring(one, 'confirm-void');
    await marks.confirm(one);
    expect(await marks.read(one, 'confirm-void')).toEqual({ claimedAtMs: 5, rung: true, confirmed: true });
    expect(await marks.read(other, 'confirm-void')).toEqual({
      claimedAtMs: undefined,
      rung: false,
      confirmed: false,
    });
  });

  it('A round that is not there has no marks, also after somebody tried to set them', async () => {
    const missing = intent();
    expect(await marks.claim(missing, 'finish', claim)).toBe(false);
    await marks.ring(missing, 'finish');
    await marks.confirm(missing);
    const none = { claimedAtMs: undefined, rung: false, confirmed: false };
    expect(await marks.read(missing, 'finish')).toEqual(none);
    expect(ledger.confirmed.size).toBe(0);
    const round = await storeRound(ledger, missing);
    expect(await marks.read(round, 'finish')).toEqual(none);
    expect(await marks.claim(round, 'finish', claim)).toBe(true);
  });
});
