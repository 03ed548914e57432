import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { ids } from '../foundation/ids.fixture.ts';
import type { Round } from '../rounds/round.ts';
import { codeOf } from '../rounds/rounds.fixture.ts';
import { archived, fromMs, HistoryFixture, operator, round, toMs } from './reconcile.fixture.ts';
import { reconcile } from './reconcile.ts';

let history: HistoryFixture;

beforeEach(() => {
  history = new HistoryFixture();
});

function play(...numbers: number[]): Round[] {
  const rounds = numbers.map((number) => round('REJECTED', fromMs + number, { number }));
  history.rounds.push(...rounds);
  return rounds;
}

const findings = async () => (await history.reconcile()).findings;

describe('An archived round that somebody changed in the ledger afterwards', () => {
  it('A round whose MAC is wrong now is a finding, which names its line', async () => {
    const [, forged] = play(1, 2, 3);
    if (!forged) throw new Error('There is no round');
    const { log, number, roundId } = forged;
    history.inLedger.set(roundId, { log, number, status: 'UNREADABLE' });
    expect(await findings()).toEqual([
      {
        kind: 'UNREADABLE_RECORD',
        log,
        firstNumber: 2,
        lastNumber: 2,
        roundIds: [roundId],
        files: [expect.any(String)],
      },
    ]);
  });

  it('A round whose earlier state was put back is a finding, although its MAC is right', async () => {
    const [ended] = play(1, 2);
    if (!ended) throw new Error('There is no round');
    history.inLedger.set(ended.roundId, {
      ...ended,
      ...round('INTENT', fromMs),
      log: ended.log,
      number: 1,
      roundId: ended.roundId,
      mac: new Uint8Array(16).fill(7),
    });
    expect(await findings()).toMatchObject([
      { kind: 'CHANGED_RECORD', firstNumber: 1, roundIds: [ended.roundId] },
    ]);
  });

  it('A round of which the archive has two lines is one finding, whichever of them the ledger has', async () => {
    const [twice] = play(1);
    if (!twice) throw new Error('There is no round');
    history.alsoArchived.push(archived(twice, { file: 'also', lineHash: 'other', mac: 'another' }));
    expect(await findings()).toMatchObject([{ kind: 'CHANGED_RECORD', files: ['also', '0'] }]);
  });

  it('Another round under the same number is a finding, which the archive does not show yet', async () => {
    const [lost] = play(1);
    if (!lost) throw new Error('There is no round');
    const other = { ...lost, roundId: ids.randomRound() };
    history.inLedger.set(lost.roundId, other);
    expect(await findings()).toMatchObject([
      { kind: 'REPEATED_NUMBER', firstNumber: 1, roundIds: [lost.roundId, other.roundId] },
    ]);
  });

  it('A round that somebody deleted is a finding, because the ledger still has to keep it', async () => {
    const [, deleted] = play(1, 2, 3);
    if (!deleted) throw new Error('There is no round');
    history.alsoArchived.push(archived(deleted, { file: 'also' }));
    history.rounds = history.rounds.filter((one) => one !== deleted);
    expect(await findings()).toEqual([
      {
        kind: 'MISSING_RECORD',
        log: deleted.log,
        firstNumber: 2,
        lastNumber: 2,
        roundIds: [deleted.roundId],
        files: ['also'],
      },
    ]);
  });

  it('The deletion of a whole log is a finding for each of its rounds', async () => {
    history.alsoArchived.push(...play(1, 2).map((one) => archived(one)));
    history.rounds = [];
    expect(await findings()).toMatchObject([
      { kind: 'MISSING_RECORD', firstNumber: 2 },
      { kind: 'MISSING_RECORD', firstNumber: 1 },
    ]);
  });

  it('A line that was not signed proves no round that the ledger would lack', async () => {
    history.alsoArchived.push(...play(1).map((one) => archived(one, { isAuthentic: false })));
    history.rounds = [];
    expect(await findings()).toMatchObject([{ kind: 'WRONG_MAC' }]);
  });
});

describe('A round above the newest line of a log', () => {
  /** Makes the newest of a log's rounds unreadable. */
  const invent = (number: number) => {
    const one = round('REJECTED', toMs, { number });
    history.rounds.push(one);
    const { log } = one;
    history.inLedger.set(one.roundId, { log, number, status: 'UNREADABLE' });
    return {
      kind: 'UNREADABLE_RECORD',
      log,
      firstNumber: number,
      lastNumber: number,
      roundIds: [],
      files: [],
    };
  };

  it.each([4, 900_000])('It is a finding where it cannot be read: %i', async (number) => {
    play(1, 2, 3);
    const invented = invent(number);
    expect(await findings()).toEqual([invented]);
  });

  it('It is a finding also where the period has more rounds than a page', async () => {
    play(...Array.from({ length: 150 }, (_, index) => index + 1));
    const invented = invent(151);
    expect(await findings()).toEqual([invented]);
  });

  it('It is no finding where it can be read, because its own period has it', async () => {
    play(1, 2, 3);
    history.rounds.push(...[4, 5, 6].map((number) => round('REJECTED', toMs, { number })));
    expect(await findings()).toEqual([]);
  });
});

describe('A comparison with the ledger', () => {
  it('A round is no finding where it is as it was', async () => {
    play(1, 2);
    expect(await findings()).toEqual([]);
  });

  it('At most eight logs are read at once, and no log waits for a slow one', async () => {
    const others = Array.from({ length: 20 }, (_, index) => {
      const one = round('REJECTED', fromMs, { number: 1 });
      return { ...one, log: { ...one.log, playerId: ids.player(`player-${index}`) } };
    });
    history.rounds.push(...others);
    const { pages, ...ports } = history.ports();
    const reading = { now: 0, most: 0, ended: 0 };
    const allOthers = Promise.withResolvers<void>();
    const list: typeof pages.list = async (of, page) => {
      reading.most = Math.max(reading.most, (reading.now += 1));
      await setImmediate();
      if (of.playerId === 'player-0') await allOthers.promise;
      const listed = await pages.list(of, page);
      reading.now -= 1;
      if ((reading.ended += 1) === 19) allOthers.resolve();
      return listed;
    };
    const request = { operator, fromMs, toMs };
    const report = await reconcile({ ...ports, pages: { list } }, history.settings, request);
    expect(report.findings).toEqual([]);
    expect(reading).toEqual({ now: 0, most: 8, ended: 20 });
  });

  it('A log is read in pages of a hundred rounds, and a gap costs none', async () => {
    play(...Array.from({ length: 150 }, (_, index) => index + 1));
    const [far] = play(900_000);
    history.unarchived.add(far?.roundId ?? '');
    expect(await findings()).toEqual([]);
    expect(history.pages).toBe(2);
  });

  it('A comparison that takes too long is refused as a period that is too large', async () => {
    play(1);
    const { pages, ...ports } = history.ports();
    const list: typeof pages.list = (of, page) => {
      history.nowMs += 60_000;
      return pages.list(of, page);
    };
    const request = { operator, fromMs, toMs };
    play(...Array.from({ length: 150 }, (_, index) => index + 2));
    expect(await codeOf(reconcile({ ...ports, pages: { list } }, history.settings, request))).toBe(
      'PERIOD_TOO_LARGE',
    );
  });
});
