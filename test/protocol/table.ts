import { recoverRound } from '../../shared/rounds/recover-round.ts';
import { archiveRounds } from '../../shared/archive/archive-rounds.ts';
import { isFinal } from '../../shared/rounds/round.ts';
import { transactionId } from '../../shared/rounds/transaction-id.ts';
import type { RecoveryRequest } from '../../shared/rounds/recovery-queue.ts';
import type { WalletId } from '../../shared/foundation/ids.ts';
import type { Wallet } from '../../shared/wallets/wallet.ts';
import { failed, type Role } from './actor.ts';
import { type Stand, Stands } from './stand.ts';
import { type Mistake, withWallets } from './mistakes.ts';
import { walletKinds, type WalletMessage } from './model-wallet.ts';
import { recoverTheRound, Setting, settings, World } from './world.ts';

export interface Scenario {
  /** A name of `walletKinds`. */
  readonly wallet: string;
  readonly wins: boolean;
  readonly mistake: Mistake | undefined;
  /** The operator may change to another wallet, at any moment and once. */
  readonly changesWallet?: boolean;
  /** This many messages are late at once; two, unless it is given. */
  readonly mostLate?: number;
  /** This many handlers are at work on the request at once; two, unless it is given. */
  readonly mostRequests?: number;
}

/** One thing that can happen next, and its name for the trace. */
export interface Move {
  readonly name: string;
  /** Makes it happen in a copy of the table that has the move. */
  readonly make: (copy: Table) => Promise<void> | void;
}

const unknown = { kind: 'unknown', reason: 'TIMEOUT' } as const;
const unsent = { kind: 'unknown', reason: 'NOT_SENT' } as const;
const refused = { kind: 'refused', code: 'WALLET_REFUSED' } as const;
/** The first handler's, that of the repeated request that took over from it, and recovery's: each may outlive its own. */
const LAST_TAKE_OVER = 1;

/** A world with its actors: what can happen next, and whether all is well. */
export class Table {
  readonly world: World;
  readonly scenario: Scenario;
  readonly #stands: Stands;
  /** Those who are at work. Each waits on a call. */
  actors: readonly Stand[] = [];

  private constructor(world: World, scenario: Scenario, stands: Stands) {
    this.world = world;
    this.scenario = scenario;
    this.#stands = stands;
  }

  static async open(scenario: Scenario): Promise<Table> {
    const kind = walletKinds[scenario.wallet];
    if (!kind) throw new Error(`there is no wallet that ${scenario.wallet}`);
    const setting = await Setting.of(kind, scenario.wins);
    const table = new Table(new World(setting), scenario, new Stands(setting, scenario.mistake));
    await table.#enter('request');
    return table;
  }

