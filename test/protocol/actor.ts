import type { Round } from '../../shared/rounds/round.ts';
import { DependencyError, RgsError } from '../../shared/foundation/errors.ts';
import { playRound } from '../../shared/rounds/play-round.ts';
import { recoverRound } from '../../shared/rounds/recover-round.ts';
import type { Ledger } from '../../shared/rounds/ledger.ts';
import type { Wallet } from '../../shared/wallets/wallet.ts';
import type { WalletId } from '../../shared/foundation/ids.ts';
import { type Mistake, withWallets } from './mistakes.ts';
import type { WalletMessage } from './model-wallet.ts';
import { log, recoverTheRound, rollItBackAgain, sessionId, settings, type World } from './world.ts';

/** A call that an actor waits on. What becomes of it is decided from outside. */
export interface PendingCall {
  readonly name: string;
  /** Lets it take effect; the result is what the actor would hear. */
  readonly effect: () => Promise<unknown>;
  readonly message: WalletMessage | undefined;
  readonly answer: (result: unknown) => void;
  /** Its adapter throws instead. */
  readonly fail: () => void;
}

/** What an actor heard, and when: with the same answers at the same times it does the same again. */
interface Answer {
  /** Of a call that failed, `failed`. */
  readonly result: unknown;
  readonly atMs: number;
}
const failed = Symbol('failed');

/** All that an actor has become, to make another one that goes on from there. */
export interface ActorMemory {
  readonly role: Role;
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
 * The real use case at work, stopped at each call of the ledger or the wallet.
 */
export class Actor {
  readonly role: Role;
  readonly seed: number;
  pending: PendingCall | undefined;
  finished = false;
  /** Status and epoch of the round as it knows it. */
  #holds = 'nothing';
  #unknownStakes = 0;
  #wake: () => void = () => undefined;
  readonly #world: World;
  readonly #startedAtMs: number;
  readonly #walletId: WalletId;
  readonly #answers: Answer[] = [];
  /** Of calls that have had their effect. */
  readonly #remembered: Answer[];
  /** The time of what it does now; between its calls no time passes. */
  #nowMs: number;

  constructor(memory: ActorMemory, world: World, mistake: Mistake | undefined) {
    this.role = memory.role;
    this.seed = memory.seed;
    this.#world = world;
    this.#startedAtMs = memory.startedAtMs;
    this.#walletId = memory.walletId;
    this.#nowMs = memory.startedAtMs;
    this.#remembered = [...memory.answers];
    void this.#run(world, mistake);
  }

  get alive(): boolean {
    return !this.finished;
  }

  get memory(): ActorMemory {
    const { role, seed } = this;
    const [startedAtMs, walletId] = [this.#startedAtMs, this.#walletId];
    return { role, seed, startedAtMs, walletId, answers: [...this.#answers] };
  }

  /** Where it stands: what it does from here on depends on nothing else. */
  position(): string {
    const { name, message } = this.pending ?? {};
    const unknownStakes = name === 'debit' || name === 'bet-win' ? this.#unknownStakes : 0;
    return [
      this.role,
      this.seed,
      this.#walletId,
      name,
      message?.transaction.transactionId,
      this.#holds,
      unknownStakes,
    ].join(' ');
  }

  /** Resolves when the actor waits on a call or has come to its end. */
  async settled(): Promise<void> {
    while (!this.pending && !this.finished) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** It is never heard of again. */
  die(): void {
    this.finished = true;
    this.pending = undefined;
  }

  async #run(world: World, mistake: Mistake | undefined): Promise<void> {
    const clock = { nowMs: () => this.#nowMs };
    const [seed, walletId] = [this.seed, this.#walletId];
    const { ledger, walletOf } = withWallets(mistake, walletId, this.#ledger(world), (called) =>
      this.#wallet(world, called),
    );
    const ports = { ...world.ports(ledger, walletOf, { seed, walletId }), clock };
    try {
      if (this.role === 'request')
        await playRound(ports, settings, { gameCode: log.gameCode, sessionId, ...theSpin });
      else await recoverRound(ports, settings, this.role === 'recovery' ? recoverTheRound : rollItBackAgain);
    } catch (error) {
      // A refusal is an answer; anything else is a fault of the code under test.
      if (!(error instanceof RgsError) || error.code === 'ILLEGAL_TRANSITION') throw error;
    } finally {
      this.finished = true;
      this.#wake();
    }
  }

  #call<T>(name: string, effect: () => Promise<T>, message?: WalletMessage): Promise<T> {
    const hear = ({ result, atMs }: Answer): T => {
      this.#answers.push({ result, atMs });
      this.#nowMs = atMs;
      const takesStake = name === 'debit' || name === 'bet-win';
      if (takesStake && kindOf(result) === 'unknown') this.#unknownStakes += 1;
      if (result === failed) throw new DependencyError('SERVICE_UNAVAILABLE', 'DynamoDB gave no answer');
      return result as T;
    };
    return new Promise<Answer>((resolve) => {
      const remembered = this.#remembered.shift();
      if (remembered) return resolve(remembered);
      const answer = (result: unknown) => {
        this.pending = undefined;
        resolve({ result, atMs: this.#world.nowMs });
      };
      this.pending = { name, effect, message, answer, fail: () => answer(failed) };
      this.#wake();
    }).then(hear);
  }

  async #learn(reading: Promise<Round | undefined>): Promise<Round | undefined> {
    const round = await reading;
    if (round) this.#hold(round);
    return round;
  }

  #hold({ status, epoch }: Round): void {
    this.#holds = `${status}/${epoch}`;
  }

  #ledger({ ledger }: World): Ledger {
    return {
      head: (ofLog) => this.#learn(this.#call('head', () => ledger.head(ofLog))),
      get: (reference) => this.#learn(this.#call('get', () => ledger.get(reference))),
      find: (roundId) => ledger.find(roundId),
      list: (ofLog, page) => ledger.list(ofLog, page),
      append: async (round) => {
        const result = await this.#call('append', () => ledger.append(round));
        if (result.appended) this.#hold(result.round);
        return result;
      },
      save: async (next, present) => {
        const name = `save ${next.status}/${next.epoch} over ${present.status}/${present.epoch}`;
        const saved = await this.#call(name, () => ledger.save(next, present));
        if (saved) this.#hold(saved);
        return saved;
      },
      isFrozen: (ofLog) => ledger.isFrozen(ofLog),
      markArchived: (reference) => ledger.markArchived(reference),
      expire: (reference, expiresAtMs) => ledger.expire(reference, expiresAtMs),
      unfinished: (beforeMs, part) => ledger.unfinished(beforeMs, part),
    };
  }

  #wallet(world: World, walletId: WalletId): Wallet {
    const send = (message: WalletMessage): Promise<never> =>
      this.#call(message.call, async () => world.handle(message) as never, message);
    return {
      debit: (transaction) => send({ call: 'debit', walletId, transaction }),
      credit: (transaction) => send({ call: 'credit', walletId, transaction }),
      betWin: (transaction) => send({ call: 'bet-win', walletId, transaction }),
      rollback: (transaction) => send({ call: 'rollback', walletId, transaction }),
      balance: async () => ({ kind: 'acknowledged', balanceMinor: world.booksOf(walletId).balanceMinor }),
      ready: async () => undefined,
      authenticate: async () => undefined,
    };
  }
}

const theSpin = {
  idempotencyKey: 'key',
  roundNumber: undefined,
  kind: 'spin',
  betAmount: '1.00',
  betLines: undefined,
} as const;

function kindOf(result: unknown): unknown {
  return typeof result === 'object' && result !== null && 'kind' in result ? result.kind : undefined;
}
