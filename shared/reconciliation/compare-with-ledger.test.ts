import { beforeEach, describe, expect, it } from 'vitest';
import { FaultError } from '../foundation/errors.ts';
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

  it('A log in which not even the keys are those of rounds is a finding, and hides no other log', async () => {
    play(1);
    const other = round('REJECTED', fromMs, { number: 1 });
    const log = { ...other.log, playerId: ids.player('other') };
    history.rounds.push({ ...other, log });
    const { pages, ...ports } = history.ports();
    const list: typeof pages.list = async (of, page) => {
      if (of.playerId !== 'other') return pages.list(of, page);
      throw new FaultError('CORRUPT_RECORD', 'It has no key of a round');
    };
    const report = await reconcile({ ...ports, pages: { list } }, history.settings, {
      operator,
      fromMs,
      toMs,
    });
    expect(report.findings).toMatchObject([{ kind: 'UNREADABLE_RECORD', log }]);
  });
});

describe('A comparison with the ledger', () => {
  it('A round that has left the ledger is no finding, and neither is one that is as it was', async () => {
    const [left] = play(1, 2);
    if (!left) throw new Error('There is no round');
    history.alsoArchived.push(archived(left));
    history.rounds = history.rounds.filter((one) => one !== left);
    expect(await findings()).toEqual([]);
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
