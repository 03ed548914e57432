import { beforeEach, describe, expect, it } from 'vitest';
import { DependencyError } from '../foundation/errors.ts';
import { playRound } from './play-round.ts';
import { codeOf, dyingAtDebit, log, RoundsFixture, settings } from './rounds.fixture.ts';

const unknown = { kind: 'unknown', reason: 'TIMEOUT' } as const;
const many = Array.from({ length: 100 }, () => unknown);

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

const play = () => playRound(table.ports(), settings, table.spin());
const status = async () => (await table.ledger.head(log))?.status;

describe('A data key that cannot be had', () => {
  it('A state after that cannot be sealed keeps the stake from being debited, and the request can be repeated', async () => {
    const ports = table.ports();
    const seal: typeof ports.cipher.seal = async (plain, context) => {
      if (context.endsWith('#end')) throw new DependencyError('SERVICE_UNAVAILABLE', 'KMS is down');
      return ports.cipher.seal(plain, context);
    };
    const keyless = { ...ports, cipher: { ...ports.cipher, seal } };
    expect(await codeOf(playRound(keyless, settings, table.spin()))).toBe('SERVICE_UNAVAILABLE');
    expect(table.calls).toEqual([]);
    table.nowMs += settings.leaseMs;
    await play();
    expect(await status()).toBe('CREDITED');
  });
});

describe('A request that is repeated while the wallet is down', () => {
  it('A repeated request repeats the credit, but asks recovery for nothing that it does not do already', async () => {
    table.replies.credit.push(...many);
    await play();
    expect(table.recovery.size).toBe(1);
    for (let repeat = 0; repeat < 20; repeat += 1) {
      table.nowMs += settings.leaseMs / 4;
      await play();
    }
    expect(table.calls.filter(({ call }) => call === 'credit')).toHaveLength(21);
    expect(table.recovery.size).toBe(1);
    expect(await status()).toBe('COMMITTED');
  });

  it('A repeated request repeats the rollback, but asks recovery for nothing that it does not do already', async () => {
    table.replies.debit.push(unknown, unknown);
    table.replies.rollback.push(...many);
    for (let repeat = 0; repeat < 20; repeat += 1) expect(await codeOf(play())).toBe('ROUND_VOIDED');
    expect(table.calls.filter(({ call }) => call === 'rollback')).toHaveLength(20);
    expect(table.recovery.size).toBe(1);
    expect(await status()).toBe('VOIDING');
  });

  it('A repeated request queues recovery where it took the round over itself', async () => {
    await expect(playRound(dyingAtDebit(table.ports()), settings, table.spin())).rejects.toThrow(
      'the process died',
    );
    expect(table.recovery.size).toBe(0);
    table.nowMs += settings.leaseMs;
    table.replies.credit.push(unknown);
    await play();
    expect(table.recovery.size).toBe(1);
    await table.recoverAll();
    expect(await status()).toBe('CREDITED');
  });
});
