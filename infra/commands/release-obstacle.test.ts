import { beforeEach, describe, expect, it } from 'vitest';
import { archiveRecord } from '../../shared/archive/adapters/archive-record.ts';
import { addressOf, roundIdOf } from '../../shared/rounds/round-address.ts';
import { credited, committed, intent } from '../../shared/rounds/any-round.fixture.ts';
import type { Freeze } from '../../shared/rounds/frozen-logs.ts';
import type { IntentRound, Round } from '../../shared/rounds/round.ts';
import { assertReleasable, releaseChecked } from './release-log.ts';
import { checkLog, type FrozenRounds, openEndOf, type StoredRound } from './release-obstacle.ts';
import type { ReleaseObstacle } from './release-obstacles.ts';

const DAY_MS = 86_400_000;
const mac = new Uint8Array(16).fill(5);
const first = credited(committed(intent()));
const { log } = first;

function playedAfter(before: Round): Round {
  const terms = { log, number: before.number + 1, previousIntentMac: before.intentMac };
  return credited(committed(intent(terms)));
}

const second = playedAfter(first);
const before = playedAfter(second);
const newest = playedAfter(before);
const startOf = (round: Round): IntentRound => {
  const { outcome: _, ...start } = round as ReturnType<typeof credited>;
  return { ...start, status: 'INTENT' };
};
const owedOf = (round: Round) => committed(startOf(round));
const unreadable = (number: number): StoredRound => ({ status: 'UNREADABLE', number });

let stored: StoredRound[];
let archive: Map<string, string>;
let nowMs: number;
let asked: number;

beforeEach(() => {
  stored = [newest, before, second, first];
  archive = new Map(
    [newest, before, second, first].map((round) => [round.roundId, JSON.stringify(archiveRecord(round))]),
  );
  nowMs = newest.startedAtMs + 3 * DAY_MS;
  asked = 0;
});

const rounds: FrozenRounds = {
  stored: async function* () {
    yield* stored;
  },
  archived: async ({ roundId }) => {
    const line = archive.get(roundId);
    return line === undefined ? undefined : { file: 'file', line };
  },
  laterArchived: async ({ number }, present) => {
    asked += 1;
    const numberOf = (id: unknown) => addressOf(id as Round['roundId'])?.number ?? 0;
    const later = [...archive.keys()].find((id) => numberOf(id) > number && !present.includes(numberOf(id)));
    return later as Round['roundId'] | undefined;
  },
};

const check = async (isSearched = true) => checkLog(rounds, await openEndOf(rounds), { nowMs, isSearched });
const codes = async () => (await check()).obstacles.map(({ code }) => code);

describe('A frozen log may be released', () => {
  it('where its newest rounds are what the archive has of them', async () => {
    expect(await check()).toEqual({
      obstacles: [],
      compared: [
        { round: newest, archive: 'same' },
        { round: before, archive: 'same' },
      ],
    });
  });

  it('where the archive does not have its newest rounds yet, which is told', async () => {
    archive.delete(newest.roundId);
    const { obstacles, compared } = await check();
    expect(obstacles).toEqual([]);
    expect(compared.map((one) => one.archive)).toEqual(['none', 'same']);
  });

  it('where it has one round only', async () => {
    stored = [first];
    archive = new Map();
    expect(await codes()).toEqual([]);
  });

  it('where the round before the newest has expired, so that others may be deleted between them', async () => {
    stored = [newest, { ...before, intentMac: mac, expiry: { expiresAtMs: nowMs, mac } }];
    archive.clear();
    expect(await codes()).toEqual([]);
    nowMs -= 1;
    expect(await codes()).toEqual(['CHAIN_BROKEN']);
  });

  it('where an older round owes its win, and the archive does not have it', async () => {
    stored[3] = owedOf(first);
    archive.delete(first.roundId);
    expect(await codes()).toEqual([]);
  });
});

