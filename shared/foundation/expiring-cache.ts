import type { Clock } from './clock.ts';

interface Entry<T> {
  readonly value: Promise<T>;
  expiresAtMs: number;
}

interface Settings<T> {
  readonly clock: Clock;
  readonly maxEntries: number;
  /** How long a value may be used, in milliseconds. */
  readonly lifeMs: (value: T) => number;
}

/**
 * What one process remembers of slow reads. A read in flight is shared by all who ask for it; a failed one is
 * forgotten at once; beyond `maxEntries` the oldest entry goes.
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
