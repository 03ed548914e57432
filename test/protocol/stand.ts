import { serialize } from 'node:v8';
import type { RoundAnswer } from '../../shared/rounds/round-answer.ts';
import { Actor, type ActorMemory, type Answer, type PendingCall, type Role, Thrown } from './actor.ts';
import type { Mistake } from './mistakes.ts';
import type { Setting } from './setting.ts';

/**
 * Tells where an actor stands after the answers that it has heard. Real code cannot be copied in mid call, but it can be led to
 * the same place again. That is done once for each place, and all tables share it.
 */
export class Stand {
  /** It is undefined where the actor has come to its end. */
  readonly pending: PendingCall | undefined;
  /** The player got this answer at the end. */
  readonly answer: RoundAnswer | undefined;
  /** What the actor does from here on depends on nothing else. */
  readonly position: string;
  readonly #memory: ActorMemory;
  readonly #stands: Stands;
  readonly #next = new Map<string, Stand>();

  constructor(actor: Actor, memory: ActorMemory, stands: Stands) {
    this.pending = actor.pending;
    this.answer = actor.answer;
    this.position = actor.position();
    this.#memory = memory;
    this.#stands = stands;
  }

  get role(): Role {
    return this.#memory.role;
  }

  get number(): number {
    return this.#memory.number;
  }

  get seed(): number {
    return this.#memory.seed;
  }

  /** @returns where the actor stands when it has heard this, too */
  async after(answer: Answer): Promise<Stand> {
    const key = `${answer.atMs} ${textOf(answer.result)}`;
    const known = this.#next.get(key);
    if (known) return known;
    const answers = [...this.#memory.answers, answer];
    const stand = await this.#stands.lead({ ...this.#memory, answers });
    this.#next.set(key, stand);
    return stand;
  }
}

/** All places at which actors have stood in one exploration. */
export class Stands {
  readonly #setting: Setting;
  readonly #mistake: Mistake | undefined;
  readonly #first = new Map<string, Stand>();

  constructor(setting: Setting, mistake: Mistake | undefined) {
    this.#setting = setting;
    this.#mistake = mistake;
  }

  /** @returns where an actor stands that has heard nothing yet */
  async enter(arrival: Omit<ActorMemory, 'answers'>): Promise<Stand> {
    const key = Object.values(arrival).join(' ');
    const known = this.#first.get(key);
    if (known) return known;
    const stand = await this.lead({ ...arrival, answers: [] });
    this.#first.set(key, stand);
    return stand;
  }

  async lead(memory: ActorMemory): Promise<Stand> {
    return new Stand(await Actor.led(memory, this.#setting, this.#mistake), memory, this);
  }
}

const texts = new WeakMap<object, string>();

/** Two answers with the same text are the same. Ledgers give the same object again and again. */
function textOf(result: unknown): string {
  if (result instanceof Thrown) return `throws ${result.error.code}`;
  if (typeof result !== 'object' || result === null) return String(result);
  const known = texts.get(result);
  if (known !== undefined) return known;
  const text = serialize(result).toString('latin1');
  texts.set(result, text);
  return text;
}