describe('A frozen log should not be released', () => {
  it.each([
    ['newest round', 0],
    ['round before the newest', 1],
  ])('while its %s cannot be read', async (_, place) => {
    stored[place] = unreadable(4 - place);
    expect((await check()).obstacles).toEqual([{ code: 'NEWEST_ROUND_UNREADABLE', where: [4 - place] }]);
  });

  it('while an old intent lies over a round that has ended', async () => {
    stored[0] = startOf(newest);
    expect(await codes()).toEqual(['NEWEST_ROUND_DIFFERS']);
  });

  it('while the round before the newest differs from the archive', async () => {
    archive.set(before.roundId, 'another line');
    expect((await check()).obstacles).toEqual([{ code: 'NEWEST_ROUND_DIFFERS', where: [3] }]);
  });

  it('while an old intent lies deep in the log, also where the archive lacks the round', async () => {
    archive.delete(first.roundId);
    stored[3] = startOf(first);
    expect((await check()).obstacles).toEqual([{ code: 'OLDER_ROUND_IN_DOUBT', where: [1] }]);
  });

  it('while the round before the newest is voided just now, because no round begins after such a one', async () => {
    archive.delete(before.roundId);
    stored[1] = { ...startOf(before), status: 'VOIDING', reason: 'ABANDONED' };
    expect((await check()).obstacles).toEqual([{ code: 'OLDER_ROUND_IN_DOUBT', where: [3] }]);
  });

  it('while an older round owes a win whose payment the archive has', async () => {
    stored[2] = owedOf(second);
    expect((await check()).obstacles).toEqual([{ code: 'OLDER_ROUND_DIFFERS', where: [2] }]);
  });

  it('while an older round cannot be read', async () => {
    stored[2] = unreadable(2);
    stored[3] = unreadable(1);
    expect((await check()).obstacles).toEqual([{ code: 'OLDER_ROUND_UNREADABLE', where: [2, 1] }]);
  });

  it.each([5, 6, 9])('while the archive has round %s, whichever came between', async (number) => {
    const id = roundIdOf(log, number, newest.startedAtMs + 9 * DAY_MS);
    archive.set(id, 'the line of the round that was deleted');
    expect((await check()).obstacles).toEqual([{ code: 'NEWEST_ROUND_MISSING', where: [id] }]);
  });

  it('while the archive has a later round than the newest that can be read, and no unreadable one counts', async () => {
    stored[0] = unreadable(4);
    stored[1] = unreadable(3);
    expect(await codes()).toEqual(['NEWEST_ROUND_UNREADABLE']);
    archive.set(roundIdOf(log, 5, newest.startedAtMs), 'a line');
    expect(await codes()).toEqual(['NEWEST_ROUND_UNREADABLE', 'NEWEST_ROUND_MISSING']);
  });

  it('while a round is missing between its newest two', async () => {
    stored = [newest, second];
    expect(await codes()).toEqual(['CHAIN_BROKEN']);
  });

  it('while the ledger has no round of it', async () => {
    stored = [];
    expect(await codes()).toEqual(['LOG_EMPTY']);
  });

  it('while several things are wrong, and all of them are told', async () => {
    stored = [startOf(newest), unreadable(3), startOf(second), first];
    archive.set(roundIdOf(log, 6, nowMs), 'a line');
    expect(await codes()).toEqual([
      'NEWEST_ROUND_UNREADABLE',
      'NEWEST_ROUND_DIFFERS',
      'NEWEST_ROUND_MISSING',
      'OLDER_ROUND_IN_DOUBT',
    ]);
  });
});

describe('The command that releases a log', () => {
  const differs = { code: 'NEWEST_ROUND_DIFFERS', where: [4] } as const;
  const missing = { code: 'NEWEST_ROUND_MISSING', where: ['id'] } as const;
  const freeze: Freeze = {
    logHash: 'a',
    freezeId: 'seen',
    frozenAtMs: newest.startedAtMs,
    reason: 'why',
    released: undefined,
  };

  /** Releases the log where the freeze of this id is in the table. */
  function run({
    by,
    despite = [],
    freezeId = 'seen',
  }: {
    by?: string;
    despite?: ReleaseObstacle[];
    freezeId?: string;
  }) {
    const logs = {
      release: async (_: string, name: string, seen: string) =>
        seen === freezeId ? { ...freeze, released: { atMs: nowMs, by: name } } : undefined,
    };
    return releaseChecked({ logs, rounds }, freeze, { by, despite });
  }

  it('The command refuses in one line, which begins with a code and tells how to go on', () => {
    expect(() => assertReleasable([differs], [])).toThrow(
      /^NEWEST_ROUND_DIFFERS: .*--despite NEWEST_ROUND_DIFFERS$/,
    );
  });

  it('The command releases despite what a person has named, and despite nothing else', () => {
    expect(() => assertReleasable([differs], ['NEWEST_ROUND_DIFFERS'])).not.toThrow();
    expect(() => assertReleasable([], [])).not.toThrow();
    const both = [differs, missing];
    expect(() => assertReleasable(both, [])).toThrow(
      '--despite NEWEST_ROUND_DIFFERS --despite NEWEST_ROUND_MISSING',
    );
    expect(() => assertReleasable(both, ['NEWEST_ROUND_DIFFERS'])).toThrow(
      /^NEWEST_ROUND_MISSING.*--despite NEWEST_ROUND_MISSING$/,
    );
    expect(() => assertReleasable(both, ['NEWEST_ROUND_MISSING', 'NEWEST_ROUND_DIFFERS'])).not.toThrow();
  });

  it('The command tells which rounds it has compared, and which the archive does not have', async () => {
    archive.delete(newest.roundId);
    const text = await run({ by: 'alice' });
    expect(text).toContain('by alice\nround 4: it is not in the archive, so there is nothing to compare');
    expect(text).toContain('round 3: the ledger and the archive agree');
  });

  it('Without a name, the command shows all that is wrong, and does not search the archive', async () => {
    stored = [startOf(newest), unreadable(3), second];
    expect(await run({})).toMatch(/NEWEST_ROUND_UNREADABLE: .* \(3\)\nNEWEST_ROUND_DIFFERS: .* \(4\)$/);
    expect(asked).toBe(0);
  });

  it('An item that has the key of no round is told for what it is', async () => {
    stored = [unreadable(0), newest, before];
    expect(await run({})).toMatch(/NEWEST_ROUND_UNREADABLE: .* \(an item with the key of no round\)$/);
  });

  it('A freeze that came while the log was checked is not released', async () => {
    await expect(run({ by: 'alice', freezeId: 'newer' })).rejects.toThrow('It was frozen anew or released');
  });

  it.each([
    ['an old intent was put back', 3, startOf(first)],
    ['the newest round was replaced', 0, { ...newest, mac }],
  ])('A log is not released where %s while it was checked', async (_, place, round) => {
    const { laterArchived } = rounds;
    const changing: FrozenRounds = {
      ...rounds,
      laterArchived: (...sought) => {
        stored[place] = round;
        return laterArchived(...sought);
      },
    };
    const logs = { release: () => Promise.reject(new Error('It is released')) };
    const releasing = releaseChecked({ logs, rounds: changing }, freeze, { by: 'alice', despite: [] });
    await expect(releasing).rejects.toThrow('Its rounds have changed');
  });
});
