import { storeRound } from '../../shared/rounds/sample-round.fixture.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { intent } from '../../shared/rounds/any-round.fixture.ts';
import type { Round } from '../../shared/rounds/round.ts';
import type { OpenLedger } from './open-ledger.ts';

const none = { claimedAtMs: undefined, rung: false, confirmed: false };

/** The tests that the marks of every ledger must pass. `open` gives a ledger that is empty and used by nobody else. */
export function recoveryMarksContract(name: string, open: () => Promise<OpenLedger>): void {
  describe(`${name}: the marks of recovery`, () => {
    let opened: OpenLedger;
    beforeAll(async () => {
      opened = await open();
    }, 60_000);
    afterAll(() => opened?.close());

    const stored = async (status: 'INTENT' | 'VOIDING' | 'VOIDED'): Promise<Round> => {
      const round = intent();
      return storeRound<Round>(
        opened.ledger,
        status === 'INTENT' ? round : { ...round, status, reason: 'ABANDONED' },
      );
    };

    it('A round has no marks at first, and marks do not change it', async () => {
      const round = await stored('VOIDED');
      expect(await opened.marks.read(round, 'confirm-void')).toEqual(none);
      await opened.marks.claim(round, 'confirm-void', { heldAtMs: undefined, atMs: 5 });
      await opened.marks.ring(round, 'confirm-void');
      await opened.marks.confirm(round);
      expect(await opened.marks.read(round, 'confirm-void')).toEqual({
        claimedAtMs: 5,
        rung: true,
        confirmed: true,
      });
      expect(await opened.ledger.get(round)).toEqual(round);
    });

    it('One of twenty lines claims a round, and only a line that knows the last claim renews it', async () => {
      const round = await stored('VOIDING');
      const claim = (heldAtMs: number | undefined, atMs: number) =>
        opened.marks.claim(round, 'finish', { heldAtMs, atMs });
      const claims = await Promise.all(Array.from({ length: 20 }, (_, at) => claim(undefined, at + 1)));
      expect(claims.filter((claimed) => claimed)).toHaveLength(1);
      const { claimedAtMs = 0 } = await opened.marks.read(round, 'finish');
      expect(claims[claimedAtMs - 1]).toBe(true);
      expect(await claim(claimedAtMs + 1, 100)).toBe(false);
      expect(await claim(claimedAtMs, 100)).toBe(true);
      expect(await claim(claimedAtMs, 200)).toBe(false);
      expect((await opened.marks.read(round, 'finish')).claimedAtMs).toBe(100);
    });

    it('The last rollback has a claim of its own', async () => {
      const round = await stored('VOIDED');
      await opened.marks.claim(round, 'finish', { heldAtMs: undefined, atMs: 5 });
      expect(await opened.marks.read(round, 'confirm-void')).toEqual(none);
    });

    it('A round keeps the mark that its alarm has rung, however often that is noted', async () => {
      const round = await stored('VOIDING');
      await Promise.all(Array.from({ length: 5 }, () => opened.marks.ring(round, 'finish')));
      expect(await opened.marks.read(round, 'finish')).toEqual({ ...none, rung: true });
      expect(await opened.marks.read(round, 'confirm-void')).toEqual(none);
    });

    it('Only a voided round can have a last rollback that is acknowledged', async () => {
      const round = await stored('VOIDING');
      await opened.marks.confirm(round);
      expect(await opened.marks.read(round, 'finish')).toEqual(none);
    });

    it('A claim keeps a voided round from expiring', async () => {
      const round = await stored('VOIDED');
      await opened.ledger.markArchived(round);
      await opened.ledger.expire(round, 1_800_000_000_000);
      expect(await opened.expiryOf(round)).toBe(1_800_000_000_000);
      await opened.marks.claim(round, 'confirm-void', { heldAtMs: undefined, atMs: 5 });
      expect(await opened.expiryOf(round)).toBeUndefined();
    });

    it('No mark makes a round that is not there', async () => {
      const round = intent();
      expect(await opened.marks.claim(round, 'finish', { heldAtMs: undefined, atMs: 5 })).toBe(false);
      await opened.marks.ring(round, 'finish');
      await opened.marks.confirm(round);
      expect(await opened.marks.read(round, 'finish')).toEqual(none);
      expect(await opened.ledger.get(round)).toBeUndefined();
    });
  });
}
