import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BookEntry, TestWallet, transactionOf } from './hostile-wallet.fixture.ts';
import { FAULT_NAMES, type Rule } from './fault-plan.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import { minorAmount } from '../../shared/money/money.ts';

/** Shorter than what is held back or slow, so that callers give up on those and go on. */
const TIMEOUT_MS = 40;
const OPENING_MINOR = 500n;
let wallet: TestWallet;

beforeAll(async () => {
  wallet = await TestWallet.start(TIMEOUT_MS);
});
afterAll(() => wallet.stop());

const rule = fc.record(
  {
    fault: fc.constantFrom(...FAULT_NAMES.filter((name) => name !== 'down')),
    times: fc.integer({ min: 1, max: 6 }),
    skip: fc.integer({ min: 1, max: 3 }),
    every: fc.integer({ min: 2, max: 3 }),
  },
  { requiredKeys: ['fault'] },
);

/** Few ids and amounts, so that copies, mismatches and rollbacks before and after meet all the time. */
const movement = fc.record({
  kind: fc.constantFrom('debit', 'debit', 'credit', 'betWin', 'rollback'),
  id: fc.integer({ min: 0, max: 5 }),
  amountMinor: fc.constantFrom(100n, 100n, 100n, 300n).map(minorAmount),
  /** Whether the caller waits for the reply before it makes the next call. */
  waits: fc.boolean(),
});
type Movement = typeof movement extends fc.Arbitrary<infer M> ? M : never;

it('whatever the plan and the calls, a balance is the sum of its changes, and no id moves money twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      fc.array(movement, { minLength: 1, maxLength: 14 }),
      async (rules, movements) => {
        const playerId = await wallet.createPlayer('5.00');
        await wallet.plan(...rules.map((each) => timed(each)));
        await play(playerId, movements);
        // What is held back is applied late, as by a network that wakes up.
        await wallet.plan();
        await expect.poll(async () => (await wallet.faults('GET')).json).toMatchObject({ held: 0 });
        const entries = await wallet.entries(playerId);
        const sum = entries.reduce((total, { change }) => total + minor(change), OPENING_MINOR);
        expect(minor(await wallet.balance(playerId))).toBe(sum);
        expect(sum).toBeGreaterThanOrEqual(0n);
        expectEachOnce(entries);
      },
    ),
    { numRuns: 60 },
  );
});

/** Held back and slow for longer than a caller waits, in the time of a test. */
function timed(given: object & { readonly fault: Rule['fault'] }): object {
  const times = { reorder: { hold_ms: 60 }, 'rollback-before-bet': { hold_ms: 60 }, slow: { delay_ms: 60 } };
  return { ...given, ...(given.fault in times && times[given.fault as keyof typeof times]) };
}

async function play(playerId: string, movements: readonly Movement[]): Promise<void> {
  const run = randomUUID();
  const calls: Promise<unknown>[] = [];
  for (const { kind, id, amountMinor, waits } of movements) {
    const fixed = {
      transactionId: ids.transaction(`${run}:${id}`),
      roundId: ids.randomRound(),
      sessionId: ids.session(run),
    };
    const transaction = transactionOf(playerId, { ...fixed, amountMinor });
    const call =
      kind === 'betWin'
        ? wallet.client.betWin({ ...transaction, winMinor: minorAmount(200n) })
        : wallet.client[kind](transaction);
    calls.push(call);
    if (waits) await call;
  }
  await Promise.all(calls);
}

/** An id takes or pays at most once, and nothing remains of one that was rolled back, whichever came first. */
function expectEachOnce(entries: readonly BookEntry[]): void {
  for (const [id, ofId] of Map.groupBy(entries, ({ transaction_id }) => transaction_id)) {
    const rollbacks = ofId.filter(({ kind }) => kind === 'rollback');
    const moved = ofId.filter(({ kind, change }) => kind !== 'rollback' && minor(change) !== 0n);
    expect(moved.length, id).toBeLessThanOrEqual(1);
    expect(rollbacks.length, id).toBeLessThanOrEqual(1);
    if (rollbacks.length > 0)
      expect(
        ofId.reduce((sum, { change }) => sum + minor(change), 0n),
        id,
      ).toBe(0n);
  }
}

function minor(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}
