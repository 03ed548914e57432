import type { Played } from './play-world.ts';

export type Replay = (allowed: readonly string[]) => Promise<Played>;

/**
 * Begins with the player whom the broken rule concerns. The decisions for others are seldom needed, and without them a world
 * is played in no time.
 */
export async function shortestSchedule(
  { violation, decisions }: Played,
  replay: Replay,
): Promise<readonly string[]> {
  const { rule = '', message = '' } = violation ?? {};
  // What goes wrong in any world needs no decision at all.
  if (await firstBreaking(rule, [[]], replay)) return [];
  const player = /player-\d+/.exec(message)?.[0];
  const own = decisions.filter(
    (decision) => !/player-\d+/.test(decision) || (player && decision.includes(player)),
  );
  const enough = player ? await firstBreaking(rule, [own], replay) : undefined;
  return shrink(rule, enough ?? decisions, replay);
}

/**
 * Leaves decisions out for as long as what is left still breaks the same rule: halves first, then smaller parts, then single
 * ones (Zeller's ddmin). What it returns breaks the rule, and no longer does so with any one of its decisions left out.
 */
async function shrink(
  rule: string,
  decisions: readonly string[],
  replay: Replay,
): Promise<readonly string[]> {
  let kept = decisions;
  let parts = 2;
  while (kept.length > 1) {
    const size = Math.ceil(kept.length / parts);
    const smaller = await firstBreaking(rule, withoutEachPart(kept, size), replay);
    if (smaller) {
      kept = smaller;
      parts = Math.max(2, Math.min(parts - 1, kept.length));
    } else if (size === 1) return kept;
    else parts = Math.min(parts * 2, kept.length);
  }
  return kept;
}

function withoutEachPart(decisions: readonly string[], size: number): (readonly string[])[] {
  const candidates: (readonly string[])[] = [];
  for (let from = 0; from < decisions.length; from += size)
    candidates.push([...decisions.slice(0, from), ...decisions.slice(from + size)]);
  return candidates;
}

async function firstBreaking(
  rule: string,
  candidates: readonly (readonly string[])[],
  replay: Replay,
): Promise<readonly string[] | undefined> {
  for (const candidate of candidates) {
    const { violation, decisions } = await replay(candidate);
    // Some of what was allowed may no longer come up at all.
    if (violation?.rule === rule) return decisions.length < candidate.length ? decisions : candidate;
  }
  return undefined;
}
