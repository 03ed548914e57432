import { expect, it } from 'vitest';
import { playRound } from './play-round.ts';
import { codeOf, dyingAtDebit, log, RoundsFixture, settings } from './rounds.fixture.ts';

it('An intent that was taken over before its writer heard of it is left to whoever took it over', async () => {
  const table = new RoundsFixture();
  await table.open();
  const ports = table.ports();
  const append: typeof ports.ledger.append = async (round) => {
    await ports.ledger.append(round);
    table.nowMs += settings.leaseMs;
    await expect(playRound(dyingAtDebit(ports), settings, table.spin())).rejects.toThrow('the process died');
    return ports.ledger.append(round);
  };
  const late = { ...ports, ledger: { ...ports.ledger, append } };
  expect(await codeOf(playRound(late, settings, table.spin()))).toBe('ROUND_IN_FLIGHT');
  expect(table.calls).toEqual([]);
  expect(await table.ledger.head(log)).toMatchObject({ status: 'INTENT', epoch: 2 });
});
