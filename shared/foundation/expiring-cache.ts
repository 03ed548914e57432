import type { Clock } from './clock.ts';

interface Entry<T> {
  readonly value: Promise<T>;
  expiresAtMs: number;
}

interface Settings<T> {
  readonly clock: Clock;
  readonly maxEntries: number;
  /** A value may be used for this many milliseconds. */
  readonly lifeMs: (value: T) => number;
}

/**
 * Remembers in one process the results of slow reads. All who ask during a read share it. A failed read is forgotten at
 * once. Beyond `maxEntries` the oldest entry goes.
 */
export class ExpiringCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #settings: Settings<T>;

  constructor(settings: Settings<T>) {
    this.#settings = settings;
  }

  read(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known && this.#settings.clock.nowMs() < known.expiresAtMs) return known.value;
    return this.refresh(key, load);
  }

  /** Reads again, whatever is remembered, and remembers the result. */
  refresh(key: string, load: () => Promise<T>): Promise<T> {
    const entry: Entry<T> = { value: load(), expiresAtMs: Number.POSITIVE_INFINITY };
    this.#keep(key, entry);
    entry.value.then(
      (value) => {
        entry.expiresAtMs = this.#settings.clock.nowMs() + this.#settings.lifeMs(value);
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return entry.value;
  }

  #keep(key: string, entry: Entry<T>): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size <= this.#settings.maxEntries) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
