import { createHash, randomInt, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { fetchSafely, type Player, type Reply } from './client.ts';
import type { Target } from './target.ts';

/** The generator that draws the moments and victims of abuse. RGS_ABUSE_SEED repeats the draws of a run. */
export class Chance {
  readonly seed: number;
  #draws = 0;

  constructor(seed = Number(process.env['RGS_ABUSE_SEED'] ?? randomInt(2 ** 31))) {
    this.seed = seed;
  }

  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number {
    this.#draws += 1;
    const digest = createHash('sha256').update(`${this.seed}:${this.#draws}`).digest();
    return Number(digest.readBigUInt64BE() % BigInt(limit));
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, place: this.below(2 ** 32) }))
      .sort((one, other) => one.place - other.place)
      .map(({ item }) => item);
  }
}

/** Replaces the rules of the wallet's plan. docs/wallet-api.md describes them. */
export async function setFaults(
  { walletUrl }: Pick<Target, 'walletUrl'>,
  rules: readonly object[],
): Promise<void> {
  const response = await fetchSafely(`${walletUrl}/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rules }),
  });
  if (!response.ok) throw new Error(`the wallet refused the plan: ${await response.text()}`);
}

/** The rules of the plan that have struck no call since it was set. */
export async function rulesLeftOut({ walletUrl }: Pick<Target, 'walletUrl'>): Promise<object[]> {
  const reply = await fetchSafely(`${walletUrl}/faults`);
  const { rules } = (await reply.json()) as { rules: { rule: object; struck: number }[] };
  return rules.filter(({ struck }) => struck === 0).map(({ rule }) => rule);
}

/**
 * Plays round after round until it is stopped, as an impatient client does. A request without an answer is sent once more
 * under the same key. A refused request is not repeated.
 */
export async function playUntil(player: Player, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const key = randomUUID();
    let status = await outcomeOf(player, key);
    if (status === 0 || status >= 500) status = await outcomeOf(player, key);
    if (status !== 200) await setTimeout(100);
  }
}

/** @returns the status, or 0 where the connection broke */
async function outcomeOf(player: Player, key: string): Promise<number> {
  try {
    const reply = await player.playNext(key);
    if (reply.status === 409) learnPhase(player, reply);
    return reply.status;
  } catch {
    return 0;
  }
}

/** An answer that was lost may have been the one that began a bonus, or ended it. */
function learnPhase(player: Player, { json }: Reply): void {
  const { code } = json as { code?: string };
  if (code === 'BONUS_ACTIVE') player.bonusActive = true;
  if (code === 'NO_ACTIVE_BONUS') player.bonusActive = false;
}
