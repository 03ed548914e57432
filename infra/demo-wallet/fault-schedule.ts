import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/foundation/clock.ts';
import type { FaultPlan, Operation, Rule } from './fault-plan.ts';

/** These parts of a call decide whether a rule matches it. */
export interface WalletCall {
  readonly operation: Operation;
  readonly playerId: string | undefined;
  readonly gameCode: string | undefined;
  readonly transactionId: string | undefined;
}

export interface WatchedRule {
  readonly rule: Rule;
  /** Calls that the rule has been asked about, and those of them that it struck. */
  readonly matched: number;
  readonly struck: number;
}

interface Watch {
  readonly rule: Rule;
  readonly place: number;
  readonly endsAtMs: number;
  matched: number;
  struck: number;
}

/** Says which rule strikes a call: the first of the plan that is due. The same plan and calls, the same strikes. */
export class FaultSchedule {
  readonly #clock: Clock;
  #watches: Watch[] = [];

  constructor(clock: Clock, plan: FaultPlan) {
    this.#clock = clock;
    this.replace(plan);
  }

  replace({ rules }: FaultPlan): void {
    this.#watches = [];
    for (const rule of rules) this.add(rule);
  }

  add(rule: Rule): void {
    const endsAtMs = rule.for_ms === undefined ? Infinity : this.#clock.nowMs() + rule.for_ms;
    this.#watches.push({ rule, place: this.#watches.length, endsAtMs, matched: 0, struck: 0 });
  }

  view(): WatchedRule[] {
    return this.#watches.map(({ rule, matched, struck }) => ({ rule, matched, struck }));
  }

  /** @param isExempt whether a rule must let this call pass although it matches; it then is not counted */
  strike(call: WalletCall, isExempt: (rule: Rule) => boolean): Rule | undefined {
    const nowMs = this.#clock.nowMs();
    for (const watch of this.#watches) {
      if (nowMs >= watch.endsAtMs || !matches(watch.rule, call) || isExempt(watch.rule)) continue;
      watch.matched += 1;
      if (!isDue(watch)) continue;
      watch.struck += 1;
      return watch.rule;
    }
    return undefined;
  }
}

export function matches(rule: Rule, call: WalletCall): boolean {
  return (
    rule.on.includes(call.operation) &&
    (rule.player_id === undefined || rule.player_id === call.playerId) &&
    (rule.game_code === undefined || rule.game_code === call.gameCode) &&
    (rule.transaction_id === undefined || rule.transaction_id === call.transactionId)
  );
}

function isDue({ rule, place, matched, struck }: Watch): boolean {
  if (rule.times !== undefined && struck >= rule.times) return false;
  const position = matched - (rule.skip ?? 0);
  if (position < 1) return false;
  if (rule.probability !== undefined) return draw(rule.seed ?? 0, place, position) < rule.probability;
  return position % (rule.every ?? 1) === 0;
}

/** A number from 0 up to 1 that depends on nothing else, so that a storm can be had again. */
function draw(seed: number, place: number, position: number): number {
  const digest = createHash('sha256').update(`${seed}:${place}:${position}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
