import { beforeEach, describe, expect, it } from 'vitest';
import { Workload } from './workload.ts';

const time = { nowMs: 100 };
const work = (lookups = 100) =>
  new Workload({ files: 3, rounds: 3, transactions: 3, lookups, timeMs: 50 }, { nowMs: () => time.nowMs });
const tooLarge = expect.objectContaining({ code: 'PERIOD_TOO_LARGE' });

beforeEach(() => {
  time.nowMs = 100;
});

describe('the work of a request', () => {
  it('ends where more of one kind is read than the request may, each kind by itself', () => {
    const spent = work();
    spent.spend('files', 2);
    spent.spend('rounds', 3);
    spent.spend('files', 1);
    expect(() => spent.spend('files', 1)).toThrow(tooLarge);
    expect(() => spent.spend('transactions', 3)).not.toThrow();
  });

  it('ends where it takes longer than it may, and not at the last instant', () => {
    const spent = work();
    time.nowMs = 150;
    expect(() => spent.spend('files', 1)).not.toThrow();
    time.nowMs = 151;
    expect(() => spent.spend('files', 1)).toThrow(tooLarge);
  });

  it('looks up each item once, eight at a time, and gives the results in their order', async () => {
    let [under, most] = [0, 0];
    const asked: number[] = [];
    const items = Array.from({ length: 20 }, (_, index) => index);
    const found = await work().lookUp(items, async (item) => {
      asked.push(item);
      under += 1;
      most = Math.max(most, under);
      await Promise.resolve();
      under -= 1;
      return item * 2;
    });
    expect(asked).toEqual(items);
    expect(found).toEqual(items.map((item) => item * 2));
    expect(most).toBe(8);
  });

  it('looks up nothing beyond its limit', async () => {
    const asked: number[] = [];
    const look = async (item: number) => asked.push(item);
    await expect(
      work(8).lookUp(
        Array.from({ length: 9 }, (_, index) => index),
        look,
      ),
    ).rejects.toMatchObject({ code: 'PERIOD_TOO_LARGE' });
    expect(asked).toHaveLength(8);
    expect(await work(0).lookUp([], look)).toEqual([]);
  });
});
