import { type Entry, isBefore, TimeHeap } from './timeline.ts';

/** Amazon SQS Developer Guide, "How Amazon SQS fair queues work": such a group has so much of what is being worked at. */
const NOISY_SHARE = 0.1;
const NOISY_MESSAGES = 30;

interface Group<M> {
  readonly waiting: TimeHeap<M>;
  inFlight: number;
}

/** Keeps what waits in a standard queue, by group. While a group is noisy, the messages of the others that are due go first. */
export class FairQueue<M extends { readonly group: string }> {
  readonly #groups = new Map<string, Group<M>>();
  #inFlight = 0;
  #added = 0;

  get size(): number {
    let size = 0;
    for (const { waiting } of this.#groups.values()) size += waiting.size;
    return size;
  }

  get nextAtMs(): number | undefined {
    let next: Entry<M> | undefined;
    for (const { waiting } of this.#groups.values()) {
      const { first } = waiting;
      if (first && (!next || isBefore(first, next))) next = first;
    }
    return next?.atMs;
  }

  add(atMs: number, message: M): void {
    this.#groupOf(message).waiting.add(atMs, message, this.#added);
    this.#added += 1;
  }

  /** One that is due; it is in flight until it is done. */
  take(nowMs: number): M | undefined {
    const group = this.#nextGroup(nowMs);
    const taken = group?.waiting.take();
    if (!group || !taken) return undefined;
    group.inFlight += 1;
    this.#inFlight += 1;
    return taken.value;
  }

  done(message: M): void {
    this.#groupOf(message).inFlight -= 1;
    this.#inFlight -= 1;
  }

  #groupOf({ group: name }: M): Group<M> {
    let group = this.#groups.get(name);
    if (!group) this.#groups.set(name, (group = { waiting: new TimeHeap(), inFlight: 0 }));
    return group;
  }

  #nextGroup(nowMs: number): Group<M> | undefined {
    let best: Group<M> | undefined;
    for (const group of this.#groups.values()) {
      const { first } = group.waiting;
      if (first && first.atMs <= nowMs && this.#goesBefore(group, best)) best = group;
    }
    return best;
  }

  /** Quiet groups before noisy ones, the less noisy before the noisier, and else what is due first. */
  #goesBefore(group: Group<M>, other: Group<M> | undefined): boolean {
    const [first, otherFirst] = [group.waiting.first, other?.waiting.first];
    if (!first || !other || !otherFirst) return first !== undefined;
    const [noise, otherNoise] = [this.#noiseOf(group), this.#noiseOf(other)];
    return noise === otherNoise ? isBefore(first, otherFirst) : noise < otherNoise;
  }

  /** 0 for a quiet group. */
  #noiseOf({ inFlight }: Group<M>): number {
    return inFlight >= NOISY_MESSAGES && inFlight > NOISY_SHARE * this.#inFlight ? inFlight : 0;
  }
}
