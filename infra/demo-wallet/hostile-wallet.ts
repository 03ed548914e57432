import * as z from 'zod';
import type { Clock } from '../../shared/foundation/clock.ts';
import type { Delivery } from './delivery.ts';
import { type FaultPlan, NO_FAULTS, type Operation, type Rule } from './fault-plan.ts';
import { FaultSchedule, type WalletCall, type WatchedRule } from './fault-schedule.ts';
import { HeldCalls } from './held-calls.ts';
import { type Books, deliveryOf } from './struck-call.ts';

const Text = z.string().optional().catch(undefined);
/** Bodies that say something else are the books' to refuse. */
const Facts = z.object({ player_id: Text, game_code: Text, transaction_id: Text }).catch({});

/** Stands between the caller and the books, and does to calls what its plan says. The books it leaves right. */
export class HostileWallet {
  readonly #schedule: FaultSchedule;
  readonly #held = new HeldCalls();

  constructor(clock: Clock, plan: FaultPlan = NO_FAULTS) {
    this.#schedule = new FaultSchedule(clock, plan);
  }

  /** Takes the place of the plan before; what that one holds back goes on. */
  replace(plan: FaultPlan): void {
    this.#schedule.replace(plan);
    this.#held.releaseAll();
  }

  add(rule: Rule): void {
    this.#schedule.add(rule);
  }

  view(): { readonly rules: readonly WatchedRule[]; readonly held: number } {
    return { rules: this.#schedule.view(), held: this.#held.count };
  }

  stop(): void {
    this.#held.dropAll();
  }

  /** @throws WalletRefusal */
  async answer(operation: Operation, body: Uint8Array, books: Books): Promise<Delivery> {
    const call = callOf(operation, body);
    const rule = this.#ruleFor(call);
    const apply: Books = (...asked) => {
      try {
        return books(...asked);
      } finally {
        this.#held.applied(call);
      }
    };
    if (rule === undefined) return { kind: 'reply', reply: apply(body) };
    return deliveryOf({ rule, call, body, apply, held: this.#held });
  }

  #ruleFor(call: WalletCall): Rule | undefined {
    // A copy of a stake that waits for its rollback would be acknowledged, and the rollback never be sent.
    const sameStake = this.#held.find(
      ({ rule, call: held }) =>
        rule.fault === 'rollback-before-bet' &&
        held.operation === call.operation &&
        held.transactionId === call.transactionId,
    );
    // What overtakes a held call must not be held for the same reason.
    const overtakes = (rule: Rule) =>
      rule.fault === 'reorder' && this.#held.find((held) => held.rule === rule) !== undefined;
    return sameStake?.rule ?? this.#schedule.strike(call, overtakes);
  }
}

function callOf(operation: Operation, body: Uint8Array): WalletCall {
  const { player_id: playerId, game_code: gameCode, transaction_id: transactionId } = factsOf(body);
  return { operation, playerId, gameCode, transactionId };
}

function factsOf(body: Uint8Array): z.output<typeof Facts> {
  try {
    return Facts.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return {};
  }
}
