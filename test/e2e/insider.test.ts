import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NativeItem } from '../../shared/aws/attribute-values.ts';
import { AttackedStack, played } from './attacked-stack.ts';
import { call, codeOf, eventually, type Player, type Reply, type Round } from './client.ts';
import { keyOf, partitionOf } from './insider.ts';
import { type Changed, OwnChanges } from './own-changes.ts';
import { lost, opensBonus, won } from './wished-seeds.ts';

const ROOT = path.join(import.meta.dirname, '../..');
/** That of every stage, and when a request for another round has its recovery attempted. */
const ROUND_LEASE_MS = 30_000;
const MINUTE_MS = 60_000;
const BLOCKED_ATTEMPT_AFTER_MS = 5_000;
const REFUSED = ['CORRUPT_RECORD', 'LOG_FROZEN'];

let attacked: AttackedStack;
/** Losses that somebody will touch when their leases are over. */
let losses: Loss[];

beforeAll(async () => {
  attacked = await AttackedStack.start();
  losses = [await lose(), await lose(), await lose()];
});
afterAll(() => attacked?.stop());

interface Loss {
  readonly player: Player;
  readonly key: string;
  readonly round: Round;
}

async function lose(): Promise<Loss> {
  const [player, key] = [await attacked.playerWith(), randomUUID()];
  return { player, key, round: await attacked.spun(player, lost, key) };
}

interface Forgery {
  readonly before: NativeItem | undefined;
  readonly after: NativeItem;
}

type Forge = (newest: NativeItem, theirWin: NativeItem) => Forgery;

const winning = { win: 250_000n, payout: 2_500_000_000n };
const nextKey = { sk: '000000002' };

const forgeries: readonly [string, Forge][] = [
  [
    'a win that is written onto an archived lost round',
    (before) => ({ before, after: { ...before, win: 250_000n } }),
  ],
  [
    'a lost round that becomes a committed one with a win, with its view as it was',
    (before) => ({ before, after: { ...before, ...winning, status: 'COMMITTED' } }),
  ],
  [
    'a round that nobody played and that is copied from a round that was won',
    ({ pk = '', log = '' }, theirWin) => ({
      before: undefined,
      after: { ...theirWin, pk, log, ...nextKey, status: 'COMMITTED' },
    }),
  ],
  [
    'a round of another log that is put under the next key of this one',
    ({ pk = '' }, theirWin) => ({ before: undefined, after: { ...theirWin, pk, ...nextKey } }),
  ],
  [
    'an expiry that is planted on the newest round',
    (before) => ({ before, after: { ...before, expiresAt: 1_000n } }),
  ],
];

describe('What an insider writes into the ledger pays nothing, is parked and freezes the log', () => {
  let theirWin: NativeItem;
  beforeAll(async () => {
    const { archived: _, ...item } = await attacked.newest(await attacked.playerWith(won));
    theirWin = item;
  });

  it.each(forgeries)('%s', async (_, forge) => {
    const player = await attacked.playerWith(lost);
    const { before, after } = forge(await attacked.newest(player), theirWin);
    const parked = await attacked.noticed(player, keyOf(after), async () => {
      await attacked.insider.put(after);
      await attacked.askRecovery(player, keyOf(after));
      expect(REFUSED).toContain(codeOf(await player.spin()));
    });
    expect([parked.before, parked.after]).toEqual([before, after]);
    await attacked.expectFrozenAndUnpaid(player);
  });

  it('a bet that is raised a thousandfold while a bonus is open', async () => {
    const player = await attacked.playerWith(opensBonus);
    const before = await attacked.newest(player);
    const baseBet = 1_000n * (before['baseBet'] as bigint);
    const parked = await attacked.noticed(player, keyOf(before), async () => {
      await attacked.insider.set(keyOf(before), { baseBet });
      expect(REFUSED).toContain(codeOf(await player.bonus()));
    });
    expect([parked.before, parked.after]).toEqual([before, { ...before, baseBet }]);
    await attacked.expectFrozenAndUnpaid(player);
  });

  it('a round that is read after somebody wrote a win onto it, which also counts as a corrupt record', async () => {
    const player = await attacked.playerWith();
    const { round_id } = await attacked.spun(player, lost);
    const before = await attacked.newest(player);
    const counted = await attacked.bell.countOf('RecordCorrupt');
    await attacked.noticed(player, keyOf(before), () => attacked.insider.set(keyOf(before), { win: 9n }));
    const { apiUrl, operatorKey } = attacked.stack.target;
    const read = await call({ apiUrl }, 'GET', `/api/v1/rounds/${round_id}`, {
      headers: { 'x-operator-key': operatorKey },
    });
    expect(codeOf(read)).toBe('CORRUPT_RECORD');
    await expect
      .poll(() => attacked.bell.countOf('RecordCorrupt'), { timeout: MINUTE_MS })
      .toBeGreaterThan(counted);
    await attacked.expectFrozenAndUnpaid(player);
  });
});

