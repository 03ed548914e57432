import { beforeAll, expect, it } from 'vitest';
import { minor, netMinor, Player } from './client.ts';
import { withOneCallOperator } from './operators.ts';
import { type Target, target } from './target.ts';

const SPINS = 60;

let oneCall: Target;

beforeAll(async () => {
  oneCall = await withOneCallOperator(target());
});

interface Entry {
  readonly kind: string;
  readonly round_id: string | null;
  readonly change: string;
}

it('a wallet that takes stake and win in one call gets one call a round, and ends with the sum of the rounds', async () => {
  const player = await Player.open(oneCall);
  for (let played = 0; played < SPINS; played += 1) {
    const reply = await player.playNext();
    expect(reply.status, reply.text).toBe(200);
  }
  const rounds = await player.rounds();
  expect(rounds).toHaveLength(SPINS);
  expect(rounds.every(({ final }) => final)).toBe(true);
  expect(rounds.some(({ status, kind }) => status === 'CREDITED' && kind === 'spin')).toBe(true);
  const net = rounds.reduce((sum, round) => sum + netMinor(round), 0n);
  expect(await player.walletBalanceMinor()).toBe(100_000n + net);

  const reply = await fetch(`${target().walletUrl}/transactions?player_id=${player.playerId}`);
  const { transactions } = (await reply.json()) as { transactions: Entry[] };
  const paidFor = rounds.filter(({ stake }) => minor(stake) > 0n);
  const betWins = transactions.filter(({ kind }) => kind === 'bet-win');
  expect(new Map(betWins.map(({ round_id, change }) => [round_id, minor(change)]))).toEqual(
    new Map(paidFor.map((round) => [round.round_id, netMinor(round)])),
  );
  expect(transactions.filter(({ kind }) => kind === 'debit')).toEqual([]);
});
