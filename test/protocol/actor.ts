import type { Round } from '../../shared/rounds/round.ts';
import { RgsError } from '../../shared/foundation/errors.ts';
import { type PlayRequest, playRound } from '../../shared/rounds/play-round.ts';
import { recoverRound } from '../../shared/rounds/recover-round.ts';
import { NOTHING } from '../../shared/money/money.ts';
import type { RecoveryRequest } from '../../shared/rounds/recovery-queue.ts';
import type { RoundAnswer } from '../../shared/rounds/round-answer.ts';
import type { Ledger } from '../../shared/rounds/ledger.ts';
import type { Wallet } from '../../shared/wallets/wallet.ts';
import type { WalletId } from '../../shared/foundation/ids.ts';
import { type Mistake, withWallets } from './mistakes.ts';
import type { Scenario } from './scenario.ts';
import type { WalletMessage } from './model-wallet.ts';
import { log, type Setting, sessionId, settings } from './setting.ts';
import type { World } from './world.ts';

/** An actor waits on this call. Somebody outside decides what becomes of it. */
export interface PendingCall {
  readonly name: string;
  /** Lets it take effect in a world; the result is what the actor would hear. */
  readonly effect: (world: World) => Promise<unknown>;
  readonly message: WalletMessage | undefined;
}

/** An actor heard this at this time. With the same answers at the same times it does the same again. */
export interface Answer {
  readonly result: unknown;
  readonly atMs: number;
}

/** It is what a call throws at an actor. */
export class Thrown {
  readonly error: RgsError;
  constructor(error: RgsError) {
    this.error = error;
  }
}

/** All that an actor has become, so that another one can be led to the same place. */
export interface ActorMemory {
  readonly role: Role;
  /** The number of its round. */
  readonly number: number;
  /** It would draw this seed for a round of its own. Two requests at work never draw the same. */
  readonly seed: number;
  readonly startedAtMs: number;
  /** The operator's wallet when it came. A process remembers its operators for some seconds. */
  readonly walletId: WalletId;
  readonly answers: readonly Answer[];
}

/** The same request may be at work twice: its repetition runs the same code. The last rollback is recovery's, too. */
export type Role = 'request' | 'recovery' | 'last rollback';

/**
 * The real use case at work. It is given the answers that it remembers, and stops at the first call without one.
 */
export class Actor {
  pending: PendingCall | undefined;
  finished = false;
  /** The player got this answer. */
  answer: RoundAnswer | undefined;
  /** Status and epoch of the round as it knows it. */
  #holds = 'nothing';
  #unknownStakes = 0;
  #wake: () => void = () => undefined;
  readonly #memory: ActorMemory;
  #heard = 0;
  /** The time of what it does now; between its calls no time passes. */
  #nowMs: number;

  private constructor(memory: ActorMemory) {
    this.#memory = memory;
    this.#nowMs = memory.startedAtMs;
  }

  /** Leads an actor to where it waits on a call that it does not remember, or to its end. */
  static async led(memory: ActorMemory, setting: Setting, mistake: Mistake | undefined): Promise<Actor> {
    const actor = new Actor(memory);
    const stopped = new Promise<void>((resolve) => (actor.#wake = resolve));
    void actor.#run(setting, mistake);
    await stopped;
    return actor;
  }

  /** Where it stands: what it does from here on depends on nothing else. */
  position(): string {
    const { role, number, seed, walletId } = this.#memory;
    const { name, message } = this.pending ?? {};
    const unknownStakes = name === 'debit' || name === 'bet-win' ? this.#unknownStakes : 0;
    return [
      role,
      number,
      seed,
      walletId,
      name,
      message?.transaction.transactionId,
      this.#holds,
      unknownStakes,
    ].join(' ');
  }

  async #run(setting: Setting, mistake: Mistake | undefined): Promise<void> {
    const { role, number, seed, walletId } = this.#memory;
    const { ledger, walletOf } = withWallets(mistake, walletId, this.#ledger(setting), (called) =>
      this.#wallet(called),
    );
    const clock = { nowMs: () => this.#nowMs };
    const ports = setting.ports({ clock, ledger, walletOf, seed, walletId });
    try {
      if (role === 'request')
        this.answer = await playRound(ports, settings, requestFor(number, setting.scenario));
      else await recoverRound(ports, settings, recoveryOf(number, role));
    } catch (error) {
      // A refusal is an answer; anything else is a fault of the code under test.
      if (!(error instanceof RgsError) || error.code === 'ILLEGAL_TRANSITION') throw error;
    } finally {
      this.finished = true;
      this.#wake();
    }
  }

  /** It stays unanswered for ever where the actor remembers no answer: whoever hears one is another actor. */
  async #call<T>(
    name: string,
    effect: (world: World) => Promise<unknown>,
    message?: WalletMessage,
  ): Promise<T> {
    const answer = this.#memory.answers[this.#heard];
    if (!answer) {
      this.pending = { name, effect, message };
      this.#wake();
      return new Promise<never>(() => undefined);
    }
    const { result, atMs } = answer;
    this.#heard += 1;
    this.#nowMs = atMs;
    const takesStake = name === 'debit' || name === 'bet-win';
    if (takesStake && kindOf(result) === 'unknown') this.#unknownStakes += 1;
    if (result instanceof Thrown) throw result.error;
    return result as T;
  }

  #hold({ status, epoch }: Round): void {
    this.#holds = `${status}/${epoch}`;
  }

