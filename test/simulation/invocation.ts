import { AsyncLocalStorage } from 'node:async_hooks';
import { type Fault, faultMeanings, faultsOf, type PortCall, pairOf } from './faults.ts';
import { SeededRandom } from './random.ts';
import type { Cause, RunningInvocation } from './running-invocation.ts';
import type { WorldView } from './world-view.ts';

/** The invocation that the running code belongs to, as a process of its own would know it. */
const current = new AsyncLocalStorage<Invocation>();

export function invocation(): Invocation {
  const running = current.getStore();
  if (!running) throw new Error('a port was called outside of an invocation');
  return running;
}

/** One call of a port: what it does, and what its adapter makes of a failure. */
export interface Call<T> {
  readonly effect: () => T | Promise<T>;
  /** Throws, or answers as the adapter would. `heard`: an answer came, if only to say that it failed. */
  readonly fail: (heard: boolean) => T;
  /** What its other faults make of it. */
  readonly own?: Partial<Readonly<Record<Fault, () => T | Promise<T>>>>;
  /** When the caller gives up. */
  readonly timeoutMs: number;
  /** The longest that a call may be on its way after that. */
  readonly latestMs: number;
  readonly latencyMs: readonly [least: number, most: number];
}

/** Of the calls that a world has an eye on. */
const FOCUSED_RATE = 0.4;
const BURST_RATE = 0.5;
const MOST_SKEW_MS = 10 * 60_000;

/** One run of a function in a process that may be killed at any of its calls, by a clock that may be wrong. */
export class Invocation implements RunningInvocation {
  readonly world: WorldView;
  readonly name: string;
  readonly cause: Cause;
  readonly startedAtMs: number;
  readonly random: SeededRandom;
  readonly skewMs: number;
  /** The names of what it has counted, in order. */
  readonly counted: string[] = [];
  wasOutdated = false;
  dead = false;
  /** How many faults were put into it. */
  faults = 0;
  #ended: () => void = () => undefined;
  #endsAtMs = 0;
  readonly #troubled = new Set<PortCall>();
  readonly #counts = new Map<PortCall, number>();

  constructor(world: WorldView, name: string, cause: Cause) {
    this.world = world;
    this.name = name;
    this.cause = cause;
    this.startedAtMs = world.timeline.nowMs;
    this.random = new SeededRandom(`${world.seed}/${name}`);
    this.skewMs = this.#skewMs();
  }

  /** @returns what the handler answered or threw; `died` where the process was killed before that */
  async run<T>(timeoutMs: number, handle: () => Promise<T>): Promise<Ending<T>> {
    const { timeline } = this.world;
    this.#endsAtMs = timeline.nowMs + timeoutMs;
    return new Promise((resolve) => {
      this.#ended = () => resolve({ kind: 'died' });
      timeline.after(timeoutMs, () => this.die());
      const finish = (ending: Ending<T>) => {
        if (this.dead) return;
        this.dead = true;
        this.world.oracle.rules.ended(this);
        resolve(ending);
      };
      void current.run(this, () =>
        handle().then(
          (value) => finish({ kind: 'answered', value }),
          (error: unknown) => finish({ kind: 'threw', error }),
        ),
      );
    });
  }

  nowMs(): number {
    return this.world.timeline.nowMs + this.skewMs;
  }

  count(event: string): void {
    this.counted.push(event);
    this.world.oracle.rules.counted(event, this);
  }

  /** How often it has made a call. */
  callsOf(name: PortCall): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Until Lambda kills the process. */
  remainingMs(): number {
    return this.#endsAtMs - this.world.timeline.nowMs;
  }

  die(): void {
    if (this.dead) return;
    this.dead = true;
    this.#ended();
  }

