import { describe, expect, it } from 'vitest';
import { archivedRounds } from '../e2e/archive.ts';
import { eventually, minor, netMinor, Player } from '../e2e/client.ts';
import { target } from '../e2e/target.ts';

const SPINS = Number(process.env['RGS_E2E_SPINS'] ?? 1_000);
/** The number of spins at once. It is below 50 where the endpoint cannot run that many functions at once. */
const AT_ONCE = Number(process.env['RGS_E2E_AT_ONCE'] ?? 50);

describe(`${SPINS} rounds in a loop`, () => {
  it('leave the wallet with the start plus the sum of the rounds, to the minor unit, and every round in the archive', async () => {
    const player = await Player.open(target(), '5000.00');
    for (let round = 0; round < SPINS; round += 1) {
      const reply = await player.playNext();
      expect(reply.status, reply.text).toBe(200);
    }

    const rounds = await player.rounds();
    expect(rounds).toHaveLength(SPINS);
    expect(rounds.map(({ number }) => number)).toEqual(
      Array.from({ length: SPINS }, (_, index) => SPINS - index),
    );
    const sum = rounds.reduce((total, round) => total + netMinor(round), 0n);
    expect(await player.walletBalanceMinor()).toBe(500_000n + sum);

    // Without wins and a bonus among them, the sum would show little.
    expect(rounds.some((round) => minor(round.win) > 0n)).toBe(true);
    if (SPINS >= 1_000) expect(rounds.some(({ kind }) => kind === 'bonus')).toBe(true);

    const ids = rounds.map(({ round_id }) => round_id);
    await eventually(async () => {
      const archived = await archivedRounds(target());
      return ids.every((id) => archived.has(id)) ? archived : undefined;
    });
  });
});

describe(`${AT_ONCE} spins at once on one session`, () => {
  it('proceed one at a time: some are told that a round is in flight, and none is lost or doubled', async () => {
    const player = await Player.open(target());
    const replies = await Promise.all(Array.from({ length: AT_ONCE }, () => player.spin()));
    const statuses = replies.map(({ status }) => status);
    const refused = replies.filter(({ status }) => status === 409);
    const played = replies.filter(({ status }) => status === 200);
    expect(played.length + refused.length, String(statuses)).toBe(AT_ONCE);
    expect(played.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers, json } of refused) {
      expect(['ROUND_IN_FLIGHT', 'BONUS_ACTIVE']).toContain((json as { code: string }).code);
      if ((json as { code: string }).code === 'ROUND_IN_FLIGHT') expect(headers.get('retry-after')).toBe('1');
    }

    const rounds = await player.rounds();
    expect(rounds).toHaveLength(played.length);
    const sum = rounds.reduce((total, round) => total + netMinor(round), 0n);
    expect(await player.walletBalanceMinor()).toBe(100_000n + sum);
  });
});
