import * as z from 'zod';
import { progressBar, progressLine } from '../../shared/command-line/adapters/progress.ts';
import { eventually, Player, type Record_ } from '../e2e/client.ts';
import type { LocalStackProcess } from '../e2e/local-stack.ts';
import { nowMs } from './clock.ts';
import { percentilesOf } from './latency.ts';
import { type AnsweredRound, type Played, playUntil } from './player-loop.ts';
import { processorTime, timeBetween } from './processor-time.ts';
import { playing } from './report-page.ts';
import type { LevelReport } from './report.ts';
import { expectedEntries, type JournalEntry, mismatches } from './sums.ts';
import { type WalletCall, type WalletProxy, walletShares } from './wallet-calls.ts';

const BALANCE = { text: '1000000.00', minor: 100_000_000n };
/** Processes of functions start on demand, which takes a second or two under load. */
const WARM_UP_SECONDS = 5;
const OPENED_AT_ONCE = 8;
/** The time for all players of a level together. Recovery may still be at work when nobody plays any more. */
const SETTLED_WITHIN_MS = 120_000;

export interface LevelSettings {
  readonly players: number;
  readonly seconds: number;
}

export interface Level {
  readonly report: LevelReport;
  /** What does not agree, in words. It is empty where all is well. */
  readonly mismatches: readonly string[];
}

/** Plays one level on fresh players and checks everything that it left. */
export async function runLevel(
  stack: LocalStackProcess,
  proxy: WalletProxy,
  settings: LevelSettings,
): Promise<Level> {
  const players = await openPlayers(stack, settings.players);
  const warmUpSeconds = Math.min(WARM_UP_SECONDS, settings.seconds);
  const measuredFromMs = nowMs() + warmUpSeconds * 1_000;
  const endsAtMs = measuredFromMs + settings.seconds * 1_000;
  const table = playAll(players, endsAtMs);
  await new Promise((resolve) => setTimeout(resolve, warmUpSeconds * 1_000));
  const before = processorTime(stack.child.pid ?? 0);
  const played = await table;
  const after = processorTime(stack.child.pid ?? 0);

  const measured = measure(played, await proxy.take(), measuredFromMs);
  const checked = await checkShowingProgress(played, measured.played);
  const { wallet, played: _, ...figures } = measured;
  return {
    report: {
      players: settings.players,
      seconds: settings.seconds,
      ...figures,
      refusals: countRefusals(played),
      processorSeconds: before && after ? timeBetween(before, after) : null,
      checkedRounds: checked.rounds,
      checkedWalletEntries: checked.entries,
    },
    mismatches: [...checked.mismatches, ...wallet],
  };
}

async function openPlayers({ target }: LocalStackProcess, count: number): Promise<Player[]> {
  const players: Player[] = [];
  while (players.length < count) {
    const batch = Math.min(OPENED_AT_ONCE, count - players.length);
    players.push(
      ...(await Promise.all(Array.from({ length: batch }, () => Player.open(target, BALANCE.text)))),
    );
  }
  return players;
}

async function playAll(players: readonly Player[], endsAtMs: number): Promise<Played[]> {
  using progress = progressBar(playing(players.length));
  const startedAtMs = nowMs();
  let rounds = 0;
  const show = () => {
    const doneMs = Math.min(nowMs(), endsAtMs) - startedAtMs;
    progress.show(doneMs, endsAtMs - startedAtMs, `${rounds} rounds`);
  };
  show();
  const timer = setInterval(show, 1_000);
  try {
    return await Promise.all(players.map((player) => playUntil(player, endsAtMs, () => (rounds += 1))));
  } finally {
    clearInterval(timer);
    show();
  }
}

