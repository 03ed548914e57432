import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  candidatesFor,
  earlierKeysAfter,
  type IdentifiedRequest,
  identify,
  REMEMBERED_KEYS,
} from './idempotency.ts';
import type { Round } from './round.ts';
import { sampleIntent } from './sample-round.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';

const spin: IdentifiedRequest = {
  idempotencyKey: 'key-1',
  kind: 'spin',
  sessionId: ids.session('7d9f2a10-5b6c-4d7e-9f80-112233445566'),
  betAmount: '1.00',
  betLines: undefined,
};

function logOf(keys: readonly string[]): Round | undefined {
  return keys.reduce<Round | undefined>(
    (newest, idempotencyKey, index) =>
      sampleIntent({
        number: index + 1,
        idempotency: { ...identify({ ...spin, idempotencyKey }), earlierKeys: earlierKeysAfter(newest) },
      }),
    undefined,
  );
}

describe('The identity of a request', () => {
  it('The identity is the same for the same request and differs with any part of it', () => {
    expect(identify(spin)).toEqual(identify({ ...spin }));
    const others: IdentifiedRequest[] = [
      { ...spin, kind: 'bonus' },
      { ...spin, sessionId: ids.session('f0000000-5b6c-4d7e-9f80-112233445566') },
      { ...spin, betAmount: '2.00' },
      { ...spin, betLines: 20 },
    ];
    for (const other of others) expect(identify(other).requestHash).not.toEqual(identify(spin).requestHash);
  });
});

describe('The newest round of a log', () => {
  it('The newest round knows the number of each of the last keys, without its own', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 100 }), (keys) => {
        const newest = logOf(keys) as Round;
        keys.slice(0, -1).forEach((idempotencyKey, index) => {
          const { keyHash } = identify({ ...spin, idempotencyKey });
          const remembered = keys.length - 1 - index < REMEMBERED_KEYS;
          expect(candidatesFor(newest, keyHash).includes(index + 1)).toBe(remembered);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('The newest round never remembers more keys than the limit', () => {
    const newest = logOf(Array.from({ length: 100 }, (_, index) => `key-${index}`)) as Round;
    expect(newest.idempotency.earlierKeys.length).toBe((REMEMBERED_KEYS - 1) * 3);
  });

  it('The newest round never points before the first round, whatever it is said to remember', () => {
    const keyHash = new Uint8Array(16).fill(1);
    const idempotency = { keyHash, requestHash: keyHash, earlierKeys: new Uint8Array(30).fill(1) };
    expect(candidatesFor(sampleIntent({ number: 4, idempotency }), keyHash)).toEqual([3, 2, 1]);
  });

  it('The newest round knows nothing of a key that it has not seen', () => {
    const newest = logOf(['a', 'b', 'c']) as Round;
    expect(candidatesFor(newest, identify({ ...spin, idempotencyKey: 'd' }).keyHash)).toEqual([]);
  });
});
