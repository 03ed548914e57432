import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { keptAsItem } from './ledger-port.ts';
import type { Context } from 'aws-lambda';
import { createHash } from 'node:crypto';
import { handler as sweep } from '../../functions/rounds/sweep-rounds/handler.ts';
import { type StageSettings, stageSettings } from '../../infra/stages.ts';
import { type MinorAmount, minorAmount, minus, NOTHING } from '../../shared/money/money.ts';
import { MemoryRecoveryMarks } from '../../shared/rounds/adapters/memory-recovery-marks.ts';
import { MemoryLedger } from '../../shared/rounds/adapters/memory-ledger.ts';
import { MemorySessions } from '../../shared/sessions/adapters/memory-sessions.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import type { OperatorId, WalletId } from '../../shared/foundation/ids.ts';
import type { Game } from '../../shared/games/game.ts';
import type { Operator } from '../../shared/operators/operator.ts';
import { mainWallet } from '../../shared/operators/operator.fixture.ts';
import type { Registry } from '../../shared/games/registry.ts';
import { Api } from './api.ts';
import { Decisions } from './decisions.ts';
import { Device } from './device.ts';
import { engineHash } from './engine.ts';
import type { Fault, PortCall } from './faults.ts';
import { Insider } from './insider.ts';
import { Invocation } from './invocation.ts';
import { MemoryTable } from './memory-table.ts';
import { Oracle, Violation } from './oracle.ts';
import { type Closure, type Holder, isVictim, type Plan, planOf, START_MS } from './plan.ts';
import { OperatorWallets } from './operator-wallets.ts';
import { portsOf } from './ports.ts';
import { RecoveryQueueService, roundOf } from './queue.ts';
import { name as nameOfRound } from './recompute.ts';
import { hash, SeededRandom } from './random.ts';
import { LedgerStream } from './stream.ts';
import { Timeline } from './timeline.ts';
import type { RunningInvocation } from './running-invocation.ts';
import type { Ports, RunningOperator, WorldView } from './world-view.ts';

const DAY_MS = 86_400_000;
const LEFT_BEHIND_MINOR = minorAmount(1_000_000n);
const LONGEST_MS = 7 * DAY_MS;
export const GAME = ids.game('simulated');

export interface WorldOptions {
  readonly seed: string;
  readonly focus?: { readonly call: PortCall; readonly fault: Fault };
  /** Only these decisions; without it, all that are drawn. */
  readonly allowed?: ReadonlySet<string>;
  /** Keeps a line for everything that happens. */
  readonly trace?: boolean;
  /** Whether calls pass through the product's adapters, where that is not drawn. */
  readonly adapters?: boolean;
  /** Instead of the plan that follows from the seed. */
  readonly plan?: Plan;
  /** Instead of production's. */
  readonly settings?: StageSettings;
}

/** Operators, players, a ledger, queues, a stream, wallets and a clock: all that a run of the product touches. */
export class World implements WorldView {
  readonly seed: string;
  readonly plan: Plan;
  readonly focus: WorldOptions['focus'];
  readonly settings: StageSettings;
  readonly timeline = new Timeline(START_MS);
  readonly decisions: Decisions;
  readonly ledger = new MemoryLedger(new RoundMacs(openMacs), keptAsItem);
  readonly marks = new MemoryRecoveryMarks(this.ledger);
  readonly table = new MemoryTable();
  readonly sessions = new MemorySessions();
  readonly oracle: Oracle;
  readonly queue: RecoveryQueueService;
  readonly stream: LedgerStream;
  readonly insider: Insider;
  readonly api: Api;
  readonly registry: Registry;
  /** As a process may have it that has read it before the last change. */
  readonly outdatedGame: Game;
  readonly ports: Ports;
  readonly parked: string[] = [];
  readonly operators: readonly RunningOperator[];
  readonly pairs = new Map<string, number>();
  readonly lines: string[] = [];
  violation: Violation | undefined;
  /** How many the players have asked for. */
  spins = 0;
  #digest = 0;
  #engineVersion: number;
  /** Operators that are switched off, and undefined where the game is. */
  readonly #closed = new Set<OperatorId | undefined>();
  readonly #deposits = new Map<string, bigint>();
  readonly #tracing: boolean;

  constructor({ seed, focus, allowed, trace = false, adapters, plan, settings }: WorldOptions) {
    this.seed = seed;
    this.focus = focus;
    this.#tracing = trace;
    const drawn = plan ?? planOf(seed, focus?.call);
    this.plan = { ...drawn, adapters: adapters ?? drawn.adapters, ...(adapters && { victims: [] }) };
    this.settings = settings ?? settingsOf(this.plan);
    this.#engineVersion = this.plan.engineVersion;
    this.decisions = new Decisions(allowed);
    this.oracle = new Oracle(
      (violation) => (this.violation ??= violation),
      () => this.timeline.nowMs,
      this.settings.roundLeaseMs,
    );
    this.queue = new RecoveryQueueService(this);
    this.stream = new LedgerStream(this);
    this.insider = new Insider(this);
    this.api = new Api(this);
    this.registry = this.#registry();
    this.outdatedGame = this.#game();
    this.operators = this.plan.operators.map((operator) => ({
      ...operator,
      key: `key of ${operator.operatorId}`,
      outages: operator.outages.filter(({ name }) => this.decisions.take(name)),
      wallets: new OperatorWallets(operator, this.oracle, (rule, detail) => this.fail(rule, detail)),
    }));
    this.ports = portsOf(this);
  }