/** The figures of the rounds that began after the warm-up. */
function measure(played: readonly Played[], calls: readonly WalletCall[], measuredFromMs: number) {
  const byPlayer = Map.groupBy(calls, ({ playerId }) => playerId);
  const rounds = played.flatMap((of) => {
    const shares = walletShares(of.rounds, byPlayer.get(of.player.playerId) ?? []);
    return of.rounds.map((round, index) => ({ ...round, walletMs: shares[index] ?? 0 }));
  });
  const measured = rounds.filter(({ startedAtMs }) => startedAtMs >= measuredFromMs);
  const lastMs = measured.reduce((last, { endedAtMs }) => Math.max(last, endedAtMs), measuredFromMs);
  const unseen = rounds.filter(({ walletMs }) => walletMs === 0);
  return {
    played: rounds.length,
    rounds: measured.length,
    roundsPerSecond: Number(
      ((measured.length * 1_000) / Math.max(1, lastMs - measuredFromMs)).toPrecision(3),
    ),
    withWallet: percentilesOf(measured.map(latencyOf)),
    withoutWallet: percentilesOf(measured.map((round) => latencyOf(round) - round.walletMs)),
    wallet: unseen.map(({ roundId }) => `no wallet call of round ${roundId} was seen`),
  };
}

function latencyOf({ startedAtMs, endedAtMs }: AnsweredRound): number {
  return endedAtMs - startedAtMs;
}

function countRefusals(played: readonly Played[]): LevelReport['refusals'] {
  const counts: Record<string, number> = {};
  for (const [name, count] of played.flatMap(({ refusals }) => [...refusals]))
    counts[name] = (counts[name] ?? 0) + count;
  return counts;
}

interface Checked {
  readonly rounds: number;
  readonly entries: number;
  readonly mismatches: readonly string[];
}

async function checkShowingProgress(played: readonly Played[], rounds: number): Promise<Checked> {
  using progress = progressLine();
  progress.show(`Checking ${rounds} rounds`);
  return await check(played, nowMs() + SETTLED_WITHIN_MS);
}

/** @param deadlineMs of clock.ts: what is not settled by then, of whichever player, is told as it is */
export async function check(played: readonly Played[], deadlineMs: number): Promise<Checked> {
  const checks: Checked[] = [];
  for (const one of played) checks.push(await checkPlayer(one, deadlineMs));
  return {
    rounds: checks.reduce((sum, { rounds }) => sum + rounds, 0),
    entries: checks.reduce((sum, { entries }) => sum + entries, 0),
    mismatches: checks.flatMap((one) => one.mismatches),
  };
}

async function checkPlayer(
  { player, rounds: answered, unanswered }: Played,
  deadlineMs: number,
): Promise<Checked> {
  const rounds = await finalRounds(player, deadlineMs);
  const [balanceMinor, journal] = await Promise.all([player.walletBalanceMinor(), journalOf(player)]);
  const books = { startMinor: BALANCE.minor, answered, unanswered, rounds, balanceMinor, journal };
  return {
    rounds: rounds.length,
    entries: rounds.flatMap(expectedEntries).length,
    mismatches: mismatches(books).map((line) => `${player.playerId}: ${line}`),
  };
}

/** The rounds when all are final, or as they are at the deadline. */
async function finalRounds(player: Player, deadlineMs: number): Promise<Record_[]> {
  let rounds: Record_[] = [];
  const read = async () => {
    rounds = await player.rounds();
    return rounds.every(({ final }) => final) ? rounds : undefined;
  };
  return eventually(read, deadlineMs - nowMs()).catch(() => rounds);
}

const Journal = z.object({
  transactions: z.array(
    z.object({
      kind: z.string(),
      transaction_id: z.string(),
      round_id: z.string().nullable(),
      change: z.string(),
    }),
  ),
  next: z.number().nullable(),
});

async function journalOf({ target, playerId }: Player): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const reply = await fetch(`${target.walletUrl}/transactions?player_id=${playerId}&after=${after}`);
    const page: z.infer<typeof Journal> = Journal.parse(await reply.json());
    entries.push(...page.transactions);
    after = page.next;
  }
  return entries;
}
