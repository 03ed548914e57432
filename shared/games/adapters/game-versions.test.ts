import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTable, startDynoxide, type TestDatabase } from '../../aws/dynamodb.fixture.ts';
import type { GameVersion } from '../game-version.ts';
import { minorAmount } from '../../money/money.ts';
import { signedPut } from './config-writes.ts';
import { DynamoGameVersions } from './game-versions.ts';
import { DynamoRegistry } from './registry.ts';
import { DynamoRegistryAdmin } from './registry-admin.ts';
import { testConfigTable } from './config-table.fixture.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const [a = '', b = '', c = ''] = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(32));

function versionOf(hash: string, publishedAtMs = 1): GameVersion {
  const title = `Panda ${hash.slice(0, 2)}`;
  const bets = [{ currency: 'EUR', allowedMinor: [20n, 10n ** 18n - 1n].map(minorAmount) }];
  return {
    gameCode: ids.game('panda'),
    hash,
    engineId: 'panda',
    buildId: '1.0.0',
    title,
    bets,
    stateRule: 'bound',
    publishedAtMs,
  };
}

let database: TestDatabase;
let table: string;
let versions: DynamoGameVersions;
beforeAll(async () => {
  database = await startDynoxide();
});
beforeEach(async () => {
  table = `config-${randomUUID()}`;
  await createTable(database.client, table);
  versions = new DynamoGameVersions(testConfigTable(database.client, table));
});
afterAll(() => database.stop());

const publish = (version: GameVersion) => versions.publish(version, version);
const game = () => new DynamoRegistry(testConfigTable(database.client, table)).game(ids.game('panda'));

async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) => (error as { code?: string }).code);
}

describe('publishing a version', () => {
  it('adds it to those of its game, in the order of publishing, and makes none of them active', async () => {
    expect(await publish(versionOf(b, 1))).toBe(true);
    expect(await publish(versionOf(a, 2))).toBe(true);
    expect(await versions.versions(ids.game('panda'))).toEqual([versionOf(b, 1), versionOf(a, 2)]);
    expect(await versions.versions(ids.game('koala'))).toEqual([]);
    expect(await versions.activeHash(ids.game('panda'))).toBeUndefined();
    expect(await game()).toBeUndefined();
  });

  it('changes only title, bets and state rule where the version is there already', async () => {
    await publish(versionOf(a, 1));
    const bets = [{ currency: 'USD', allowedMinor: [5n].map(minorAmount) }];
    const offer = { title: 'Panda Deluxe', bets, stateRule: 'fresh' as const };
    expect(await publish({ ...versionOf(a, 9), ...offer, buildId: 'other' })).toBe(false);
    expect(await versions.version(ids.game('panda'), a)).toEqual({ ...versionOf(a, 1), ...offer });
  });

  it('does not bring a retired version back', async () => {
    await publish(versionOf(a));
    await versions.retire(ids.game('panda'), a, 5);
    expect(await publish(versionOf(a))).toBe(false);
    expect(await versions.version(ids.game('panda'), a)).toHaveProperty('retiredAtMs', 5);
  });

  it('refuses a version that could not be read back', async () => {
    expect(await outcomeOf(publish({ ...versionOf(a), hash: 'ab' }))).toBe('CORRUPT_RECORD');
    expect(await outcomeOf(publish({ ...versionOf(a), gameCode: ids.game('P#') }))).toBe('CORRUPT_RECORD');
    expect(await versions.versions(ids.game('panda'))).toEqual([]);
  });
});