  get rounds(): number {
    return this.oracle.accounts.size;
  }

  /** The same for two worlds in which the same things happened at the same times. */
  get digest(): number {
    return this.#digest >>> 0;
  }

  /** A line of the trace, made only where somebody reads it; its time and its order are part of the digest. */
  note(line: () => string): void {
    if (this.plan.quiet) return;
    const text = line();
    this.#digest = hash(text, this.#digest ^ (this.timeline.nowMs - START_MS));
    if (this.#tracing) this.lines.push(`${clockTime(this.timeline.nowMs - START_MS)} ${text}`);
  }

  fail(rule: string, detail: string): void {
    this.violation ??= new Violation(rule, detail);
  }

  visited(pair: string): void {
    this.pairs.set(pair, (this.pairs.get(pair) ?? 0) + 1);
  }

  operatorOf(operatorId: string): RunningOperator {
    const found = this.operators.find((operator) => operator.operatorId === operatorId);
    if (!found) throw new Error(`this world has no operator ${operatorId}`);
    return found;
  }

  deposit(holder: Holder, amountMinor: MinorAmount): void {
    this.#depositAt(this.operatorOf(holder.operatorId).wallets.walletId, holder, amountMinor);
  }

  #depositAt(walletId: WalletId, { operatorId, playerId }: Holder, amountMinor: MinorAmount): void {
    this.operatorOf(operatorId).wallets.at(walletId).deposit(playerId, amountMinor);
    const player = `${operatorId}#${walletId}#${playerId}`;
    this.#deposits.set(player, (this.#deposits.get(player) ?? 0n) + amountMinor);
  }

  /** On something else than this product's games. */
  spendAll(holder: Holder): () => void {
    const { walletId, current } = this.operatorOf(holder.operatorId).wallets;
    const balanceMinor = current.balanceOf(holder.playerId);
    if (balanceMinor <= 0n) return () => undefined;
    this.#depositAt(walletId, holder, minus(NOTHING, balanceMinor));
    return () => this.#depositAt(walletId, holder, balanceMinor);
  }

