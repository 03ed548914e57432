import { TimeHeap } from './timeline.ts';

/** Amazon SQS Developer Guide, "How Amazon SQS fair queues work": such a group has so much of what is being worked at. */
const NOISY_SHARE = 0.1;
const NOISY_MESSAGES = 30;

interface Waiting<M> {
  readonly order: number;
  readonly message: M;
}

/** What waits in a standard queue, by group. While a group is noisy, the messages of the others that are due go first. */
export class FairQueue<M extends { readonly group: string }> {
  readonly #waiting = new Map<string, TimeHeap<Waiting<M>>>();
  readonly #inFlight = new Map<string, number>();
  #allInFlight = 0;
  #added = 0;

  get size(): number {
    let size = 0;
    for (const heap of this.#waiting.values()) size += heap.size;
    return size;
  }

  get nextAtMs(): number | undefined {
    let nextAtMs: number | undefined;
    for (const { first } of this.#waiting.values())
      if (first && (nextAtMs === undefined || first.atMs < nextAtMs)) nextAtMs = first.atMs;
    return nextAtMs;
  }

  add(atMs: number, message: M): void {
    let heap = this.#waiting.get(message.group);
    if (!heap) this.#waiting.set(message.group, (heap = new TimeHeap()));
    heap.add(atMs, { order: this.#added, message });
    this.#added += 1;
  }

  /** One that is due; it is in flight until it is done. */
  take(nowMs: number): M | undefined {
    const taken = this.#nextGroup(nowMs)?.take()?.value.message;
    if (!taken) return undefined;
    this.#count(taken, 1);
    return taken;
  }

  done(message: M): void {
    this.#count(message, -1);
  }

  #count({ group }: M, change: number): void {
    this.#inFlight.set(group, this.#inFlightOf(group) + change);
    this.#allInFlight += change;
  }

  #inFlightOf(group: string): number {
    return this.#inFlight.get(group) ?? 0;
  }

  #nextGroup(nowMs: number): TimeHeap<Waiting<M>> | undefined {
    let best: { readonly group: string; readonly heap: TimeHeap<Waiting<M>> } | undefined;
    for (const [group, heap] of this.#waiting) {
      if (!heap.first || heap.first.atMs > nowMs) continue;
      if (!best || this.#goesBefore(group, heap, best)) best = { group, heap };
    }
    return best?.heap;
  }

  /** Quiet groups before noisy ones, the less noisy before the noisier, and else what is due first. */
  #goesBefore(
    group: string,
    { first }: TimeHeap<Waiting<M>>,
    other: { readonly group: string; readonly heap: TimeHeap<Waiting<M>> },
  ): boolean {
    const [noise, otherNoise] = [this.#noiseOf(group), this.#noiseOf(other.group)];
    if (noise !== otherNoise) return noise < otherNoise;
    const otherFirst = other.heap.first;
    if (!first || !otherFirst) return first !== undefined;
    return (
      first.atMs < otherFirst.atMs ||
      (first.atMs === otherFirst.atMs && first.value.order < otherFirst.value.order)
    );
  }

  /** 0 for a quiet group. */
  #noiseOf(group: string): number {
    const inFlight = this.#inFlightOf(group);
    return inFlight >= NOISY_MESSAGES && inFlight > NOISY_SHARE * this.#allInFlight ? inFlight : 0;
  }
}