describe('What an insider takes out of the ledger is parked and freezes the log', () => {
  it.each(['the same key', 'a new key'])(
    'a lost round that is deleted costs its stake again under another id, or is refused, when it is played with %s',
    async (which) => {
      const [player, key] = [await attacked.playerWith(won), randomUUID()];
      await attacked.spun(player, lost, key);
      await attacked.archived(player);
      const before = await attacked.newest(player);
      let again: Reply | undefined;
      const parked = await attacked.noticed(player, keyOf(before), async () => {
        await attacked.insider.delete(keyOf(before));
        again = await player.spin(which === 'the same key' ? { key } : {});
      });
      expect([parked.before, parked.after]).toEqual([before, undefined]);
      const charged = again?.status === 200 ? [{ kind: 'debit', change: '-1.00' }] : [];
      expect(await attacked.movementsSince(player)).toEqual(charged);
      expect(codeOf(await player.spin())).toBe('LOG_FROZEN');
    },
  );

  it('a bonus action whose win was paid is not paid once more when it is deleted and drawn again', async () => {
    const player = await attacked.playerWith(opensBonus);
    attacked.seeds.wishFirstAction(({ payoutMillionths }) => payoutMillionths === 1_000_000n);
    await played(player);
    const before = await attacked.newest(player);
    attacked.seeds.wishFirstAction(({ payoutMillionths }) => payoutMillionths > 1_000_000n);
    await attacked.noticed(player, keyOf(before), async () => {
      await attacked.insider.delete(keyOf(before));
      expect(REFUSED).toContain(codeOf(await player.bonus()));
    });
    await attacked.expectFrozenAndUnpaid(player);
  });
});

/** Reconciliation finds two ends of one round in the archive, or that the ledger no longer has the archived one. */
async function expectReported(player: Player, hasMoved: boolean): Promise<void> {
  const findings = hasMoved ? ['CHANGED_RECORD'] : ['MISSING_RECORD'];
  await expect.poll(() => attacked.findingsAbout(player), { timeout: MINUTE_MS }).toEqual(findings);
}

describe('A loss that an insider turns back into its own intent is parked and freezes the log', () => {
  /** Puts the intent back when its lease is over, so that nobody holds it. */
  async function putBack({ player }: Loss, then: () => Promise<unknown>): Promise<void> {
    await attacked.archived(player);
    const before = await attacked.newest(player);
    const intent = await attacked.insider.formerImage(keyOf(before), 'INTENT');
    const leaseEndsAtMs = Number(intent['startedAt']) + ROUND_LEASE_MS;
    await eventually(async () => Date.now() > leaseEndsAtMs || undefined);
    const parked = await attacked.noticed(player, keyOf(before), async () => {
      await attacked.insider.put(intent);
      await then();
    });
    expect([parked.before, parked.after]).toEqual([before, intent]);
  }

  it('and has the same outcome and keeps its stake where it is played again', async () => {
    const [loss] = losses as [Loss, Loss, Loss];
    await putBack(loss, async () => {
      const again = await loss.player.spin({ key: loss.key });
      if (again.status === 200) expect(again.json).toEqual(loss.round);
      else expect(codeOf(again)).toBe('LOG_FROZEN');
    });
    await attacked.expectFrozenAndUnpaid(loss.player);
  });

  it('and keeps its stake where another spin asks for its recovery', async () => {
    const [, loss] = losses as [Loss, Loss, Loss];
    await putBack(loss, async () => {
      expect(['ROUND_IN_FLIGHT', 'LOG_FROZEN']).toContain(codeOf(await loss.player.spin()));
    });
    await setTimeout(BLOCKED_ATTEMPT_AFTER_MS + 3_000);
    expect((await attacked.newest(loss.player))['status']).toBe('INTENT');
    await attacked.expectFrozenAndUnpaid(loss.player);
  });

  it('and keeps its stake where its session is over and its request comes again', async () => {
    const [, , loss] = losses as [Loss, Loss, Loss];
    const { player, key } = loss;
    await putBack(loss, async () => {
      await call(player.target, 'DELETE', `/api/v1/sessions/${player.sessionId}`);
      await player.spin({ key });
      await player.spin({ key });
    });
    await setTimeout(BLOCKED_ATTEMPT_AFTER_MS + 3_000);
    await attacked.expectFrozenAndUnpaid(player);
  });
});

