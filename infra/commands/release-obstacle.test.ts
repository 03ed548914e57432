import { beforeEach, describe, expect, it } from 'vitest';
import { archiveRecord } from '../../shared/archive/adapters/archive-record.ts';
import type { SoughtRound } from '../../shared/archive/adapters/find-archived-line.ts';
import { credited, committed, intent } from '../../shared/rounds/any-round.fixture.ts';
import { roundIdOf } from '../../shared/rounds/round-address.ts';
import type { Round } from '../../shared/rounds/round.ts';
import { assertReleasable } from './release-log.ts';
import { releaseObstacle } from './release-obstacle.ts';

const DAY_MS = 86_400_000;
const mac = new Uint8Array(16).fill(5);
const before = credited(committed(intent()));
const newest = credited(
  committed(intent({ log: before.log, number: 2, previousIntentMac: before.intentMac })),
);

let stored: (Round | 'unreadable')[];
let archive: Map<string, string>;
let nowMs: number;
const frozenAtMs = newest.startedAtMs + 3 * DAY_MS;

beforeEach(() => {
  stored = [newest, before];
  archive = new Map([newest, before].map((round) => [round.roundId, JSON.stringify(archiveRecord(round))]));
  nowMs = frozenAtMs + 1;
});

const obstacle = () =>
  releaseObstacle(
    {
      newest: async () => stored,
      archived: async ({ roundId }: SoughtRound) => {
        const line = archive.get(roundId);
        return line === undefined ? undefined : { file: 'file', line };
      },
    },
    { frozenAtMs, nowMs },
  );

describe('A frozen log may be released', () => {
  it('where its newest rounds are what the archive has of them', async () => {
    expect(await obstacle()).toBeUndefined();
  });

  it('where the archive does not have its newest rounds yet', async () => {
    archive.clear();
    expect(await obstacle()).toBeUndefined();
  });

  it('where it has one round only', async () => {
    stored = [before];
    archive = new Map();
    expect(await obstacle()).toBeUndefined();
  });

  it('where the round before the newest has expired, so that others may be deleted between them', async () => {
    stored = [newest, { ...before, intentMac: mac, expiry: { expiresAtMs: nowMs, mac } }];
    archive.clear();
    expect(await obstacle()).toBeUndefined();
    nowMs -= 1;
    expect(await obstacle()).toBe('NEWEST_ROUND_MISSING');
  });
});

describe('A frozen log should not be released', () => {
  it.each([
    ['newest round', 0],
    ['round before the newest', 1],
  ])('while its %s cannot be read', async (_, place) => {
    stored[place] = 'unreadable';
    expect(await obstacle()).toBe('NEWEST_ROUND_UNREADABLE');
  });

  it('while an old intent lies over a round that has ended', async () => {
    const { outcome: _, ...start } = newest;
    stored = [{ ...start, status: 'INTENT' }, before];
    expect(await obstacle()).toBe('NEWEST_ROUND_DIFFERS');
  });

  it('while the round before the newest differs from the archive', async () => {
    archive.set(before.roundId, 'another line');
    expect(await obstacle()).toBe('NEWEST_ROUND_DIFFERS');
  });

  it.each([0, 1, 3])('while the archive has a later round, which began %s days later', async (days) => {
    const id = roundIdOf(newest.log, 3, newest.startedAtMs + days * DAY_MS);
    archive.set(id, 'the line of the round that was deleted');
    expect(await obstacle()).toBe('NEWEST_ROUND_MISSING');
  });

  it('while a round is missing between its newest two', async () => {
    stored = [{ ...newest, number: 3 }, before];
    expect(await obstacle()).toBe('NEWEST_ROUND_MISSING');
  });

  it('while the ledger has no round of it', async () => {
    stored = [];
    expect(await obstacle()).toBe('NEWEST_ROUND_MISSING');
  });
});

describe('The command that releases a log', () => {
  it('The command refuses in one line, which begins with the code and tells how to go on', () => {
    expect(() => assertReleasable('NEWEST_ROUND_DIFFERS', undefined)).toThrow(
      /^NEWEST_ROUND_DIFFERS: .*--despite NEWEST_ROUND_DIFFERS$/,
    );
  });

  it('The command releases despite what a person has named, and despite nothing else', () => {
    expect(() => assertReleasable('NEWEST_ROUND_DIFFERS', 'NEWEST_ROUND_DIFFERS')).not.toThrow();
    expect(() => assertReleasable(undefined, undefined)).not.toThrow();
    expect(() => assertReleasable('NEWEST_ROUND_MISSING', 'NEWEST_ROUND_DIFFERS')).toThrow('MISSING');
  });
});
