import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultPlan } from './fault-plan.ts';
import { FaultSchedule, type WalletCall } from './fault-schedule.ts';

const NEVER = () => false;
const call = (given: Partial<WalletCall> = {}): WalletCall => ({
  operation: 'debit',
  playerId: 'anna',
  gameCode: 'happy-panda',
  transactionId: 'round:debit',
  ...given,
});

function scheduleOf(...rules: readonly object[]): FaultSchedule {
  return new FaultSchedule({ nowMs: () => 0 }, FaultPlan.parse({ rules }));
}

/** Of so many calls, the places of those that are struck, from 1. */
function struckOf(schedule: FaultSchedule, calls: number): number[] {
  const places = Array.from({ length: calls }, (_, index) => index + 1);
  return places.filter(() => schedule.strike(call(), NEVER) !== undefined);
}

describe('how often a rule strikes', () => {
  it.each<[object, number[]]>([
    [{}, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [{ times: 2 }, [1, 2]],
    [{ skip: 7 }, [8, 9]],
    [{ skip: 3, times: 2 }, [4, 5]],
    [{ every: 3 }, [3, 6, 9]],
    [{ every: 2, skip: 1, times: 2 }, [3, 5]],
    [{ probability: 1, times: 1 }, [1]],
  ])('%o strikes %o of nine calls', (given, struck) => {
    expect(struckOf(scheduleOf({ fault: 'time-out', ...given }), 9)).toEqual(struck);
  });

  it('with a probability is about that often, the same calls for the same seed, others for another', () => {
    const storm = (seed: number) =>
      struckOf(scheduleOf({ fault: 'time-out', probability: 0.25, seed }), 4_000);
    expect(storm(7)).toEqual(storm(7));
    expect(storm(7)).not.toEqual(storm(8));
    // 1,000 expected; six standard deviations to either side.
    expect(storm(7).length).toBeGreaterThan(836);
    expect(storm(7).length).toBeLessThan(1_164);
  });

  it('with a probability differs from rule to rule of one seed, so that no rule hides another', () => {
    const rule = { fault: 'time-out', probability: 0.5, seed: 7 };
    const schedule = scheduleOf(rule, rule);
    struckOf(schedule, 1_000);
    const [first, second] = schedule.view();
    expect(second?.matched).toBe(1_000 - (first?.struck ?? 0));
    expect(second?.struck).toBeGreaterThan(150);
    expect(second?.struck).toBeLessThan(350);
  });

  it('ends when its time is over, counted from when it was set', () => {
    let nowMs = 5_000;
    const plan = FaultPlan.parse({ rules: [{ fault: 'down', for_ms: 1_000 }] });
    const schedule = new FaultSchedule({ nowMs: () => nowMs }, plan);
    nowMs = 5_999;
    expect(struckOf(schedule, 1)).toEqual([1]);
    nowMs = 6_000;
    expect(struckOf(schedule, 1)).toEqual([]);
  });
});

describe('which calls a rule strikes', () => {
  it.each<[object, Partial<WalletCall>, Partial<WalletCall>]>([
    [{ on: 'credit' }, { operation: 'credit' }, { operation: 'debit' }],
    [{ on: ['credit', 'rollback'] }, { operation: 'rollback' }, { operation: 'debit' }],
    [{ player_id: 'anna' }, {}, { playerId: 'ben' }],
    [{ game_code: 'happy-panda' }, {}, { gameCode: 'mines' }],
    [{ transaction_id: 'round:debit' }, {}, { transactionId: undefined }],
    [{}, { operation: 'authenticate' }, { operation: 'health' }],
  ])('%o strikes %o and not %o', (given, struck, spared) => {
    const schedule = scheduleOf({ fault: 'time-out', ...given });
    expect(schedule.strike(call(struck), NEVER)).toBeDefined();
    expect(schedule.strike(call(spared), NEVER)).toBeUndefined();
    expect(schedule.view()).toMatchObject([{ matched: 1, struck: 1 }]);
  });

  it('the first rule that is due takes a call, and those after it do not see it', () => {
    const schedule = scheduleOf({ fault: 'slow', every: 2 }, { fault: 'time-out' });
    const faults = Array.from({ length: 4 }, () => schedule.strike(call(), NEVER)?.fault);
    expect(faults).toEqual(['time-out', 'slow', 'time-out', 'slow']);
    expect(schedule.view().map(({ matched, struck }) => [matched, struck])).toEqual([
      [4, 2],
      [2, 2],
    ]);
  });
});

describe('whatever the plan', () => {
  const rule = fc.record(
    {
      fault: fc.constant('time-out'),
      times: fc.integer({ min: 1, max: 5 }),
      skip: fc.integer({ min: 1, max: 5 }),
      probability: fc.double({ min: 0.01, max: 1, noNaN: true }),
    },
    { requiredKeys: ['fault'] },
  );

  it('a rule never strikes more often than it says, nor one of the calls that it lets pass first', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), fc.integer({ min: 0, max: 40 }), (rules, calls) => {
        const schedule = scheduleOf(...rules);
        struckOf(schedule, calls);
        schedule.view().forEach(({ matched, struck, rule: { times = Infinity, skip = 0 } }) => {
          expect(struck).toBeLessThanOrEqual(Math.min(times, Math.max(0, matched - skip)));
        });
      }),
    );
  });
});
