import { addressOf } from '../../shared/rounds/round-address.ts';
import { minor, netMinor, type Record_ } from '../e2e/client.ts';
import type { AnsweredRound } from './player-loop.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

/** An entry of the wallet's journal, as `GET /transactions` tells it. */
export interface JournalEntry {
  readonly kind: string;
  readonly transaction_id: string;
  readonly round_id: string | null;
  /** What it did to the balance. */
  readonly change: string;
}

/** Everything that is on record of one player after a level. */
export interface Books {
  readonly startMinor: bigint;
  readonly answered: readonly AnsweredRound[];
  /** Whether the last request was given up without an answer: its round may be played all the same. */
  readonly unanswered: boolean;
  /** Every round of the session, in any order. */
  readonly rounds: readonly Record_[];
  readonly balanceMinor: bigint;
  readonly journal: readonly JournalEntry[];
}

/** Whatever does not agree between what the player was told, the ledger and the wallet; to the minor unit. */
export function mismatches(books: Books): string[] {
  return [...inLedger(books), ...answersOf(books), ...balancesOf(books), ...inJournal(books)];
}

function isPlayed({ status }: Record_): boolean {
  return status === 'COMMITTED' || status === 'CREDITED';
}

function inLedger({ rounds }: Books): string[] {
  const open = rounds.filter(({ final }) => !final).map(({ round_id }) => `round ${round_id} is not final`);
  const numbers = rounds.map(({ number }) => number).sort((left, right) => left - right);
  const gap = numbers.findIndex((number, index) => number !== index + 1);
  return gap < 0 ? open : [...open, `the ledger has no round ${gap + 1}, or has it twice`];
}

function answersOf({ answered, unanswered, rounds }: Books): string[] {
  const played = new Map(rounds.filter(isPlayed).map((round) => [round.round_id, round]));
  const wrong = answered.flatMap(({ roundId, winMinor }) => {
    const round = played.get(ids.round(roundId));
    if (!round) return [`round ${roundId} was answered and is not in the ledger as played`];
    const isTold = minor(round.win) === winMinor;
    return isTold ? [] : [`round ${roundId} was answered with ${winMinor} and the ledger has ${round.win}`];
  });
  const untold = played.size - new Set(answered.map(({ roundId }) => roundId)).size;
  const allowed = unanswered ? 1 : 0;
  return untold <= allowed ? wrong : [...wrong, `${untold} rounds were played and nobody was told`];
}

function balancesOf({ startMinor, answered, unanswered, rounds, balanceMinor }: Books): string[] {
  const expected = rounds.reduce((sum, round) => sum + netMinor(round), startMinor);
  const told = answered.at(-1)?.balanceMinor;
  return [
    ...(balanceMinor === expected ? [] : [`the wallet has ${balanceMinor} and the rounds make ${expected}`]),
    ...(told === undefined || unanswered || told === balanceMinor
      ? []
      : [`the player was told a balance of ${told} and has ${balanceMinor}`]),
  ];
}

/** A played round has its debit and its credit once and nothing else; any other one may have left no money moved. */
function inJournal({ startMinor, rounds, journal }: Books): string[] {
  const [deposit, ...movements] = journal;
  const problems = minor(deposit?.change ?? null) === startMinor ? [] : ['the journal has no deposit'];
  const byRound = Map.groupBy(movements, ({ round_id }) => round_id ?? '');
  const known = new Set(rounds.map(({ round_id }) => round_id));
  const strange = [...byRound.keys()].filter((roundId) => !known.has(ids.round(roundId)));
  return [
    ...problems,
    ...strange.map((roundId) => `the wallet has entries of round ${roundId}, which the ledger has not`),
    ...rounds.flatMap((round) => ofRound(round, byRound.get(round.round_id) ?? [])),
  ];
}

function ofRound(round: Record_, entries: readonly JournalEntry[]): string[] {
  const has = entries.map((entry) => `${withoutMac(entry)} ${minor(entry.change)}`).sort();
  if (isPlayed(round)) {
    const expected = expectedEntries(round).sort();
    const isSame = has.length === expected.length && has.every((entry, index) => entry === expected[index]);
    return isSame
      ? []
      : [`round ${round.round_id}: the wallet has [${has.join()}] and not [${expected.join()}]`];
  }
  const moved = entries.reduce((sum, { change }) => sum + minor(change), 0n);
  return moved === 0n ? [] : [`round ${round.round_id} is ${round.status} and moved ${moved}`];
}

/** Lists what a played round leaves in the journal: each entry's id and what it does to the balance. */
export function expectedEntries(round: Record_): string[] {
  const [stakeMinor, winMinor] = [minor(round.stake), minor(round.win)];
  if (stakeMinor === 0n) return winMinor > 0n ? [`${placeOf(round)}:credit ${winMinor}`] : [];
  return [
    `${round.round_id}:debit ${-stakeMinor}`,
    ...(winMinor > 0n ? [`${round.round_id}:credit ${winMinor}`] : []),
  ];
}

/** A round without a stake is named by its log and its number alone. */
function placeOf({ round_id, number }: Record_): string {
  return `${addressOf(ids.round(round_id))?.logHash}:${number}`;
}

/** The record of a round does not show the MAC that the id of its transaction carries. */
function withoutMac({ transaction_id }: JournalEntry): string {
  return transaction_id.replace(/^([0-9a-f-]{36}):[0-9a-f]{16}:/, '$1:');
}
