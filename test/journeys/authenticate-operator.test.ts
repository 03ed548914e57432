import { createHash, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  identifyOperator,
  operatorByKey,
  operatorKeyHash,
} from '../../shared/operators/authenticate-operator.ts';
import { codeOf, operatorKey, otherOperatorKey, RoundsFixture } from '../../shared/rounds/rounds.fixture.ts';

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

describe("an operator's key", () => {
  it('is known by its SHA-256 alone', async () => {
    const key = randomBytes(32).toString('base64url');
    expect(operatorKeyHash(key)).toBe(createHash('sha256').update(key).digest('hex'));
    const { registry } = table.ports();
    const hashes: string[] = [];
    const watched = {
      ...registry,
      operatorByKey: (hash: string) => {
        hashes.push(hash);
        return registry.operatorByKey(hash);
      },
    };
    await operatorByKey(watched, operatorKey);
    expect(hashes).toEqual([operatorKeyHash(operatorKey)]);
  });

  it.each([
    [operatorKey, 'demo'],
    [otherOperatorKey, 'other'],
  ])('names its operator (%s)', async (key, operatorId) => {
    expect(await operatorByKey(table.ports().registry, key)).toMatchObject({ operatorId });
  });

  it.each(['', 'wrong', `${operatorKey} `, operatorKeyHash(operatorKey)])('is refused: "%s"', async (key) => {
    expect(await codeOf(operatorByKey(table.ports().registry, key))).toBe('INVALID_OPERATOR_KEY');
  });
});

describe('an operator that must say who it is', () => {
  const identify = (key?: string) => identifyOperator(table.ports().registry, key);

  it('is told by its key', async () => {
    expect(await identify(otherOperatorKey)).toMatchObject({ operatorId: 'other' });
  });

  it('is refused without a key, and with one that nobody has', async () => {
    expect(await codeOf(identify())).toBe('MISSING_CREDENTIALS');
    expect(await codeOf(identify(''))).toBe('INVALID_OPERATOR_KEY');
  });
});
