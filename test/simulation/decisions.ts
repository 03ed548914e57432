/**
 * Decides what makes a world differ from a calm one: each spin that is asked for, each fault, each message delivered twice.
 * Every decision has a name of its own that does not depend on the others. So a world can be played again without some of them.
 */
export class Decisions {
  /** In the order in which they were taken. */
  readonly taken: string[] = [];
  readonly #allowed: ReadonlySet<string> | undefined;
  /** From here on nothing fails any more. */
  calm = false;

  constructor(allowed?: ReadonlySet<string>) {
    this.#allowed = allowed;
  }

  /** Whether what was drawn may happen. */
  take(name: string): boolean {
    if (this.calm || (this.#allowed && !this.#allowed.has(name))) return false;
    this.taken.push(name);
    return true;
  }
}
