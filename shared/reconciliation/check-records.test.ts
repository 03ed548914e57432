import { beforeEach, describe, expect, it } from 'vitest';
import { FaultError } from '../foundation/errors.ts';
import { ids } from '../foundation/ids.fixture.ts';
import { accountedRound } from '../rounds/accounted-round.ts';
import type { Round } from '../rounds/round.ts';
import { roundIdOf } from '../rounds/round-address.ts';
import { codeOf } from '../rounds/rounds.fixture.ts';
import { archived, DAY_MS, fromMs, HistoryFixture, operator, round, toMs } from './reconcile.fixture.ts';
import { joined, reconcileDays } from './reconcile-days.ts';
import { booked } from './reconciliation.fixture.ts';
import { reconcile } from './reconcile.ts';

let history: HistoryFixture;

beforeEach(() => {
  history = new HistoryFixture();
});

/** Lets rounds with these numbers of one log be played, a second each. */
function play(numbers: readonly number[], status: Round['status'] = 'REJECTED'): Round[] {
  const rounds = numbers.map((number) => round(status, fromMs + number * 1_000, { number }));
  history.rounds.push(...rounds);
  return rounds;
}

async function findings() {
  const report = await history.reconcile();
  return report.findings.map(({ kind, firstNumber, lastNumber }) => [kind, firstNumber, lastNumber]);
}

const log = { operatorId: 'demo', playerId: 'player123', gameCode: 'happy-panda' };
const typedLog = {
  operatorId: ids.operator(log.operatorId),
  playerId: ids.player(log.playerId),
  gameCode: ids.game(log.gameCode),
};

/** Lets a round be played whose line names another intent than that of the round before. */
function playUnchained(one: Round, previousIntentMac: string): Round {
  history.rounds.push(one);
  history.unarchived.add(one.roundId);
  history.alsoArchived.push(archived(one, { file: 'also', previousIntentMac }));
  return one;
}

describe('a log whose archive is right', () => {
  it('has no finding, wherever the period cuts it and however often a line was written', async () => {
    play([3, 4, 5, 6]);
    expect(await findings()).toEqual([]);
  });

  it('has no finding where another log has other numbers', async () => {
    const [one] = play([3, 4]);
    const others = [{ gameCode: ids.game('coin') }, { playerId: ids.player('p2') }];
    history.rounds.push(
      ...others.map((given, index) =>
        round('REJECTED', fromMs, { number: 8 + index, log: { ...one!.log, ...given } }),
      ),
    );
    expect(await findings()).toEqual([]);
  });
});

describe('two lines of one round', () => {
  it('are a finding where they differ, which names both files', async () => {
    const [one] = play([3, 4]);
    history.alsoArchived.push(archived(one!, { file: 'also', lineHash: 'another' }));
    const report = await history.reconcile();
    expect(report.findings).toEqual([
      {
        kind: 'CHANGED_RECORD',
        log,
        firstNumber: 3,
        lastNumber: 3,
        roundIds: [one?.roundId],
        files: ['also', '0'],
      },
    ]);
  });
});

it('Two rounds with one number of a log are a finding', async () => {
  const [one] = play([3, 4]);
  const other = round('REJECTED', fromMs + 500, { number: 3 });
  history.alsoArchived.push(archived(other, { file: 'also' }));
  const report = await history.reconcile();
  expect(report.findings).toMatchObject([{ kind: 'REPEATED_NUMBER', log, firstNumber: 3, lastNumber: 3 }]);
  expect(new Set(report.findings[0]?.roundIds)).toEqual(new Set([one?.roundId, other.roundId]));
});

