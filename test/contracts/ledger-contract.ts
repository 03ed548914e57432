import { roundIdOf } from '../../shared/rounds/round-address.ts';
import { storeRound } from '../../shared/rounds/sample-round.fixture.ts';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_AMOUNT_MINOR, minorAmount } from '../../shared/money/money.ts';
import { type IntentRound, isFinal, type Round } from '../../shared/rounds/round.ts';
import type {
  Ledger,
  ListedRound,
  RoundPages,
  RoundReference,
  UnfinishedRound,
} from '../../shared/rounds/ledger.ts';
import { anyRound, committed, credited, intent } from '../../shared/rounds/any-round.fixture.ts';
import type { OpenLedger } from './open-ledger.ts';
import { recoveryMarksContract } from './recovery-marks-contract.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

/** The tests that every ledger must pass. `open` gives a ledger that is empty and used by nobody else. */
export function ledgerContract(name: string, open: () => Promise<OpenLedger>): void {
  describe(name, () => {
    let opened: OpenLedger;
    let ledger: Ledger;
    let pages: RoundPages;
    beforeAll(async () => {
      opened = await open();
      ({ ledger, pages } = opened);
    }, 60_000);
    afterAll(() => opened?.close());

    const stored = <R extends Round>(round: R): Promise<R> => storeRound(ledger, round);
    const saved = async <R extends Round>(next: R, present: Round): Promise<R> => {
      const written = await ledger.save(next, present);
      expect(written).toBeDefined();
      return written as R;
    };
    /** Stores the rounds of a new log one after the other, each as `end` makes it of its intent. */
    const storedLog = async (count: number, end: (round: IntentRound) => Round = (round) => round) => {
      const { log, startedAtMs } = intent();
      const rounds: Round[] = [];
      for (let number = 1; number <= count; number += 1) {
        const previousIntentMac = rounds.at(-1)?.intentMac ?? new Uint8Array();
        const round = intent({ log, number, startedAtMs: startedAtMs + number, previousIntentMac });
        rounds.push(await stored(end(round)));
      }
      return rounds;
    };

    describe('append', () => {
      it('lets one of twenty rounds have a number, and tells the others which one', async () => {
        const first = intent();
        const rivals = Array.from({ length: 20 }, () =>
          intent({ log: first.log, sessionId: ids.session(randomUUID()) }),
        );
        const results = await Promise.all(rivals.map((round) => ledger.append(round)));
        const winners = results.flatMap((result) => (result.appended ? [result.round] : []));
        expect(winners).toHaveLength(1);
        expect(rivals.map(({ sessionId }) => sessionId)).toContain(winners[0]?.sessionId);
        const losers = results.filter((result) => !result.appended);
        expect(losers).toHaveLength(19);
        for (const loser of losers) expect(loser).toEqual({ appended: false, existing: winners[0] });
        expect(await ledger.head(first.log)).toEqual(winners[0]);
      });

      it('takes the same round twice as one', async () => {
        const round = intent();
        const result = await ledger.append(round);
        expect(result).toMatchObject({ appended: true, round: { roundId: round.roundId } });
        expect(await ledger.append(round)).toEqual(result);
        expect(await pages.list(round.log, { limit: 10 })).toEqual([result.appended && result.round]);
      });

      it('does not take a round back to its start', async () => {
        const round = intent();
        const done = await stored(committed(round));
        await ledger.append(round);
        expect(await ledger.get(round)).toEqual(done);
      });
    });

    describe('save', () => {
      it('moves a round on, from intent to credit', async () => {
        const round = await stored(intent());
        const paid = await saved(committed(round), round);
        expect(paid).toMatchObject({ ...committed(round), mac: expect.any(Uint8Array) });
        expect(await ledger.get(round)).toEqual(paid);
        const final = await saved(credited(paid), paid);
        expect(final).toMatchObject({ ...credited(paid), mac: expect.any(Uint8Array) });
        expect(await ledger.get(round)).toEqual(final);
      });

      it('writes nothing for an actor whose epoch is over', async () => {
        const round = await stored(intent());
        const taken = await saved({ ...round, epoch: 2, updatedAtMs: round.updatedAtMs + 30_000 }, round);
        expect(await ledger.save(committed(round), round)).toBeUndefined();
        expect(await ledger.get(round)).toEqual(taken);
      });

      it('writes nothing where the status is not the expected one', async () => {
        const round = await stored(intent());
        const voided = await saved({ ...round, status: 'VOIDED', reason: 'ABANDONED' }, round);
        expect(await ledger.save(committed(round), round)).toBeUndefined();
        expect(await ledger.get(round)).toEqual(voided);
      });

      it('gives the same round again for a write that took effect before', async () => {
        const round = await stored(intent());
        const paid = await saved(committed(round), round);
        expect(await ledger.save(committed(round), round)).toEqual(paid);
      });

      it('gives no round where another actor brought the round to the same status with another answer', async () => {
        const paid = await stored(committed(intent()));
        const outcome = { ...paid.outcome, balanceAfterMinor: minorAmount(1n) };
        const first = await saved(credited(paid), paid);
        expect(await ledger.save({ ...credited(paid), outcome }, paid)).toBeUndefined();
        expect(await ledger.get(paid)).toEqual(first);
      });

      it('gives a take-over to one of twenty, though they look the same', async () => {
        const round = await stored(intent());
        const taken = { ...round, epoch: 2, updatedAtMs: round.updatedAtMs + 30_000 };
        const results = await Promise.all(Array.from({ length: 20 }, () => ledger.save(taken, round)));
        expect(results.filter(Boolean)).toHaveLength(1);
      });

      it('lets either a commit or a void happen, never both', async () => {
        const round = await stored(intent());
        const commit = committed(round);
        const abandon = { ...round, epoch: 2, status: 'VOIDING' as const, reason: 'ABANDONED' as const };
        const results = await Promise.all([ledger.save(commit, round), ledger.save(abandon, round)]);
        expect(results.filter(Boolean)).toHaveLength(1);
        const [won] = results.filter((result) => result !== undefined);
        expect(won?.status).toBe(results[0] ? 'COMMITTED' : 'VOIDING');
        expect(await ledger.get(round)).toEqual(won);
      });

      it('creates no round that was never appended', async () => {
        const round = intent();
        expect(await ledger.save(committed(round), round)).toBeUndefined();
        expect(await ledger.get(round)).toBeUndefined();
      });
    });

    describe('reads', () => {
      it('find the newest of many rounds at once', async () => {
        const rounds = await storedLog(120);
        expect(await ledger.head(rounds[0]!.log)).toEqual(rounds.at(-1));
      });

      it('refuse a newest round that does not follow the one before it', async () => {
        const [first] = await storedLog(1);
        const stranger = new Uint8Array(16).fill(9);
        const second = await stored(intent({ log: first!.log, number: 2, previousIntentMac: stranger }));
        await expect(ledger.head(first!.log)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
        expect(await ledger.get(second)).toEqual(second);
      });

      it('refuse a newest round where the one before it is missing', async () => {
        const [first] = await storedLog(1);
        const previousIntentMac = first!.intentMac;
        await stored(intent({ log: first!.log, number: 3, previousIntentMac }));
        await expect(ledger.head(first!.log)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
      });

      it('do not mix logs whose ids begin alike', async () => {
        const log = {
          operatorId: ids.operator('demo'),
          playerId: ids.player(`a-${randomUUID()}`),
          gameCode: ids.game('panda'),
        };
        const round = await stored(intent({ log }));
        await stored(intent({ log: { ...log, gameCode: ids.game('panda-2') }, number: 1 }));
        expect(await pages.list(log, { limit: 10 })).toEqual([round]);
        expect(await ledger.head({ ...log, gameCode: ids.game('pand') })).toBeUndefined();
      });

      it('page through a log, newest first, without gaps or repeats', async () => {
        const rounds = await storedLog(23);
        const log = rounds[0]!.log;
        const read: ListedRound[][] = [await pages.list(log, { limit: 10 })];
        for (let last = read[0]?.at(-1); last; last = read.at(-1)?.at(-1)) {
          read.push(await pages.list(log, { limit: 10, beforeNumber: last.number }));
        }
        expect(read.map((page) => page.length)).toEqual([10, 10, 3, 0]);
        expect(read.flat()).toEqual(rounds.toReversed());
      });

      it('fill a page although its rounds are large', async () => {
        const sealedOpening = new Uint8Array(300_000).fill(3);
        const rounds = await storedLog(5, (round) => ({ ...round, sealedOpening }));
        const page = await pages.list(rounds[0]!.log, { limit: 5 });
        expect(page.map(({ number }) => number)).toEqual([5, 4, 3, 2, 1]);
      });

      it('find a round by its id alone, in its present state', async () => {
        const done = await stored(committed(intent({ number: 42 })));
        expect(await ledger.find(done.roundId)).toEqual(done);
        expect(await ledger.find(ids.randomRound())).toBeUndefined();
      });

      it('tell that there is nothing', async () => {
        const { log } = intent();
        expect(await ledger.head(log)).toBeUndefined();
        expect(await ledger.get({ log, number: 1 })).toBeUndefined();
        expect(await pages.list(log, { limit: 5 })).toEqual([]);
      });
    });

    describe('expiry', () => {
      const endings: Record<string, Round> = {
        'is credited': credited(committed(intent())),
        'won nothing': committed(intent(), { winMinor: minorAmount(0n) }),
        'was rejected': { ...intent(), status: 'REJECTED', refusal: 'INSUFFICIENT_FUNDS' },
        failed: { ...intent(), status: 'FAILED', failure: 'ENGINE_TRAP' },
        'is voided': { ...intent(), status: 'VOIDED', reason: 'DEBIT_UNKNOWN' },
        'is an intent': intent(),
        'owes a credit': committed(intent()),
        'owes a rollback': { ...intent(), status: 'VOIDING', reason: 'DEBIT_UNKNOWN' },
      };
      for (const [state, round] of Object.entries(endings)) {
        it(`${isFinal(round) ? 'is set' : 'is refused'} where a round ${state}, though it was marked as archived`, async () => {
          const { expiry: none, ...ended } = await stored(round);
          await ledger.markArchived(round);
          await ledger.expire(round, 1_800_000_000_000);
          expect(await opened.expiryOf(round)).toBe(isFinal(round) ? 1_800_000_000_000 : undefined);
          const { expiry, ...left } = (await ledger.get(round)) ?? {};
          expect([none, left]).toEqual([undefined, ended]);
          expect(expiry?.expiresAtMs).toBe(isFinal(round) ? 1_800_000_000_000 : undefined);
        });
      }

      it('is refused where a round was not marked as archived, whatever became of its neighbours', async () => {
        const [before, round, after] = await storedLog(3, (start) =>
          committed(start, { winMinor: minorAmount(0n) }),
        );
        await ledger.markArchived(before!);
        await ledger.markArchived(after!);
        await ledger.expire(round!, 1_800_000_000_000);
        expect(await opened.expiryOf(round!)).toBeUndefined();
        await ledger.markArchived(round!);
        expect(await opened.expiryOf(round!)).toBeUndefined();
        await ledger.expire(round!, 1_800_000_000_000);
        expect(await opened.expiryOf(round!)).toBe(1_800_000_000_000);
      });

      it('is refused where the mark came before the end of the round: it was not set then', async () => {
        const round = await stored(committed(intent()));
        await ledger.markArchived(round);
        await saved(credited(round), round);
        await ledger.expire(round, 1_800_000_000_000);
        expect(await opened.expiryOf(round)).toBeUndefined();
      });

      it('stays as it was first set', async () => {
        const round = await stored(committed(intent(), { winMinor: minorAmount(0n) }));
        await ledger.markArchived(round);
        await ledger.expire(round, 1_800_000_000_000);
        await ledger.markArchived(round);
        await ledger.expire(round, 1_900_000_000_000);
        expect(await opened.expiryOf(round)).toBe(1_800_000_000_000);
      });

      it('makes no round that is not there', async () => {
        const round = intent();
        await ledger.markArchived(round);
        await ledger.expire(round, 1_800_000_000_000);
        expect(await ledger.get(round)).toBeUndefined();
      });

      it('keeps nobody from hearing that a write took effect before', async () => {
        const round = await stored(intent());
        const lost = committed(round, { winMinor: minorAmount(0n) });
        const written = await saved(lost, round);
        await ledger.markArchived(round);
        expect(await ledger.save(lost, round)).toEqual(written);
      });
    });

    it('keeps money exact up to the largest amount', async () => {
      const amounts = [0n, 1n, 2n ** 53n + 1n, MAX_AMOUNT_MINOR - 1n, MAX_AMOUNT_MINOR].map(minorAmount);
      for (const winMinor of amounts) {
        const round = intent({ stakeMinor: winMinor, baseBetMinor: winMinor });
        const given = {
          winMinor,
          payoutMillionths: 10n ** 24n + 1n,
          balanceAfterMinor: minorAmount(winMinor * 2n + 1n),
        };
        const done = await stored(committed(round, given));
        expect(await ledger.get(round)).toEqual(done);
      }
    });

    it('gives back any round as it was', async () => {
      await fc.assert(
        fc.asyncProperty(anyRound, async (given) => {
          const log = { ...given.log, operatorId: ids.operator(`x${randomUUID().slice(0, 8)}`) };
          const round = {
            ...given,
            epoch: 2,
            log,
            roundId: roundIdOf(log, given.number, given.startedAtMs),
          };
          const written = await storeRound(ledger, round);
          const { intentMac, mac } = written;
          expect(written).toEqual({ ...round, intentMac, mac });
          expect(await ledger.get(round)).toEqual(written);
        }),
        { numRuns: 60 },
      );
    });
  });

  recoveryMarksContract(name, open);

  describe(`${name}: the sweep`, () => {
    it('finds exactly the rounds that are unfinished and untouched, through all pages', async () => {
      const opened = await open();
      try {
        const updatedAtMs = 1_000;
        const old = { updatedAtMs, sealedOpening: new Uint8Array(200_000) };
        // The rounds are more than one answer of a scan can hold, so that every page is needed.
        const unfinished: Round[] = Array.from({ length: 3 }, (): Round[] => [
          intent(old),
          { ...intent(old), status: 'VOIDING', reason: 'ABANDONED' },
          committed(intent(old), { winMinor: minorAmount(1n) }, updatedAtMs),
          { ...intent(old), status: 'VOIDED', reason: 'ABANDONED' },
        ]).flat();
        const confirmed: Round = { ...intent(old), status: 'VOIDED', reason: 'ABANDONED' };
        const others: Round[] = [
          intent({ ...old, updatedAtMs: 5_000 }),
          committed(intent(old), { winMinor: minorAmount(0n) }, updatedAtMs),
          credited(committed(intent(old)), updatedAtMs),
          { ...intent(old), status: 'REJECTED', refusal: 'PLAYER_BLOCKED' },
          { ...intent(old), status: 'FAILED', failure: 'ENGINE_TRAP' },
          confirmed,
        ];
        for (const round of [...unfinished, ...others]) {
          await storeRound(opened.ledger, round);
        }
        await opened.marks.confirm(confirmed);
        const keys = (rounds: readonly RoundReference[]) =>
          rounds.map(({ log, number }) => `${log.playerId} ${number}`).sort();
        // Each round is in one part, however many parts the ledger is read in.
        for (const count of [1, 2, 61]) {
          const found: UnfinishedRound[] = [];
          for (let index = 0; index < count; index += 1) {
            for await (const page of opened.ledger.unfinished(5_000, { index, count })) found.push(...page);
          }
          expect(keys(found)).toEqual(keys(unfinished));
          expect(found.every((one) => one.updatedAtMs === updatedAtMs)).toBe(true);
          expect(found.map(({ status }) => status).sort()).toEqual(
            unfinished.map(({ status }) => status).sort(),
          );
        }
      } finally {
        await opened.close();
      }
    }, 60_000);
  });
}