describe('activating a version', () => {
  it('gives its engine, title, bets and state rule to new rounds', async () => {
    await publish(versionOf(a));
    expect(await versions.activate(ids.game('panda'), a, 10)).toBe(true);
    const { title, bets, stateRule } = versionOf(a);
    expect(await game()).toEqual({ gameCode: 'panda', title, enabled: true, engineHash: a, bets, stateRule });
  });

  it('The rule for the end of a bonus is stored, and stays where the next version has no bonus', async () => {
    const bonus = { ...versionOf(a), bonusEndMillionths: 0n };
    await publish(bonus);
    await publish(versionOf(b));
    await publish({ ...versionOf(c), bonusEndMillionths: 12_500_000n });
    expect(await versions.version(ids.game('panda'), a)).toEqual(bonus);
    for (const [hash, bonusEndMillionths] of [
      [a, 0n],
      [b, 0n],
      [c, 12_500_000n],
    ] as const) {
      await versions.activate(ids.game('panda'), hash, 10);
      expect(await game()).toMatchObject({ engineHash: hash, bonusEndMillionths });
    }
  });

  it("tells which contract the game's engine speaks, until another version is active", async () => {
    const realtime: GameVersion = { ...versionOf(a), contract: 'realtime' };
    await publish(realtime);
    await publish(versionOf(b));
    expect(await versions.version(ids.game('panda'), a)).toEqual(realtime);
    await versions.activate(ids.game('panda'), a, 10);
    expect(await game()).toHaveProperty('contract', 'realtime');
    await versions.activate(ids.game('panda'), b, 20);
    expect(await game()).not.toHaveProperty('contract');
  });

  it('is reversed by activating the version before, and every change is kept with its time', async () => {
    await publish(versionOf(a));
    await publish(versionOf(b));
    await versions.activate(ids.game('panda'), a, 10);
    await versions.activate(ids.game('panda'), b, 20);
    await versions.activate(ids.game('panda'), a, 30);
    expect(await game()).toHaveProperty('engineHash', a);
    expect(await versions.activations(ids.game('panda'))).toEqual([
      { gameCode: 'panda', number: 3, hash: a, activatedAtMs: 30 },
      { gameCode: 'panda', number: 2, hash: b, activatedAtMs: 20 },
      { gameCode: 'panda', number: 1, hash: a, activatedAtMs: 10 },
    ]);
  });

  it('takes the new bets of a version that is active already, and counts as no change of the engine', async () => {
    await publish(versionOf(a));
    await versions.activate(ids.game('panda'), a, 10);
    const bets = [{ currency: 'USD', allowedMinor: [5n].map(minorAmount) }];
    await publish({ ...versionOf(a), bets });
    expect(await game()).not.toHaveProperty('bets', bets);
    expect(await versions.activate(ids.game('panda'), a, 20)).toBe(false);
    expect(await game()).toHaveProperty('bets', bets);
    expect(await versions.activations(ids.game('panda'))).toHaveLength(1);
  });

  it('leaves a game off that was switched off', async () => {
    await publish(versionOf(a));
    await publish(versionOf(b));
    await versions.activate(ids.game('panda'), a, 10);
    const admin = new DynamoRegistryAdmin(testConfigTable(database.client, table));
    const known = await game();
    if (known) await admin.putGame({ ...known, enabled: false });
    await versions.activate(ids.game('panda'), b, 20);
    expect(await game()).toMatchObject({ enabled: false, engineHash: b });
  });

  it('is refused where there is no such version, or where it is retired', async () => {
    await publish(versionOf(a));
    await versions.retire(ids.game('panda'), a, 5);
    expect(await outcomeOf(versions.activate(ids.game('panda'), a, 10))).toBe('MISCONFIGURED');
    expect(await outcomeOf(versions.activate(ids.game('panda'), b, 10))).toBe('MISCONFIGURED');
    expect(await game()).toBeUndefined();
    expect(await versions.activations(ids.game('panda'))).toEqual([]);
  });
});

describe('retiring a version', () => {
  it('is refused for the active version, and done once for any other', async () => {
    await publish(versionOf(a));
    await publish(versionOf(b));
    await versions.activate(ids.game('panda'), a, 10);
    expect(await outcomeOf(versions.retire(ids.game('panda'), a, 20))).toBe('MISCONFIGURED');
    expect(await versions.retire(ids.game('panda'), b, 20)).toBe(true);
    expect(await versions.retire(ids.game('panda'), b, 30)).toBe(false);
    expect(await versions.version(ids.game('panda'), b)).toEqual({ ...versionOf(b), retiredAtMs: 20 });
    expect(await outcomeOf(versions.retire(ids.game('panda'), c, 20))).toBe('MISCONFIGURED');
  });
});

describe('several people who change versions at once', () => {
  it('leave one active version, which is not retired and is the last of a history without gaps', async () => {
    const moves = fc.array(
      fc.tuple(
        fc.constantFrom<'activate' | 'retire'>('activate', 'activate', 'retire'),
        fc.constantFrom(a, b, c),
      ),
      { minLength: 2, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(moves, async (chosen) => {
        table = `config-${randomUUID()}`;
        await createTable(database.client, table);
        versions = new DynamoGameVersions(testConfigTable(database.client, table));
        for (const hash of [a, b, c]) await publish(versionOf(hash));
        await versions.activate(ids.game('panda'), a, 1);
        await Promise.all(
          chosen.map(([move, hash], index) => outcomeOf(versions[move](ids.game('panda'), hash, index + 2))),
        );
        const history = await versions.activations(ids.game('panda'));
        const active = await versions.activeHash(ids.game('panda'));
        expect(history.map(({ number }) => number)).toEqual(
          history.map((_, index) => history.length - index),
        );
        expect(history[0]?.hash).toBe(active);
        expect(await versions.version(ids.game('panda'), active ?? '')).not.toHaveProperty('retiredAtMs');
      }),
      { numRuns: 25 },
    );
  });
});

it('A version that is stored in another form makes the read fail', async () => {
  const item = { pk: 'game-versions#panda', sk: a, gameCode: 'panda', title: 7n };
  const Put = await signedPut(testConfigTable(database.client, table), item, undefined);
  await database.client.send(new PutCommand(Put));
  expect(await outcomeOf(versions.versions(ids.game('panda')))).toBe('CORRUPT_RECORD');
});
