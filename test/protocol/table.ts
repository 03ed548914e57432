import { archiveRounds } from '../../shared/archive/archive-rounds.ts';
import { RgsError } from '../../shared/foundation/errors.ts';
import type { WalletId } from '../../shared/foundation/ids.ts';
import { isFinal, type Round } from '../../shared/rounds/round.ts';
import { answerTo, type RoundAnswer } from '../../shared/rounds/round-answer.ts';
import { recoverRound } from '../../shared/rounds/recover-round.ts';
import type { RecoveryRequest } from '../../shared/rounds/recovery-queue.ts';
import type { Wallet } from '../../shared/wallets/wallet.ts';
import { type PendingCall, recoveryOf, type Role, Thrown } from './actor.ts';
import { type Fate, fatesOf } from './fates.ts';
import {
  type Forgery,
  forge,
  forgeriesIn,
  judge,
  nameOf,
  stateText,
  watched,
  writtenDigest,
} from './insider.ts';
import { withWallets } from './mistakes.ts';
import type { WalletMessage } from './model-wallet.ts';
import { violationAtEnd, violationIn } from './rules.ts';
import type { Scenario } from './scenario.ts';
import { Setting, settings } from './setting.ts';
import { type Stand, Stands } from './stand.ts';
import { World } from './world.ts';

/** One thing that can happen next, and its name for the trace. */
export interface Move {
  readonly name: string;
  /** Makes it happen in a copy of the table that has the move. */
  readonly make: (copy: Table) => Promise<void> | void;
}

/** The first handler's, that of the repeated request that took over from it, and recovery's: each may outlive its own. */
const LAST_TAKE_OVER = 1;

interface Caller {
  readonly role: Role;
  readonly number: number;
}

/** A world with its actors: what can happen next, and whether all is well. */
export class Table {
  readonly world: World;
  readonly #stands: Stands;
  /** Those who are at work. Each waits on a call. */
  #actors: readonly Stand[] = [];

  private constructor(world: World, stands: Stands) {
    this.world = world;
    this.#stands = stands;
  }

  static async open(scenario: Scenario): Promise<Table> {
    const setting = await Setting.of(scenario);
    const table = new Table(new World(setting), new Stands(setting, scenario.mistake));
    await table.#enter({ role: 'request', number: 1 });
    if (scenario.next === 'bonus') await table.#playsUndisturbed();
    return table;
  }

  /** Everything that the only actor waits on works. */
  async #playsUndisturbed(): Promise<void> {
    for (let [actor] = this.#actors; actor?.pending; [actor] = this.#actors)
      await this.#hears(0, await resultOf(this.world, actor.pending.effect));
  }