describe('a number that is missing between two others', () => {
  it('is a finding where nobody knows the round, and several in a row are one', async () => {
    play([3, 5, 9]);
    expect(await findings()).toEqual([
      ['MISSING_RECORD', 4, 4],
      ['MISSING_RECORD', 6, 8],
    ]);
  });

  it('is a finding that names the round where only the ledger has it', async () => {
    const [, lost] = play([3, 4, 5]);
    history.unarchived.add(lost!.roundId);
    expect((await history.reconcile()).findings).toEqual([
      { kind: 'MISSING_RECORD', log, firstNumber: 4, lastNumber: 4, roundIds: [lost?.roundId], files: [] },
    ]);
  });

  it('is a finding by itself beside one that only the ledger has, which began with the period', async () => {
    const [, lost] = play([3, 4, 6]);
    history.unarchived.add(lost!.roundId);
    history.rounds = history.rounds.map((one) => (one === lost ? { ...one, startedAtMs: fromMs } : one));
    expect(await findings()).toEqual([
      ['MISSING_RECORD', 5, 5],
      ['MISSING_RECORD', 4, 4],
    ]);
  });

  it('is no finding for the five minutes that the archive may be behind', async () => {
    const [, late] = play([3, 4, 5]);
    history.unarchived.add(late!.roundId);
    history.nowMs = late!.updatedAtMs + 300_000;
    expect(await findings()).toEqual([]);
    history.nowMs += 1;
    expect(await findings()).toEqual([['MISSING_RECORD', 4, 4]]);
  });

  it('is no finding where the round is not final, which is compared with the books', async () => {
    play([3, 5]);
    const [owing] = play([4], 'COMMITTED');
    const report = await history.reconcile();
    expect(report.findings).toEqual([]);
    expect(report.differences.map(({ kind, roundId }) => [kind, roundId])).toEqual([
      ['MISSING_DEBIT', owing?.roundId],
      ['PENDING_CREDIT', owing?.roundId],
    ]);
  });

  it('is no finding where the round began in another period, because clocks differ', async () => {
    play([3, 5]);
    history.rounds.push(round('REJECTED', toMs, { number: 4 }));
    expect(await findings()).toEqual([]);
  });

  it('is a finding where the ledger cannot read the round', async () => {
    play([3, 5]);
    const get = async () => {
      throw new FaultError('CORRUPT_RECORD', 'A round cannot be read');
    };
    const ports = { ...history.ports(), ledger: { ...history.ports().ledger, get } };
    const report = await reconcile(ports, history.settings, { operator, fromMs, toMs });
    expect(report.findings).toEqual([
      { kind: 'UNREADABLE_RECORD', log, firstNumber: 4, lastNumber: 4, roundIds: [], files: [] },
    ]);
  });

  it('costs few look-ups, however large a number was forged', async () => {
    const [one] = play([3, 4]);
    const forged = archived(round('REJECTED', fromMs, { ...one, number: 900_000_000 }), {
      roundId: ids.round('forged'),
    });
    history.alsoArchived.push(forged);
    expect(await findings()).toEqual([
      ['MISSING_RECORD', 5, 899_999_999],
      ['MISSING_RECORD', 900_000_000, 900_000_000],
    ]);
  });

  it('makes the period too large where there are too many to look up', async () => {
    play([1, 1_100]);
    const numbers = Array.from({ length: 1_098 }, (_, index) => index + 2);
    for (const { roundId } of play(numbers)) history.unarchived.add(roundId);
    expect(await codeOf(findings())).toBe('PERIOD_TOO_LARGE');
  });
});

describe('a line of the archive that the ledger did not sign', () => {
  it('is a finding that names its file', async () => {
    const [one] = play([3]);
    history.rounds = [];
    history.alsoArchived.push(archived(one!, { file: 'also', isAuthentic: false }));
    expect((await history.reconcile()).findings).toEqual([
      {
        kind: 'WRONG_MAC',
        log,
        firstNumber: 3,
        lastNumber: 3,
        roundIds: [one?.roundId],
        files: ['also'],
      },
    ]);
  });

  it('is a finding also where another line says what was signed', async () => {
    const [one] = play([3]);
    history.alsoArchived.push(archived(one!, { lineHash: 'another', isAuthentic: false }));
    expect(new Set(await findings())).toEqual(
      new Set([
        ['WRONG_MAC', 3, 3],
        ['CHANGED_RECORD', 3, 3],
      ]),
    );
  });
});

