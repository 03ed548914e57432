import { describe, expect, it } from 'vitest';
import { ExpiringCache } from './expiring-cache.ts';

type Life = (value: string | undefined) => number;

function opened(lifeMs: Life = () => 1_000, maxEntries = 10) {
  const time = { nowMs: 0 };
  const cache = new ExpiringCache<string | undefined>({
    clock: { nowMs: () => time.nowMs },
    maxEntries,
    lifeMs,
  });
  let loads = 0;
  const load = async () => `load ${(loads += 1)}`;
  return { cache, time, load };
}

describe('a cache', () => {
  it('loads a value once while it lives, and again afterwards', async () => {
    const { cache, time, load } = opened();
    expect(await cache.read('key', load)).toBe('load 1');
    time.nowMs = 999;
    expect(await cache.read('key', load)).toBe('load 1');
    time.nowMs = 1_000;
    expect(await cache.read('key', load)).toBe('load 2');
  });

  it('shares a load that is under way, however long it takes', async () => {
    const { cache, time } = opened();
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = cache.read('key', () => promise);
    time.nowMs = 5_000;
    const second = cache.read('key', () => Promise.reject(new Error('loaded twice')));
    resolve('once');
    expect(await Promise.all([first, second])).toEqual(['once', 'once']);
    time.nowMs = 5_999;
    expect(await cache.read('key', () => Promise.reject(new Error('loaded twice')))).toBe('once');
  });

  it('forgets a failed load at once', async () => {
    const { cache, load } = opened();
    await expect(cache.read('key', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await cache.read('key', load)).toBe('load 1');
  });

  it('keeps the newer entry of a name where an older load of the same name fails', async () => {
    const { cache, load } = opened(() => 1_000, 1);
    const { promise, reject } = Promise.withResolvers<string>();
    const older = cache.read('key', () => promise);
    await cache.read('another, so that the first one is forgotten', load);
    expect(await cache.read('key', load)).toBe('load 2');
    reject(new Error('down'));
    await expect(older).rejects.toThrow('down');
    expect(await cache.read('key', load)).toBe('load 2');
  });

  it('keeps a value as long as its kind allows', async () => {
    const { cache, time, load } = opened((value) => (value === undefined ? 100 : 1_000));
    expect(await cache.read('key', async () => undefined)).toBeUndefined();
    time.nowMs = 99;
    expect(await cache.read('key', load)).toBeUndefined();
    time.nowMs = 100;
    expect(await cache.read('key', load)).toBe('load 1');
  });

  it('counts an entry that was loaded again as a new one', async () => {
    const { cache, time, load } = opened(() => 1_000, 2);
    await cache.read('a', load);
    time.nowMs = 500;
    await cache.read('b', load);
    time.nowMs = 1_000;
    expect(await cache.read('a', load)).toBe('load 3');
    await cache.read('c', load);
    expect(await cache.read('a', load)).toBe('load 3');
    expect(await cache.read('b', load)).toBe('load 5');
  });

  it('lets the oldest entry go when it is full', async () => {
    const { cache, load } = opened(() => 1_000, 2);
    await cache.read('a', load);
    await cache.read('b', load);
    await cache.read('c', load);
    expect(await cache.read('b', load)).toBe('load 2');
    expect(await cache.read('a', load)).toBe('load 4');
  });
});