  /** Another table that is as this one is now. */
  copy(): Table {
    const table = new Table(this.world.copy(), this.scenario, this.#stands);
    table.actors = this.actors;
    return table;
  }

  async moves(): Promise<Move[]> {
    const moves = this.actors.flatMap((_, place) => this.#movesOf(place));
    for (const role of await this.#callers()) moves.push(entryOf(role));
    this.world.late.forEach((message, index) => moves.push(arrivalOf(message, index)));
    const { wallet } = this.world;
    if (!wallet.sessionEnded)
      moves.push({ name: 'the session ends', make: ({ world }) => world.endSession() });
    if (this.scenario.changesWallet && !this.world.hasMoved)
      moves.push({
        name: 'the operator moves to another wallet',
        make: ({ world }) => void (world.hasMoved = true),
      });
    if (wallet.kind.checksFundsFirst && !wallet.hasSpent)
      moves.push({
        name: 'the player spends the balance elsewhere',
        make: ({ world }) => world.wallet.spend(),
      });
    return moves;
  }

  /**
   * Two tables with the same digest have the same futures. Two with the same digest of their world have the same futures
   * once whoever is at work has died.
   */
  async digest(): Promise<{ readonly world: string; readonly whole: string }> {
    const round = await this.world.round();
    const stored = round && [
      round.sealedOpening[0],
      round.status,
      round.epoch,
      round.walletId,
      this.world.nowMs - round.updatedAtMs >= settings.leaseMs,
    ];
    const late = this.world.late
      .map(({ call, walletId, transaction }) => `${call} ${walletId} ${transaction.transactionId}`)
      .sort();
    const { wallet, second, hasMoved } = this.world;
    const world = JSON.stringify([stored, late, wallet.digest(), second.digest(), hasMoved]);
    const actors = this.actors.map(({ position }) => position).sort();
    // The ids of the same round differ with the time at which it began.
    const id = round && transactionId(round, 'debit').replace(/debit$/, '');
    const withoutId = (text: string) => (id ? text.replaceAll(id, '') : text);
    return { world: withoutId(world), whole: withoutId([world, ...actors].join('\n')) };
  }

  /** What must hold at every moment. @returns what is wrong, if anything is */
  async violation(): Promise<string | undefined> {
    const { stakesTaken, winsPaid } = this.world;
    const round = await this.world.round();
    if (winsPaid > 1) return 'the win was paid twice';
    if (stakesTaken > 1) return 'the stake was charged twice';
    // A win that came with its stake also goes with it, when the rollback arrives.
    if (this.world.wallet.kind.calls === 'bet-win') return undefined;
    const voided = round?.status === 'VOIDING' || round?.status === 'VOIDED';
    if (winsPaid > 0 && voided) return 'a win was paid on a voided round';
    if (winsPaid > 0 && round?.status === 'INTENT') return 'a win was paid before the round was committed';
    return undefined;
  }

  /**
   * From here on nothing fails: whoever is at work dies, what is late arrives (`lateFirst`: before recovery), recovery
   * runs until the round is final, and the last rollback follows. Consumes the table.
   */
  async endViolation(lateFirst: boolean): Promise<string | undefined> {
    this.actors = [];
    if (!(await this.world.round())) return undefined;
    if (lateFirst) this.#deliverAll();
    const { world } = this;
    const clock = { nowMs: () => world.nowMs };
    const ports = world.setting.ports({ clock, walletId: world.walletId, ...this.#plainPorts() });
    for (let turn = 0; turn < 4; turn += 1) {
      this.world.nowMs += settings.leaseMs;
      await recoverRound(ports, settings, recoverTheRound);
    }
    if (!lateFirst) this.#deliverAll();
    for (const request of await this.#askedForAtTheEnd()) await recoverRound(ports, settings, request);
    return (await this.violation()) ?? this.#settledViolation();
  }

  /** What the stream has the queue hold, when it tells that the round has ended. */
  async #askedForAtTheEnd(): Promise<readonly RecoveryRequest[]> {
    const after = await this.world.round();
    if (!after || this.scenario.mistake === 'no-second-rollback') return [];
    const asked: RecoveryRequest[] = [];
    await archiveRounds(
      {
        clock: { nowMs: () => this.world.nowMs },
        ledger: this.world.ledger,
        archive: { write: async () => undefined },
        events: { publish: async () => undefined },
        recovery: { send: async (requests) => void asked.push(...requests) },
      },
      { ...settings, hotRetentionMs: 0 },
      [{ before: undefined, after }],
      'batch',
    );
    return asked;
  }

  async #settledViolation(): Promise<string | undefined> {
    const round = await this.world.round();
    if (!round || !isFinal(round)) return `the round never became final (${round?.status})`;
    const { stakesTaken, winsPaid } = this.world;
    const committed = round.status === 'COMMITTED' || round.status === 'CREDITED';
    if (committed && stakesTaken !== 1) return 'a committed round was not paid for';
    if (!committed && stakesTaken !== 0) return `a stake was kept on a round that is ${round.status}`;
    if (!committed && winsPaid !== 0) return `a win was kept on a round that is ${round.status}`;
    if (committed && this.scenario.wins && winsPaid !== 1) return 'a committed win was not paid';
    return undefined;
  }

  #movesOf(place: number): Move[] {
    const { role, pending } = this.actors[place] ?? {};
    if (!pending) return [];
    const { name, effect, message } = pending;
    const { mostLate = 2 } = this.scenario;
    const go = (what: string, make: Move['make']): Move => ({ name: `${role}: ${name} ${what}`, make });
    const hears = (result: unknown) => (table: Table) => table.#hears(place, result);
    const works = async (table: Table) => table.#hears(place, await effect(table.world));
    const dies = (table: Table) => table.#dies(place);
    const takesEffect = (then: Move['make']) => async (table: Table) => {
      await effect(table.world);
      await then(table);
    };
    const copied = (then: Move['make']) => (table: Table) => {
      if (message) table.world.late = [...table.world.late, message];
      return then(table);
    };
    const moves = [go('works', works), go('is not sent: the actor dies', dies)];
    // After a read, dying is the same as before it.
    if (name === 'head' || name === 'get') return [...moves, go('fails', hears(failed))];
    moves.push(go('works, and the actor dies', takesEffect(dies)));
    if (!message) {
      moves.push(
        go('fails', hears(failed)),
        go('works, and is said to have failed', takesEffect(hears(failed))),
      );
      return moves;
    }
    moves.push(
      go('takes effect, the reply is lost', takesEffect(hears(unknown))),
      go('is lost', hears(unknown)),
    );
    const mayBeLate = this.world.late.length < mostLate;
    if (mayBeLate) moves.push(go('works, and a second copy of it is on its way', copied(works)));
    if (message.call === 'debit' || message.call === 'bet-win')
      moves.push(go('is not sent, and its caller knows', hears(unsent)));
    if (message.call === 'credit') moves.push(go('is refused', hears(refused)));
    if (mayBeLate) moves.push(go('is late', copied(hears(unknown))));
    return moves;
  }

  async #hears(place: number, result: unknown): Promise<void> {
    const stand = await this.actors[place]?.after({ result, atMs: this.world.nowMs });
    const others = this.actors.filter((_, other) => other !== place);
    this.actors = stand?.pending ? [...others, stand] : others;
  }

  #dies(place: number): void {
    this.actors = this.actors.filter((_, other) => other !== place);
  }

  /** Who may come: the same request again and recovery, each as often as it likes but one at a time. */
  async #callers(): Promise<Role[]> {
    const round = await this.world.round();
    const atWork = (role: Role) => this.actors.filter((actor) => actor.role === role).length;
    if (round && isFinal(round)) {
      const comes = (await this.#askedForAtTheEnd()).length > 0 && atWork('last rollback') === 0;
      return comes ? ['last rollback'] : [];
    }
    const mayTakeOver = !round || round.status !== 'INTENT' || round.epoch <= LAST_TAKE_OVER;
    const mayRepeat = atWork('request') < (this.scenario.mostRequests ?? 2) && mayTakeOver;
    const mayRecover = round && atWork('recovery') === 0;
    return [...(mayRepeat ? ['request' as const] : []), ...(mayRecover ? ['recovery' as const] : [])];
  }

  /** Others come when the lease has run out: before that they change nothing. The first may still be at work. */
  async comes(role: Role): Promise<void> {
    this.world.nowMs += settings.leaseMs;
    await this.#enter(role);
  }

  async #enter(role: Role): Promise<void> {
    const taken = this.actors.some(({ seed }) => seed === 1);
    const { nowMs: startedAtMs, walletId } = this.world;
    const stand = await this.#stands.enter({ role, seed: taken ? 2 : 1, startedAtMs, walletId });
    if (stand.pending) this.actors = [...this.actors, stand];
  }