it('A line that was not signed is a finding also where it is read after the one that was', async () => {
  const [one] = play([3]);
  const lines = [archived(one!), archived(one!, { lineHash: 'another', isAuthentic: false })];
  const archive = {
    async *files() {
      yield ['file'];
    },
    read: async () => lines,
  };
  const ports = { ...history.ports(), archive };
  const report = await reconcile(ports, history.settings, { operator, fromMs, toMs });
  expect(report.findings.map(({ kind }) => kind)).toEqual(['CHANGED_RECORD', 'WRONG_MAC']);
});

describe('the chain of intents', () => {
  it('is broken where a round names another intent than the one before it', async () => {
    const [one] = play([2]);
    const other = playUnchained(round('REJECTED', fromMs + 3_000, { number: 3 }), 'another MAC');
    expect((await history.reconcile()).findings).toEqual([
      {
        kind: 'BROKEN_CHAIN',
        log,
        firstNumber: 3,
        lastNumber: 3,
        roundIds: [other.roundId, one?.roundId],
        files: ['also', '0'],
      },
    ]);
  });

  it('is broken where the first round of a log names an intent', async () => {
    playUnchained(round('REJECTED', fromMs, { number: 1 }), 'a MAC');
    expect(await findings()).toEqual([['BROKEN_CHAIN', 1, 1]]);
  });

  it('is not compared over a number that is missing', async () => {
    play([3, 5]);
    expect(await findings()).toEqual([['MISSING_RECORD', 4, 4]]);
  });
});

describe('a round that the ledger cannot read', () => {
  it('is a finding where the wallet names it, and not called unknown', async () => {
    const roundId = roundIdOf(typedLog, 7, fromMs);
    const one = round('CREDITED', fromMs, { number: 7, roundId });
    history.booked.push(booked(accountedRound(one), 'debit'));
    const find = async () => {
      throw new FaultError('CORRUPT_RECORD', 'A stored record does not have its MAC');
    };
    const ports = { ...history.ports(), ledger: { ...history.ports().ledger, find } };
    const report = await reconcile(ports, history.settings, { operator, fromMs, toMs });
    expect(report).toMatchObject({
      differences: [],
      findings: [
        { kind: 'UNREADABLE_RECORD', log, firstNumber: 7, lastNumber: 7, roundIds: [roundId], files: [] },
      ],
    });
  });
});

describe('a period of several days', () => {
  async function findingsOfDays() {
    const reports = [];
    const request = { operator, fromMs: fromMs - DAY_MS, toMs };
    for await (const report of reconcileDays(history.ports(), history.settings, request))
      reports.push(report);
    const [first, ...others] = reports;
    return joined(first!, ...others).findings.map(({ kind, firstNumber }) => [kind, firstNumber]);
  }

  it('has a finding where a number is missing between two days', async () => {
    play([4, 5]);
    history.rounds.push(round('REJECTED', fromMs - DAY_MS, { number: 2 }));
    expect(await findingsOfDays()).toEqual([['MISSING_RECORD', 3]]);
  });

  it('has a finding where a number comes on two days', async () => {
    play([3, 4]);
    history.alsoArchived.push(archived(round('REJECTED', fromMs - DAY_MS, { number: 3 }), { file: 'also' }));
    // The first day differs from what the ledger has now, and the second one from the first.
    expect(await findingsOfDays()).toEqual([
      ['REPEATED_NUMBER', 3],
      ['REPEATED_NUMBER', 3],
    ]);
  });

  it('has a finding where the chain is broken between two days', async () => {
    history.rounds.push(round('REJECTED', fromMs - DAY_MS, { number: 2 }));
    playUnchained(round('REJECTED', fromMs, { number: 3 }), 'another MAC');
    expect(await findingsOfDays()).toEqual([['BROKEN_CHAIN', 3]]);
  });

  it('has none where the last round of a day began on the clock of the next', async () => {
    history.rounds.push(
      ...[2, 4].map((number) => round('REJECTED', fromMs - DAY_MS, { number })),
      ...[3, 5].map((number) => round('REJECTED', fromMs, { number })),
    );
    expect(await findingsOfDays()).toEqual([]);
  });

  it('has none where the log goes on', async () => {
    play([3, 4]);
    history.rounds.push(round('REJECTED', fromMs - DAY_MS, { number: 2 }));
    expect(await findingsOfDays()).toEqual([]);
  });
});
