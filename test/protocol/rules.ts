import { addressOf } from '../../shared/rounds/round-address.ts';
import {
  hasOutcome,
  isFinal,
  isInFlight,
  type Round,
  stakeTransactionId,
} from '../../shared/rounds/round.ts';
import type { RoundId } from '../../shared/foundation/ids.ts';
import { nameOf } from './insider.ts';
import type { World } from './world.ts';

/** Looks at the rules that hold at every moment. @returns what is wrong, if anything is */
export function violationIn(world: World): string | undefined {
  if (world.forgeries > 0) return violationAmongForgeries(world);
  const { rounds, wrongAnswer, hasUnjudged } = world;
  if (wrongAnswer) return wrongAnswer;
  if (hasUnjudged) return "a change of the product's own was judged to be none";
  for (const number of [1, 2]) {
    const wrong = violationOfNumber(world, number, rounds.get(number));
    if (wrong) return wrong;
  }
  const first = rounds.get(1);
  if (rounds.has(2) && first && isInFlight(first))
    return 'a round began while the stake of the one before was in doubt';
  return undefined;
}

function violationOfNumber(world: World, number: number, round: Round | undefined): string | undefined {
  const { stakes, wins } = bookedFor(world, number);
  if (wins > 1) return 'the win was paid twice';
  if (stakes > 1) return 'the stake was charged twice';
  // A win that came with its stake also goes with it, when the rollback arrives.
  if (world.setting.kind.calls === 'bet-win') return undefined;
  const voided = round?.status === 'VOIDING' || round?.status === 'VOIDED';
  if (wins > 0 && voided) return 'a win was paid on a voided round';
  if (wins > 0 && round?.status === 'INTENT') return 'a win was paid before the round was committed';
  return undefined;
}

/** Whoever can write the table may lose what is his own. The operator must lose nothing. */
function violationAmongForgeries({ written, books }: World): string | undefined {
  const committed = written.filter(hasOutcome);
  const won = committed.filter(({ outcome }) => outcome.winMinor > 0n);
  const staked = committed.map(stakeTransactionId);
  for (const { stakes, wins } of books) {
    if (staked.some((id) => id && stakes.get(id) === 'returned'))
      return 'the stake of a committed round was returned';
    for (const number of [1, 2]) {
      const paid = [...wins.keys()].filter((id) => numberOf(id) === number).length;
      const most = new Set(won.filter((round) => round.number === number).map(nameOf)).size;
      if (paid > most) return 'a win was paid that was not won';
    }
  }
  return undefined;
}

/** Looks at the rules that hold when nothing happens any more. @returns what is wrong, if anything is */
export function violationAtEnd(world: World): string | undefined {
  if (world.forgeries > 0) return undefined;
  for (const [number, round] of world.rounds) {
    const wrong = settledViolation(world, number, round);
    if (wrong) return wrong;
  }
  return undefined;
}

function settledViolation(world: World, number: number, round: Round): string | undefined {
  if (!isFinal(round)) return `the round never became final (${round.status})`;
  const { stakes, wins } = bookedFor(world, number);
  const committed = hasOutcome(round);
  if (committed && stakes !== (round.stakeMinor > 0n ? 1 : 0)) return 'a committed round was not paid for';
  if (!committed && stakes !== 0) return `a stake was kept on a round that is ${round.status}`;
  if (!committed && wins !== 0) return `a win was kept on a round that is ${round.status}`;
  if (committed && round.outcome.winMinor > 0n && wins !== 1) return 'a committed win was not paid';
  return undefined;
}

/** How many stakes the wallets hold for a round, and how many wins they have paid for it. */
function bookedFor({ books }: World, number: number): { readonly stakes: number; readonly wins: number } {
  const ofThis = (id: string) => numberOf(id) === number;
  const stakes = books.flatMap((wallet) => wallet.takenStakes).filter(ofThis).length;
  const wins = books.flatMap(({ wins: paid }) => [...paid.keys()]).filter(ofThis).length;
  return { stakes, wins };
}

/** Reads the round's number out of a transaction id. */
function numberOf(transactionId: string): number | undefined {
  const [place = '', second] = transactionId.split(':');
  return addressOf(place as RoundId)?.number ?? Number(second);
}