  /** Another table that is as this one is now. */
  copy(): Table {
    const table = new Table(this.world.copy(), this.#stands);
    table.#actors = this.#actors;
    return table;
  }

  async moves(): Promise<Move[]> {
    const moves = this.#actors.flatMap((_, place) => this.#movesOf(place));
    for (const caller of await this.#callers()) moves.push(...this.#entriesOf(caller));
    this.world.late.forEach((message, index) => moves.push(arrivalOf(message, index)));
    const { wallet, hasMoved, forgeries } = this.world;
    const { changesWallet, forgeries: mostForgeries = 0 } = this.#scenario;
    if (!wallet.sessionEnded)
      moves.push({ name: 'the session ends', make: ({ world }) => world.endSession() });
    if (changesWallet && !hasMoved)
      moves.push({
        name: 'the operator moves to another wallet',
        make: ({ world }) => void (world.hasMoved = true),
      });
    if (wallet.kind.checksFundsFirst && !wallet.hasSpent)
      moves.push({
        name: 'the player spends the balance elsewhere',
        make: ({ world }) => world.wallet.spend(),
      });
    if (forgeries < mostForgeries)
      for (const forgery of forgeriesIn(this.world))
        moves.push({ name: forgery.name, make: (table) => table.#forges(forgery) });
    return moves;
  }

  /**
   * Two tables with the same digest have the same futures. Two with the same digest of their world have the same futures
   * once whoever is at work has died.
   */
  async digest(): Promise<{ readonly world: string; readonly whole: string }> {
    const { world } = this;
    const rounds = [...world.rounds.values()];
    const late = world.late
      .map(({ call, walletId, transaction }) => `${call} ${walletId} ${transaction.transactionId}`)
      .sort();
    const text = [
      ...rounds.map((round) => stateText(round, world.nowMs)),
      writtenDigest(world),
      `${world.forgeries} ${world.hasUnjudged} ${world.isFrozen} ${world.hasMoved}`,
      ...late,
      ...world.books.map((books) => books.digest()),
    ].join('\n');
    const actors = this.#actors.map(({ position }) => position).sort();
    const named = namesFor([...rounds, ...world.written]);
    return { world: named(text), whole: named([text, ...actors].join('\n')) };
  }

  violation(): string | undefined {
    return violationIn(this.world);
  }

  /**
   * From here on nothing fails: whoever is at work dies, what is late arrives (`lateFirst`: before recovery), recovery
   * runs until the rounds are final, and the last rollbacks follow. Consumes the table.
   */
  async endViolation(lateFirst: boolean): Promise<string | undefined> {
    const { world } = this;
    this.#actors = [];
    if (lateFirst) this.#deliverAll();
    for (let turn = 0; turn < 4; turn += 1) {
      world.nowMs += settings.leaseMs;
      await judge(world);
      for (const number of world.rounds.keys()) await this.#recover(recoveryOf(number, 'recovery'));
    }
    if (!lateFirst) this.#deliverAll();
    for (const round of world.rounds.values())
      for (const request of await this.#askedForAtTheEnd(round)) await this.#recover(request);
    return violationIn(world) ?? violationAtEnd(world);
  }

  get #scenario(): Scenario {
    return this.world.setting.scenario;
  }

  async #recover(request: RecoveryRequest): Promise<void> {
    const { world } = this;
    const clock = { nowMs: () => world.nowMs };
    const ports = world.setting.ports({ clock, walletId: world.walletId, ...this.#plainPorts() });
    await orParked(recoverRound(ports, settings, request));
  }

  /** What the stream has the queue hold, when it tells that the round has ended. */
  async #askedForAtTheEnd(after: Round): Promise<readonly RecoveryRequest[]> {
    if (this.#scenario.mistake === 'no-second-rollback') return [];
    const asked: RecoveryRequest[] = [];
    const archiving = archiveRounds(
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
    await orParked(archiving);
    return asked;
  }

  #movesOf(place: number): Move[] {
    const actor = this.#actors[place];
    if (!actor?.pending) return [];
    const { number, pending } = actor;
    const who = nameOfCaller(actor);
    const { mostLate = 2, next } = this.#scenario;
    const fates = fatesOf(pending, this.world.late.length < mostLate);
    // The states of two spins multiply, so at the second one handlers only die. The first goes through all that can happen.
    const possible =
      number > 1 && next === 'spin' ? fates.filter(({ hears }) => typeof hears === 'string') : fates;
    return possible.map((fate) => ({
      name: `${who}: ${pending.name} ${fate.what}`,
      make: (table) => table.#meets(place, pending, fate),
    }));
  }

  async #meets(place: number, { effect, message }: PendingCall, fate: Fate): Promise<void> {
    const result = fate.takesEffect ? await resultOf(this.world, effect) : undefined;
    if (fate.leavesCopy && message) this.world.late = [...this.world.late, message];
    if (fate.hears === 'nothing') this.#dies(place);
    else await this.#hears(place, fate.hears === 'result' ? result : fate.hears.instead);
  }

  async #hears(place: number, result: unknown): Promise<void> {
    const actor = this.#actors[place];
    const stand = await actor?.after({ result, atMs: this.world.nowMs });
    const others = this.#actors.filter((_, other) => other !== place);
    this.#actors = stand?.pending ? [...others, stand] : others;
    if (stand?.answer) this.#compare(stand.answer, this.world.rounds.get(stand.number));
  }

  #dies(place: number): void {
    this.#actors = this.#actors.filter((_, other) => other !== place);
  }

  /** A committed outcome never changes, so whoever gets the round's own answer gets the same one as all the others. */
  #compare(answer: RoundAnswer, round: Round | undefined): void {
    const text = (told: RoundAnswer) => JSON.stringify({ ...told, winPending: undefined });
    const isTheRoundsOwn = round && 'outcome' in round && text(answerTo(round)) === text(answer);
    if (!isTheRoundsOwn) this.world.wrongAnswer = "a request got an answer that is not the round's";
  }

  /** Who may come: the same request again and recovery, each as often as it likes but one at a time. */
  async #callers(): Promise<Caller[]> {
    const { rounds } = this.world;
    const callers: Caller[] = [];
    for (const number of this.#scenario.next && rounds.has(1) ? [1, 2] : [1]) {
      const atWork = (role: Role) =>
        this.#actors.filter((actor) => actor.role === role && actor.number === number).length;
      const round = rounds.get(number);
      if (round && isFinal(round)) {
        const isAsked = (await this.#askedForAtTheEnd(round)).length > 0;
        if (isAsked && atWork('last rollback') === 0) callers.push({ role: 'last rollback', number });
        continue;
      }
      const mayTakeOver = !round || round.status !== 'INTENT' || round.epoch <= LAST_TAKE_OVER;
      if (atWork('request') < (this.#scenario.mostRequests ?? 2) && mayTakeOver)
        callers.push({ role: 'request', number });
      if (round && atWork('recovery') === 0) callers.push({ role: 'recovery', number });
    }
    return callers;
  }

  /**
   * Others come when the lease has run out: before that they change nothing. The first may still be at work. The consumer has
   * judged every change by then. Only a request may come between a forgery and its judgement.
   */
  #entriesOf(caller: Caller): Move[] {
    const who = nameOfCaller(caller);
    const later = async (table: Table) => {
      await table.#waits();
      await table.#enter(caller);
    };
    const moves: Move[] = [{ name: `${who} comes`, make: later }];
    if (this.world.hasUnjudged && caller.role === 'request')
      moves.push({ name: `${who} comes at once`, make: (table) => table.#enter(caller) });
    return moves;
  }

  /**
   * A lease goes by. Where somebody forges, nobody at work outlives it: the forger could let a handler write that has paused
   * for so long between its read and its write. docs/rounds.md names that among what is not stopped.
   */
  async #waits(): Promise<void> {
    this.world.nowMs += settings.leaseMs;
    if (this.#scenario.forgeries) this.#actors = [];
    await judge(this.world);
  }

  /** The forger waits until no lease is in the way. */
  async #forges(forgery: Forgery): Promise<void> {
    await this.#waits();
    await forge(this.world, forgery);
  }

  async #enter({ role, number }: Caller): Promise<void> {
    const taken = this.#actors.some(({ seed }) => seed === 1);
    const { nowMs: startedAtMs, walletId } = this.world;
    const stand = await this.#stands.enter({ role, number, seed: taken ? 2 : 1, startedAtMs, walletId });
    if (stand.pending) this.#actors = [...this.#actors, stand];
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
    return withWallets(this.#scenario.mistake, world.walletId, world.ledger, walletOf);
  }
}

/** A record that nobody can read is parked, and what was to be done with it is not done. */
async function orParked(doing: Promise<unknown>): Promise<void> {
  try {
    await doing;
  } catch (error) {
    if (!(error instanceof RgsError) || error.code !== 'CORRUPT_RECORD') throw error;
  }
}

function nameOfCaller({ role, number }: Caller): string {
  return number === 1 ? role : `${role} for round ${number}`;
}

async function resultOf(world: World, effect: (world: World) => Promise<unknown>): Promise<unknown> {
  try {
    return await watched(world, effect);
  } catch (error) {
    if (error instanceof RgsError) return new Thrown(error);
    throw error;
  }
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

/** The ids of the same round differ with the time at which it began, so each is given a name by its place. */
function namesFor(rounds: readonly Round[]): (text: string) => string {
  const ids = [...new Set(rounds.map(nameOf))];
  return (text) => ids.reduce((named, id, place) => named.replaceAll(id, `#${place}:`), text);
}
