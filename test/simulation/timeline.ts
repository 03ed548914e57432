interface Place {
  readonly atMs: number;
  readonly order: number;
}

export interface Entry<T> extends Place {
  readonly value: T;
}

/** Entries by their time, and those of the same time in the order in which they were added. */
export class TimeHeap<T> {
  readonly #entries: Entry<T>[] = [];
  #added = 0;

  get size(): number {
    return this.#entries.length;
  }

  get first(): Entry<T> | undefined {
    return this.#entries[0];
  }

  /** @param order of heaps that are read side by side, for entries of the same time */
  add(atMs: number, value: T, order = this.#added): void {
    const entry = { atMs, order, value };
    this.#added += 1;
    const entries = this.#entries;
    let place = entries.length;
    entries.push(entry);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = entries[above];
      if (!parent || parent.atMs <= atMs) break;
      entries[place] = parent;
      place = above;
    }
    entries[place] = entry;
  }

  take(): Entry<T> | undefined {
    const [first] = this.#entries;
    const last = this.#entries.pop();
    if (first && last && first !== last) this.#sink(last);
    return first;
  }

  #sink(entry: Entry<T>): void {
    const entries = this.#entries;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      let child = entries[below];
      const right = entries[below + 1];
      if (child && right && isBefore(right, child)) {
        below += 1;
        child = right;
      }
      if (!child || !isBefore(child, entry)) break;
      entries[place] = child;
      place = below;
    }
    entries[place] = entry;
  }
}

export function isBefore(left: Place, right: Place): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

/** Virtual time: nothing waits, and everything that happens is an event of this one queue. */
export class Timeline {
  nowMs: number;
  readonly #events = new TimeHeap<() => void>();

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  after(delayMs: number, act: () => void): void {
    this.#events.add(this.nowMs + delayMs, act);
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Until nothing is left to happen, or `stopped` says so. */
  async run(stopped: () => boolean): Promise<void> {
    for (let event = this.#events.take(); event; event = this.#events.take()) {
      this.nowMs = Math.max(this.nowMs, event.atMs);
      event.value();
      // Whatever follows from one event without waiting has happened before the next one: Node takes a tick only after all
      // promises have settled. A turn of the event loop would do as well, and take longer than many an event.
      await new Promise(process.nextTick);
      if (stopped()) return;
    }
  }
}
