import { beforeEach, describe, expect, it } from 'vitest';
import { playRound } from './play-round.ts';
import { codeOf, log, RoundsFixture, settings } from './rounds.fixture.ts';

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

describe('A spin of a game with several modes', () => {
  it('A spin is never of a mode whose price differs from the bet', async () => {
    const ports = table.ports();
    const engine = await ports.engines.load('any');
    const mode = {
      name: 'buy',
      priceMillionths: 100_000_000n,
      rtpMillionths: 1n,
      maxWinMillionths: 2_000_000n,
    };
    const buy = { name: 'buy', phase: 'base', code: 0, mode: 'buy' } as const;
    const offering = (actions: typeof engine.capabilities.actions) => {
      const capabilities = {
        ...engine.capabilities,
        modes: [mode, { ...mode, name: 'base', priceMillionths: 1_000_000n }],
        actions,
      };
      return { ...ports, engines: { load: async (hash: string) => ({ ...engine, hash, capabilities }) } };
    };
    expect(await codeOf(playRound(offering([buy]), settings, table.spin()))).toBe('NO_ACTIVE_BONUS');
    expect(table.calls).toEqual([]);
    const spin = { name: 'spin', phase: 'base', code: 1, mode: 'base' } as const;
    await playRound(offering([buy, spin]), settings, table.spin());
    expect(await table.ledger.head(log)).toMatchObject({ action: 'spin', stakeMinor: 100n });
  });
});