  #deliverAll(): void {
    for (const message of this.world.late) this.world.handle(message);
    this.world.late = [];
  }

  /** Nothing fails and nothing waits. */
  #plainPorts() {
    const { world } = this;
    const send = async (message: WalletMessage) => world.handle(message) as never;
    const walletOf = (walletId: WalletId): Wallet => ({
      debit: (transaction) => send({ call: 'debit', walletId, transaction }),
      credit: (transaction) => send({ call: 'credit', walletId, transaction }),
      betWin: (transaction) => send({ call: 'bet-win', walletId, transaction }),
      rollback: (transaction) => send({ call: 'rollback', walletId, transaction }),
      balance: async () => ({ kind: 'acknowledged', balanceMinor: world.booksOf(walletId).balanceMinor }),
      ready: async () => undefined,
      authenticate: async () => undefined,
    });
    return withWallets(this.scenario.mistake, world.walletId, world.ledger, walletOf);
  }
}

function entryOf(role: Role): Move {
  return { name: `${role} comes`, make: (table) => table.comes(role) };
}

function arrivalOf(message: WalletMessage, index: number): Move {
  return {
    name: `the late ${message.call} arrives`,
    make: ({ world }) => {
      world.late = world.late.filter((_, position) => position !== index);
      world.handle(message);
    },
  };
}