  /** Makes a call of a port: when it takes effect, whether, how often, and what is heard of it is drawn here. */
  call<T>(name: PortCall, call: Call<T>): Promise<T> {
    const { world, random } = this;
    const nth = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, nth);
    const [least, most] = call.latencyMs;
    const reachedMs = random.between(least, most);
    const fault = this.#draw(name, nth);
    world.note(() => `${this.name}: ${name}${fault ? ` ${faultMeanings[fault]}` : ''}`);
    return new Promise<T>((resolve, reject) => {
      const at = (delayMs: number, act: () => T | Promise<T>) =>
        world.timeline.after(delayMs, () => {
          if (!this.dead) attempt(act, resolve, reject);
        });
      /** What was sent takes effect whether or not its sender still lives. */
      const effectAt = (delayMs: number, then?: (result: () => T) => void) =>
        world.timeline.after(delayMs, () =>
          attempt(
            call.effect,
            then && ((value) => then(() => value)),
            then && ((error) => then(() => raise(error))),
          ),
        );
      this.#play(fault, {
        at,
        effectAt,
        call,
        reachedMs,
        settle: (result) => this.dead || attempt(result, resolve, reject),
      });
    });
  }

  #play<T>(fault: Fault | undefined, hands: Hands<T>): void {
    const { at, effectAt, settle, call, reachedMs } = hands;
    const { random } = this;
    const { timeline } = this.world;
    const { timeoutMs } = call;
    switch (fault) {
      case undefined:
        return effectAt(reachedMs, settle);
      case 'delayed': {
        const slowMs = random.between(reachedMs, timeoutMs);
        return effectAt(reachedMs, (result) => timeline.after(slowMs - reachedMs, () => settle(result)));
      }
      case 'fails-before':
        return at(reachedMs, () => call.fail(true));
      case 'throttled':
        return at(reachedMs + random.between(50, 600), () => call.fail(true));
      case 'fails-after':
        effectAt(reachedMs);
        return at(reachedMs + random.between(1, 50), () => call.fail(true));
      case 'times-out':
        if (random.chance(0.5)) effectAt(random.between(1, timeoutMs));
        return at(timeoutMs, () => call.fail(false));
      case 'arrives-late':
        effectAt(timeoutMs + Math.floor(call.latestMs * random.fraction() ** 2));
        return at(timeoutMs, () => call.fail(false));
      case 'duplicated':
        effectAt(reachedMs, settle);
        return effectAt(reachedMs + 1 + Math.floor(call.latestMs * random.fraction() ** 3));
      case 'repeated':
        // What an SDK does about a lost answer, without a word to its caller.
        effectAt(reachedMs);
        return effectAt(random.between(reachedMs + 1, timeoutMs), settle);
      case 'dies-before':
        return timeline.after(reachedMs, () => this.die());
      case 'dies-after':
        effectAt(reachedMs);
        return timeline.after(reachedMs, () => this.die());
      default:
        return at(reachedMs, call.own?.[fault] ?? (() => call.fail(true)));
    }
  }

  #draw(name: PortCall, nth: number): Fault | undefined {
    const { world, random } = this;
    const drawn = random.fraction();
    const choice = random.fraction();
    const focused = world.focus?.call === name && drawn < FOCUSED_RATE;
    // Troubles come in bursts: what has just failed is likely to fail again.
    const rate = this.#troubled.has(name) ? BURST_RATE : world.plan.faultRate;
    if (!focused && drawn >= rate) return undefined;
    const possible = faultsOf[name];
    const fault = focused ? world.focus?.fault : this.#faultOf(possible, choice);
    if (!fault || !world.decisions.take(`${this.name}: ${name} #${nth} ${faultMeanings[fault]}`))
      return undefined;
    this.faults += 1;
    this.#troubled.add(name);
    world.visited(pairOf(name, fault));
    return fault;
  }

  #faultOf(possible: readonly Fault[], choice: number): Fault | undefined {
    const late = possible.includes('arrives-late') && this.random.chance(this.world.plan.lateRate);
    return late ? 'arrives-late' : possible[Math.floor(choice * possible.length)];
  }

  #skewMs(): number {
    const { plan, decisions } = this.world;
    const drawn = this.random.fraction();
    const skewMs = this.random.between(-MOST_SKEW_MS, MOST_SKEW_MS);
    if (drawn >= plan.skewRate) return 0;
    return decisions.take(`${this.name}: its clock is wrong by ${(skewMs / 1000).toFixed(0)} s`) ? skewMs : 0;
  }
}

export type Ending<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'died' };

interface Hands<T> {
  readonly at: (delayMs: number, act: () => T | Promise<T>) => void;
  readonly effectAt: (delayMs: number, then?: (result: () => T) => void) => void;
  readonly settle: (result: () => T) => void;
  readonly call: Call<T>;
  readonly reachedMs: number;
}

function attempt<T>(
  act: () => T | Promise<T>,
  resolve: (value: T) => void = () => undefined,
  reject: (error: unknown) => void = () => undefined,
): void {
  try {
    const result = act();
    if (result instanceof Promise) result.then(resolve, reject);
    else resolve(result);
  } catch (error) {
    reject(error);
  }
}

function raise(error: unknown): never {
  throw error;
}