describe('A bonus action without a win that an insider deletes is parked and freezes the log', () => {
  // docs/rounds.md names this limit.
  it('but can be drawn again before that, which reconciliation reports', async () => {
    const player = await attacked.playerWith(opensBonus);
    attacked.seeds.wishFirstAction(({ payoutMillionths }) => payoutMillionths === 0n);
    await played(player);
    await attacked.archived(player);
    const before = await attacked.newest(player);
    attacked.seeds.wishFirstAction(({ payoutMillionths }) => payoutMillionths === 1_000_000n);
    let again: Reply | undefined;
    await attacked.noticed(player, keyOf(before), async () => {
      await attacked.insider.delete(keyOf(before));
      again = await player.bonus();
    });
    expect(codeOf(await player.bonus())).toBe('LOG_FROZEN');
    const isPaid = again?.status === 200;
    expect(await attacked.movementsSince(player)).toEqual(isPaid ? [{ kind: 'credit', change: '1.00' }] : []);
    await expectReported(player, isPaid);
  });
});

describe('A frozen log', () => {
  const release = async (...words: string[]) => {
    const { dataDirectory } = attacked.stack;
    const command = ['infra/commands/release-log.command.ts', ...words, '--stage', 'local'];
    const env = { ...process.env, RGS_DATA: dataDirectory };
    return (await promisify(execFile)(process.execPath, command, { cwd: ROOT, env })).stdout;
  };

  it('is frozen again where its freeze was deleted, and is played on once it was repaired and released', async () => {
    const player = await attacked.playerWith();
    const { round_id } = await attacked.spun(player, lost);
    await attacked.archived(player);
    const before = await attacked.newest(player);
    await attacked.noticed(player, keyOf(before), () => attacked.insider.set(keyOf(before), { win: 9n }));
    await attacked.expectFrozenAndUnpaid(player);

    const freeze = { pk: partitionOf(player), sk: 'frozen' };
    const parked = await attacked.noticed(player, freeze, async () => {
      await attacked.insider.delete(freeze);
      expect(REFUSED).toContain(codeOf(await player.spin()));
    });
    expect(parked.reason).toContain('The freeze of a log was deleted');
    await attacked.expectFrozenAndUnpaid(player);

    const { json } = await call(player.target, 'GET', `/api/v1/sessions/${player.sessionId}/rounds`);
    expect(json).toMatchObject({ rounds: [], unreadable_numbers: [1] });
    const refusal = { code: 1, stderr: expect.stringContaining('Error: NEWEST_ROUND_UNREADABLE: ') };
    await expect(release(round_id, '--by', 'alice')).rejects.toMatchObject(refusal);
    await attacked.noticed(player, keyOf(before), () => attacked.insider.put(before));
    expect(await release(round_id)).toContain('The freeze of a log was deleted');
    expect(await release(round_id, '--by', 'alice')).toContain('by alice');
    const isKept = (line: string) => line.includes('released a frozen log') && line.includes('"alice"');
    await eventually(async () => (await attacked.bell.lines()).find(isKept));
    await attacked.spun(player, lost);
    expect(await attacked.movementsSince(player)).toEqual([{ kind: 'debit', change: '-1.00' }]);
  });
});

describe('What an insider does to the configuration and to sessions is parked within a minute:', () => {
  let own: OwnChanges;
  beforeAll(() => {
    own = new OwnChanges(attacked.stack.target);
  });
  afterAll(() => own?.close());

  /** What the product itself has changed before is not parked. */
  async function expectOneParked(work: () => Promise<void>): Promise<void> {
    const counted = await attacked.bell.countOf('RecordParked');
    await work();
    expect(await attacked.bell.countOf('RecordParked')).toBe(counted + 1);
  }

  const expectPutBackParked = (change: () => Promise<Changed>) =>
    expectOneParked(async () => {
      const { insider, key, former } = await change();
      const before = await insider.item(key);
      const parked = await attacked.rung(key, () => insider.put(former));
      expect(parked).toMatchObject({ before, after: former, reason: 'PUT_BACK' });
    });

  it('an operator that moved is put back with its earlier wallet', () =>
    expectPutBackParked(() => own.movedOperator()));

  it('a disabled game is put back as an enabled one', () => expectPutBackParked(() => own.disabledGame()));

  it("an operator's replaced key is put back as one that works", () =>
    expectPutBackParked(() => own.replacedKey()));

  it('a revoked session is put back as a live one', () => expectPutBackParked(() => own.revokedSession()));

  it.each<[string, () => Promise<Changed>]>([
    ['an operator', () => own.movedOperator()],
    ['a game', () => own.disabledGame()],
    ["an operator's key", () => own.replacedKey()],
    ['a session', () => own.revokedSession()],
  ])('%s is deleted', (_, change) =>
    expectOneParked(async () => {
      const { insider, key } = await change();
      const before = await insider.item(key);
      const parked = await attacked.rung(key, () => insider.delete(key));
      expect(parked).toMatchObject({ before, after: undefined, reason: 'DELETED' });
    }),
  );

  it('an operator is switched off by hand', () =>
    expectOneParked(async () => {
      const { insider, key } = await own.movedOperator();
      const parked = await attacked.rung(key, () => insider.set(key, { enabled: false }));
      expect(parked).toMatchObject({ after: { enabled: false }, reason: 'FORGED' });
    }));
});
