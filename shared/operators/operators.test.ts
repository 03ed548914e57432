import { describe, expect, it } from 'vitest';
import { ids } from '../foundation/ids.fixture.ts';
import { mainWallet, movedTo, sampleOperator } from './operator.fixture.ts';
import { assertEnabled, currentWallet, walletOf } from './operator.ts';
import { knownOperator } from './operators.ts';

const second = ids.wallet('second');
const demo = movedTo(sampleOperator(), { walletId: second, walletUrl: 'http://second.invalid' });

describe('An operator', () => {
  it('An operator that moved has its new wallet as the current one, and keeps the old one', () => {
    expect(currentWallet(demo).walletUrl).toBe('http://second.invalid');
    expect(walletOf(demo, mainWallet).walletUrl).toBe('http://wallet.invalid');
  });

  it('A wallet that is not known here so far may be known in some seconds', () => {
    expect(() => walletOf(demo, ids.wallet('third'))).toThrow(
      expect.objectContaining({ code: 'SERVICE_UNAVAILABLE', retryable: true }),
    );
  });

  it('An operator is refused only where it is disabled', () => {
    expect(() => assertEnabled(demo)).not.toThrow();
    expect(() => assertEnabled({ ...demo, enabled: false })).toThrow(
      expect.objectContaining({ code: 'OPERATOR_DISABLED' }),
    );
  });

  it('An operator is known by its id, or refused', async () => {
    const { operatorId } = demo;
    const registry = { operator: async (id: string) => (id === operatorId ? demo : undefined) };
    expect(await knownOperator(registry, operatorId)).toBe(demo);
    await expect(knownOperator(registry, ids.operator('nobody'))).rejects.toMatchObject({
      code: 'UNKNOWN_OPERATOR',
    });
  });
});