  /** Nobody pays in at the old wallet any more. It may still have to take back the win of a bet-win that was spent. */
  #move({ operatorId, move, wallets }: RunningOperator): void {
    if (!move || !this.decisions.take(move.name)) return;
    this.note(() => move.name);
    const holders = this.plan.devices.map(({ holder }) => holder);
    const players = holders.filter((holder) => holder.operatorId === operatorId);
    for (const holder of players) this.deposit(holder, LEFT_BEHIND_MINOR);
    wallets.move();
    for (const holder of players) this.deposit(holder, this.plan.firstDepositMinor);
  }

  contextOf(invocation: RunningInvocation): Context {
    const getRemainingTimeInMillis = () => invocation.remainingMs();
    return { awsRequestId: invocation.name, functionName: 'simulated', getRemainingTimeInMillis } as Context;
  }

  /** Plays until every device has asked for its spins and nothing is left to happen, then asks whether all is well. */
  async play(): Promise<void> {
    const devices = this.plan.devices.map(({ holder, name }) => new Device(this, holder, name));
    for (const { holder } of this.plan.devices) {
      if (!this.#deposits.has(`${holder.operatorId}#${mainWallet}#${holder.playerId}`))
        this.deposit(holder, this.plan.firstDepositMinor);
    }
    this.timeline.after(this.plan.upgradeAtMs, () => this.#upgrade());
    for (const operator of this.operators)
      if (operator.move) this.timeline.after(operator.move.atMs, () => this.#move(operator));
    for (const closure of this.plan.closures) this.#closeFor(closure);
    this.#plantForgeries(devices);
    for (const [index, atMs] of this.plan.sweepsAtMs.entries())
      this.timeline.after(atMs, () => void this.sweep(`sweep ${index + 1}`));
    const stopped = () => {
      if (this.timeline.nowMs - START_MS > LONGEST_MS)
        this.fail('everything comes to an end', 'after a week there is still something to do');
      return this.violation !== undefined;
    };
    for (const device of devices) void device.play(this.plan.spinsPerDevice);
    await this.timeline.run(stopped);
    if (stopped()) return;
    await this.#calm(devices, stopped);
  }

  #plantForgeries(devices: readonly Device[]): void {
    for (const victim of this.plan.victims) {
      const player = devices.find(({ holder }) => holder === victim.holder);
      if (!player) throw new Error(`${victim.holder.playerId} has no device`);
      for (const forgery of victim.forgeries)
        this.timeline.after(forgery.atMs, () => this.insider.forge(victim, forgery, player));
    }
  }

  async #calm(devices: readonly Device[], stopped: () => boolean): Promise<void> {
    this.decisions.calm = true;
    this.#checkRecovered();
    this.queue.redrive();
    this.timeline.after(DAY_MS, () => void this.sweep('the last sweep'));
    await this.timeline.run(stopped);
    if (stopped()) return;
    const honest = devices.filter(({ holder }) => !isVictim(holder.playerId));
    const played = honest.map(async (device) => {
      if (!(await device.playsOn())) this.fail('whoever has a session can play on', device.name);
    });
    void Promise.all(played);
    await this.timeline.run(stopped);
    if (stopped()) return;
    this.close();
  }

  /** Recovery by the stream and the queue is over, and neither a person nor the daily sweep has helped it. */
  #checkRecovered(): void {
    const waiting = new Set([...this.queue.lost, ...this.queue.deadLetters.map(({ body }) => roundOf(body))]);
    for (const round of this.oracle.unfinished()) {
      if (waiting.has(nameOfRound(round))) continue;
      this.fail('a round ends without the daily sweep', `round ${nameOfRound(round)} is ${round.status}`);
    }
  }

  /** With nothing left to happen. */
  close(): void {
    if (this.queue.size > 0 || this.queue.deadLetters.length > 0) this.fail('nothing stays in a queue', '');
    const honest = [...this.#deposits].filter(([player]) => !isVictim(player.split('#')[2] ?? ''));
    this.oracle.closing(
      (operatorId, walletId, playerId) =>
        this.operatorOf(operatorId).wallets.at(ids.wallet(walletId)).balanceOf(playerId),
      new Map(honest),
      this.parked,
    );
  }

  /** Lambda tries an asynchronous call three times. */
  async sweep(name: string): Promise<void> {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const invocation = new Invocation(this, `${name} try ${attempt}`, { kind: 'sweep' });
      const ending = await invocation.run(this.settings.sizes.sweep.timeoutSeconds * 1000, () =>
        sweep({}, this.contextOf(invocation)),
      );
      if (ending.kind === 'answered') return;
      await this.timeline.wait(attempt * 60_000);
    }
  }

  #upgrade(): void {
    if (this.decisions.take('a new engine is published')) this.#engineVersion = 2;
  }

  #closeFor({ operatorId, name, fromMs, untilMs }: Closure): void {
    const what = operatorId === undefined ? { gameCode: GAME } : { operatorId };
    this.timeline.after(fromMs, () => {
      if (!this.decisions.take(name)) return;
      this.#closed.add(operatorId);
      this.oracle.rules.closed(what);
      this.timeline.after(untilMs - fromMs, () => {
        this.#closed.delete(operatorId);
        this.oracle.rules.opened(what);
      });
    });
  }

  #registry(): Registry {
    const operator = async (operatorId: OperatorId): Promise<Operator | undefined> => {
      const found = this.operators.find((candidate) => candidate.operatorId === operatorId);
      return (
        found && {
          operatorId,
          name: operatorId,
          enabled: !this.#closed.has(operatorId),
          ...found.wallets.registered(),
        }
      );
    };
    return {
      operator,
      operatorByKey: async (keyHash) => {
        const found = this.operators.find(
          ({ key }) => createHash('sha256').update(key).digest('hex') === keyHash,
        );
        return found && operator(found.operatorId);
      },
      game: async (gameCode) => (gameCode === GAME ? this.#game() : undefined),
      presentGame: async (gameCode) => (gameCode === GAME ? this.#game() : undefined),
      games: async () => [this.#game()],
    };
  }

  #game(): Game {
    return {
      gameCode: ids.game(GAME),
      title: 'Simulated',
      enabled: !this.#closed.has(undefined),
      engineHash: engineHash(this.#engineVersion),
      stateRule: 'bound',
      bets: [{ currency: this.plan.currency, allowedMinor: [10n, 100n, 250n].map(minorAmount) }],
    };
  }
}

function settingsOf({ sessionTtlSeconds, recoveryConcurrency }: Plan): StageSettings {
  const settings = stageSettings('prod');
  return {
    ...settings,
    sessionTtlSeconds: sessionTtlSeconds ?? settings.sessionTtlSeconds,
    recoveryConcurrency: recoveryConcurrency ?? settings.recoveryConcurrency,
  };
}

function clockTime(ms: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = Math.floor(ms / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

/** Draws of a library or of a planted mistake follow from the seed as well. */
export function seedGlobalRandom(seed: string): void {
  const random = new SeededRandom(`${seed}/Math.random`);
  Math.random = () => random.fraction();
}
