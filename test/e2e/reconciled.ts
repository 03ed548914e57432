import { expect } from 'vitest';
import { ReconciliationResponse } from '../../functions/_api/responses.ts';
import { type ArchivedRound, archivedRounds } from './archive.ts';
import { call, eventually, fetchSafely, minor, type Player, type Record_ } from './client.ts';
import type { Target } from './target.ts';

export interface JournalEntry {
  readonly at: string;
  readonly kind: string;
  readonly transaction_id: string;
  readonly round_id: string | null;
  readonly change: string;
}

/** Lists what the wallet has on its books for the player, in order. */
export async function journalOf({ target, playerId }: Player): Promise<JournalEntry[]> {
  const reply = await fetchSafely(`${target.walletUrl}/transactions?player_id=${playerId}`);
  const { transactions, next } = (await reply.json()) as { transactions: JournalEntry[]; next: unknown };
  expect(next, 'the journal of one player fits one page').toBeNull();
  return transactions;
}

/** Every round of the player's session, once all are final. Nobody may play it meanwhile. */
export function finalRounds(player: Player, withinMs = 150_000): Promise<Record_[]> {
  let open: string[] = [];
  return eventually(async () => {
    const rounds = await player.rounds();
    open = rounds.filter(({ final }) => !final).map(({ round_id, status }) => `${round_id} ${status}`);
    return open.length === 0 ? rounds : undefined;
  }, withinMs).catch((error: unknown) => {
    throw new Error(`${player.playerId} still has ${open.join(', ')}`, { cause: error });
  });
}

/**
 * Waits until every round of these players is final, and fails unless ledger, wallet and archive then agree. They must have
 * the same rounds, and every movement once and to the minor unit. The wallet's books must have nothing else. The product's own
 * reconciliation has to find the same of all that the operator's players did meanwhile.
 * @returns their rounds
 */
export async function expectReconciled(target: Target, players: readonly Player[]): Promise<Record_[]> {
  const rounds: Record_[] = [];
  for (const player of players) {
    const ofPlayer = await finalRounds(player);
    const numbers = ofPlayer.map(({ number }) => number).sort((one, other) => one - other);
    expect(numbers, 'rounds without gaps').toEqual(ofPlayer.map((_, index) => index + 1));
    await expectBooksOf(player, ofPlayer);
    rounds.push(...ofPlayer);
  }
  await expectArchived(target, players, rounds);
  await expectNoDifferences(target, players, rounds);
  return rounds;
}

async function expectBooksOf(player: Player, rounds: readonly Record_[]): Promise<void> {
  const entries = await journalOf(player);
  const [deposit, ...movements] = entries;
  const moved = movements.filter(({ change }) => minor(change) !== 0n);
  const calls = moved.map(({ kind, transaction_id }) => `${kind} ${transaction_id}`);
  expect(new Set(calls).size, 'no movement twice').toBe(calls.length);

  const booked = new Map<string, bigint>();
  for (const entry of moved) {
    const id = movementOf(entry);
    booked.set(id, (booked.get(id) ?? 0n) + minor(entry.change));
  }
  // A debit that was rolled back counts as if it had never been.
  for (const [id, sum] of booked) if (sum === 0n) booked.delete(id);
  const inOneCall = player.target.walletCalls === 'bet-win';
  const told = rounds.flatMap((round) => movementsOf(round, inOneCall));
  expect(booked, `the books of ${player.playerId}`).toEqual(new Map(told));

  const sum = entries.reduce((total, { change }) => total + minor(change), 0n);
  expect(await player.walletBalanceMinor()).toBe(sum);
  expect(deposit?.kind).toBe('deposit');
}

/** A transaction's id ends with what it does. A rollback names the id of what it takes back. */
function movementOf({ round_id, transaction_id }: JournalEntry): string {
  return `${round_id}:${transaction_id.split(':').at(-1)}`;
}

/** The movements that a final round must have left on the wallet's books. A round that was not played has none, and a bonus no debit. */
function movementsOf({ round_id, status, stake, win }: Record_, inOneCall: boolean): [string, bigint][] {
  if (status !== 'COMMITTED' && status !== 'CREDITED') return [];
  const movements: [string, bigint][] =
    inOneCall && minor(stake) > 0n
      ? [[`${round_id}:bet-win`, minor(win) - minor(stake)]]
      : [
          [`${round_id}:debit`, -minor(stake)],
          [`${round_id}:credit`, minor(win)],
        ];
  return movements.filter(([, changeMinor]) => changeMinor !== 0n);
}

async function expectArchived(
  target: Target,
  players: readonly Player[],
  rounds: readonly Record_[],
): Promise<void> {
  const archived = await eventually(async () => {
    const all = await archivedRounds(target);
    return rounds.every(({ round_id }) => all.has(round_id)) ? all : undefined;
  });
  const sessions = new Set(players.map(({ sessionId }) => sessionId));
  const ofPlayers = [...archived.values()].filter((round) => sessions.has(String(round['session_id'])));
  expect(new Map(ofPlayers.map((round) => [round.round_id, moneyOf(round)]))).toEqual(
    new Map(rounds.map((round) => [round.round_id, moneyOf(round)])),
  );
}

/** Fails unless the product's own reconciliation finds nothing since these players were opened. Their rounds are archived by then. */
export async function expectNoDifferences(
  target: Target,
  players: readonly Player[],
  rounds: readonly Record_[],
): Promise<void> {
  const from = new Date(Math.min(...players.map(({ openedAtMs }) => openedAtMs))).toISOString();
  const to = new Date(Date.now() + 1_000).toISOString();
  const reply = await call(target, 'GET', `/api/v1/reconciliation?from=${from}&to=${to}`, {
    headers: { 'x-operator-key': target.operatorKey },
  });
  expect(reply.status, reply.text).toBe(200);
  const report = ReconciliationResponse.parse(reply.json);
  expect(report).toMatchObject({
    wallet_list: 'compared',
    rounds_in_progress: 0,
    differences: [],
    findings: [],
  });
  const [totals] = report.totals;
  expect(totals?.rgs.rounds).toBeGreaterThanOrEqual(rounds.length);
  expect(totals?.wallet?.net).toBe(totals?.rgs.net);
}

function moneyOf(round: Record_ | ArchivedRound) {
  const { status, player_id, currency, stake, win, balance_after } = round as Record_;
  return { status, player_id, currency, stake, win, balance_after };
}
