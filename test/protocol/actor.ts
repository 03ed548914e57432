import { RgsError } from '../../shared/domain/errors.ts';
import { playRound } from '../../shared/usecases/play-round.ts';
import { recoverRound } from '../../shared/usecases/recover-round.ts';
import type { Ledger } from '../../shared/ports/ledger.ts';
import type { Wallet, WalletTransaction } from '../../shared/ports/wallet.ts';
import { type Mistake, withMistake } from './mistakes.ts';
import type { WalletMessage } from './model-wallet.ts';
import { log, recoverTheRound, sessionId, settings, type World } from './world.ts';

/** A call that an actor waits on. What becomes of it is decided from outside. */
export interface PendingCall {
  readonly name: string;
  /** Lets it take effect; the result is what the actor would hear. */
  readonly effect: () => Promise<unknown>;
  readonly message: WalletMessage | undefined;
  readonly answer: (result: unknown) => void;
}

export type Role = 'player' | 'player again' | 'recovery';

/**
 * The real use case at work, stopped at each call of the ledger or the wallet. Its calls are deterministic, so that what
 * it has heard so far is all there is to know of it.
 */
export class Actor {
  readonly role: Role;
  readonly heard: string[] = [];
  pending: PendingCall | undefined;
  finished = false;
  readonly #world: World;
  #wake: () => void = () => undefined;

  constructor(role: Role, world: World, mistake: Mistake | undefined) {
    this.role = role;
    this.#world = world;
    const stopped = withMistake(mistake, { ledger: this.#ledger(world), wallet: this.#wallet(world) });
    void this.#run(world, stopped);
  }

  get alive(): boolean {
    return !this.finished;
  }

  /** Resolves when the actor waits on a call or has come to its end. */
  async settled(): Promise<void> {
    while (!this.pending && !this.finished) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** It is never heard of again. */
  die(): void {
    this.finished = true;
    this.pending = undefined;
    this.heard.push('died');
  }

  async #run(world: World, { ledger, wallet }: { ledger: Ledger; wallet: Wallet }): Promise<void> {
    const ports = world.ports(ledger, wallet);
    try {
      if (this.role === 'recovery') await recoverRound(ports, settings, recoverTheRound);
      else await playRound(ports, settings, { gameCode: log.gameCode, sessionId, ...theSpin });
    } catch (error) {
      // A refusal is an answer; anything else is a fault of the code under test.
      if (!(error instanceof RgsError) || error.code === 'ILLEGAL_TRANSITION') throw error;
    } finally {
      if (!this.finished) this.heard.push('end');
      this.finished = true;
      this.#wake();
    }
  }

  #call<T>(name: string, effect: () => Promise<T>, message?: WalletMessage): Promise<T> {
    return new Promise<T>((resolve) => {
      const answer = (result: unknown) => {
        this.heard.push(`${name}: ${inShort(result, this.#world.nowMs)}`);
        this.pending = undefined;
        resolve(result as T);
      };
      this.pending = { name, effect, message, answer };
      this.#wake();
    });
  }

  #ledger({ ledger }: World): Ledger {
    return {
      head: (ofLog) => this.#call('head', () => ledger.head(ofLog)),
      get: (reference) => this.#call('get', () => ledger.get(reference)),
      find: (roundId) => ledger.find(roundId),
      list: (ofLog, page) => ledger.list(ofLog, page),
      append: (round) => this.#call('append', () => ledger.append(round)),
      save: (next, fence) => this.#call(`save ${next.status}`, () => ledger.save(next, fence)),
      expire: (reference, expiresAtMs) => ledger.expire(reference, expiresAtMs),
      unfinished: (beforeMs) => ledger.unfinished(beforeMs),
    };
  }

  #wallet({ wallet }: World): Wallet {
    const send = (call: WalletMessage['call'], transaction: WalletTransaction): Promise<never> => {
      const message: WalletMessage = { call, transaction };
      return this.#call(call, async () => wallet.handle(message) as never, message);
    };
    return {
      debit: (transaction) => send('debit', transaction),
      credit: (transaction) => send('credit', transaction),
      rollback: (transaction) => send('rollback', transaction),
      balance: async () => ({ kind: 'acknowledged', balanceMinor: wallet.balanceMinor }),
      authenticate: async () => undefined,
    };
  }
}

const theSpin = { idempotencyKey: 'key', kind: 'spin', betAmount: '1.00', betLines: undefined } as const;

/** Of what a call answered, the part that a use case's next steps can depend on. */
function inShort(result: unknown, nowMs: number): string {
  if (typeof result !== 'object' || result === null) return String(result);
  const { status, epoch, updatedAtMs, kind, appended } = result as Record<string, unknown>;
  const stale = typeof updatedAtMs === 'number' ? nowMs - updatedAtMs >= settings.leaseMs : undefined;
  return [status, epoch, stale, kind, appended].filter((part) => part !== undefined).join('/');
}