  #ledger({ scenario }: Setting): Ledger {
    const read = async (name: string, effect: (world: World) => Promise<Round | undefined>) => {
      const round = await this.#call<Round | undefined>(name, effect);
      if (round) this.#hold(round);
      return round;
    };
    return {
      head: (ofLog) => read('head', ({ ledger }) => ledger.head(ofLog)),
      get: (reference) => read('get', ({ ledger }) => ledger.get(reference)),
      append: async (round) => {
        const result = await this.#call<Awaited<ReturnType<Ledger['append']>>>('append', ({ ledger }) =>
          ledger.append(round),
        );
        if (result.appended) this.#hold(result.round);
        return result;
      },
      save: async (next, present) => {
        const name = `save ${next.status}/${next.epoch} over ${present.status}/${present.epoch}`;
        const saved = await this.#call<Round | undefined>(name, ({ ledger }) => ledger.save(next, present));
        if (saved) this.#hold(saved);
        return saved;
      },
      // Nobody freezes a log where nobody forges, and reading that would be one more step of each recovery.
      isFrozen: async () =>
        scenario.forgeries !== undefined && this.#call('is frozen', async ({ isFrozen }) => isFrozen),
      find: notPartOfThis,
      markArchived: notPartOfThis,
      expire: notPartOfThis,
      unfinished: notPartOfThis,
    };
  }

  #wallet(walletId: WalletId): Wallet {
    const send = (message: WalletMessage): Promise<never> =>
      this.#call(message.call, async (world) => world.handle(message), message);
    return {
      debit: (transaction) => send({ call: 'debit', walletId, transaction }),
      credit: (transaction) => send({ call: 'credit', walletId, transaction }),
      betWin: (transaction) => send({ call: 'bet-win', walletId, transaction }),
      rollback: (transaction) => send({ call: 'rollback', walletId, transaction }),
      // The balance that a player is told is no part of this.
      balance: async () => ({ kind: 'acknowledged', balanceMinor: NOTHING }),
      ready: async () => undefined,
      authenticate: notPartOfThis,
    };
  }
}

function requestFor(number: number, { next }: Scenario): PlayRequest {
  const kind = number > 1 && next === 'bonus' ? 'bonus' : 'spin';
  return {
    gameCode: log.gameCode,
    sessionId,
    idempotencyKey: `key ${number}`,
    roundNumber: undefined,
    kind,
    betAmount: kind === 'spin' ? '1.00' : undefined,
    betLines: undefined,
  };
}

export function recoveryOf(number: number, role: Role): RecoveryRequest {
  return { log, number, purpose: role === 'recovery' ? 'finish' : 'confirm-void', attempt: 0 };
}

function notPartOfThis(): never {
  throw new Error('neither a request nor recovery makes this call');
}

function kindOf(result: unknown): unknown {
  return typeof result === 'object' && result !== null && 'kind' in result ? result.kind : undefined;
}
