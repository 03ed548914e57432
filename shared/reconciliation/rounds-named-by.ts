import { type OperatorId, RoundId } from '../foundation/ids.ts';
import type { Workload } from '../foundation/workload.ts';
import { type AccountedRound, accountedRound } from '../rounds/accounted-round.ts';
import type { Ledger } from '../rounds/ledger.ts';
import { addressOf } from '../rounds/round-address.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import { type Finding, withoutLines } from './findings.ts';
import { readable } from './log-gaps.ts';

export interface NamingPorts {
  readonly ledger: Pick<Ledger, 'find'>;
  readonly operator: { readonly operatorId: OperatorId };
  /** These rounds need not be read. */
  readonly atHand: ReadonlyMap<string, AccountedRound>;
  readonly work: Workload;
}

export interface NamedRounds {
  readonly rounds: readonly AccountedRound[];
  /** The ledger has these rounds, by their ids, and cannot read them. */
  readonly unreadable: ReadonlyMap<string, Finding>;
}

/**
 * Gives the rounds that transactions name. Those that are not at hand are read from the ledger.
 * @throws RequestError PERIOD_TOO_LARGE; DependencyError SERVICE_UNAVAILABLE
 */
export async function roundsNamedBy(
  booked: readonly BookedTransaction[],
  { ledger, operator, atHand, work }: NamingPorts,
): Promise<NamedRounds> {
  const rounds: AccountedRound[] = [];
  const unreadable = new Map<string, Finding>();
  const others: BookedTransaction[] = [];
  for (const transaction of new Map(booked.map((one) => [one.roundId, one])).values()) {
    const round = atHand.get(transaction.roundId);
    if (round) rounds.push(round);
    else others.push(transaction);
  }
  await work.lookUp(others, async (transaction) => {
    const found = await findRound(ledger, operator.operatorId, transaction);
    if (found === 'unreadable')
      unreadable.set(transaction.roundId, unreadableRound(operator.operatorId, transaction));
    else if (found) rounds.push(found);
  });
  return { rounds, unreadable };
}

async function findRound(
  ledger: NamingPorts['ledger'],
  operatorId: OperatorId,
  transaction: BookedTransaction,
): Promise<AccountedRound | 'unreadable' | undefined> {
  const roundId = RoundId.safeParse(transaction.roundId).data;
  if (roundId === undefined) return undefined;
  const found = await readable(ledger.find(roundId));
  if (found === 'unreadable') return found;
  return found?.log.operatorId === operatorId ? accountedRound(found) : undefined;
}

function unreadableRound(
  operatorId: OperatorId,
  { roundId, playerId, gameCode }: BookedTransaction,
): Finding {
  const number = addressOf(roundId as RoundId)?.number ?? 1;
  return withoutLines('UNREADABLE_RECORD', { operatorId, playerId, gameCode }, [number, number], [roundId]);
}
