import type { RoundLog } from '../foundation/ids.ts';
import { readView } from '../engines/round-view.ts';
import type { PlayedRounds } from '../sessions/played-rounds.ts';
import type { Ledger, ListedRound, RoundPages } from './ledger.ts';
import { continuationOf, hasOutcome, isInFlight, nextNumberAfter, type Round } from './round.ts';

const QUERY_ROUNDS = 100;
/** A player may have any number of refused rounds, so one launch reads a limited number of them. */
const MAX_QUERIES = 4;

/** Answers the questions of sessions about rounds from the ledger. */
export function playedRounds(ledger: Pick<Ledger, 'head'>, pages: RoundPages): PlayedRounds {
  return {
    async progress(log: RoundLog) {
      const newest = await ledger.head(log);
      return (
        newest && {
          lastStartedAtMs: newest.startedAtMs,
          bonusActive: continuationOf(newest).bonusActive,
          nextRoundNumber: nextNumberAfter(newest),
          roundInFlight: isInFlight(newest),
          engineHash: newest.engineHash,
          lastPublicState: (engineHash) => lastPublicState(pages, newest, engineHash),
        }
      );
    },
  };
}

/** This state is for showing only. The next round starts from the state that the newest round carries. */
async function lastPublicState(pages: RoundPages, newest: Round, engineHash: string): Promise<unknown> {
  let page: ListedRound[] = [newest];
  for (let queries = 0; ; queries += 1) {
    for (const round of page) {
      if (round.status === 'UNREADABLE' || round.engineHash !== engineHash) return undefined;
      if (hasOutcome(round)) return readView(round.outcome.view).publicState;
    }
    const oldest = page.at(-1);
    if (!oldest || queries === MAX_QUERIES) return undefined;
    page = await pages.list(oldest.log, { beforeNumber: oldest.number, limit: QUERY_ROUNDS });
  }
}
