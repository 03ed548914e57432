import { recoveryDelivery } from '../../infra/deliveries.ts';
import { handler } from '../../functions/rounds/recover-round/handler.ts';
import { FairQueue } from './fair-queue.ts';
import { Invocation } from './invocation.ts';
import { isVictim, START_MS } from './plan.ts';
import { hash } from './random.ts';
import type { WorldView } from './world-view.ts';

interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly group: string;
  /** Delivered besides the message itself. */
  readonly copy: boolean;
  receives: number;
  /** In how many of them a fault was put. */
  faulted: number;
}

/** Each copy asks for attempts of its own. While a wallet is down for an hour, they would become thousands. */
const MOST_DOUBLED_ATTEMPTS = 4;

/** A person has looked at the forged logs by then, and has deleted their messages. */
const LOOKED_AT_MS = 3 * 3_600_000;

/** The recovery queue and its mapping: at least once, in no order, and aside after too many failures. */
export class RecoveryQueueService {
  readonly #world: WorldView;
  readonly #waiting = new FairQueue<Message>();
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #running = 0;
  #batches = 0;
  /** How often each text was sent, for a name that other messages do not change. */
  readonly #sent = new Map<string, number>();
  readonly deadLetters: Message[] = [];
  /** The rounds that a message was sent for and never came, or that nobody has fed again: `operator#player#game#number`. */
  readonly lost = new Set<string>();

  constructor(world: WorldView) {
    this.#world = world;
  }

  get size(): number {
    return this.#waiting.size;
  }

  send(body: string, group: string, delayMs: number): void {
    const { timeline, plan, seed } = this.#world;
    if (isOfVictim(body) && timeline.nowMs - START_MS > LOOKED_AT_MS) return;
    const messageId = plan.quiet ? body : `${body}/${this.#timesSent(body)}`;
    if (this.#loses(messageId, body)) return;
    // A standard queue keeps no order: messages of the same second overtake each other.
    const jitterMs = plan.reorderMs > 0 ? hash(`${seed}${messageId}`) % plan.reorderMs : 0;
    this.#waiting.add(timeline.nowMs + delayMs + jitterMs, {
      messageId,
      body,
      group,
      copy: false,
      receives: 0,
      faulted: 0,
    });
    this.#pump();
  }

  /** Only what the daily sweep makes up for: not the last rollback of a voided round. */
  #loses(messageId: string, body: string): boolean {
    const { plan, seed, decisions } = this.#world;
    if (hash(`${seed}${messageId}/lost`) % 1_000 >= plan.lossPerThousand || purposeOf(body) !== 'finish')
      return false;
    if (!decisions.take(`${short(body)} is lost, ${messageId.split('/').at(-1)}`)) return false;
    this.lost.add(roundOf(body));
    return true;
  }

  #timesSent(body: string): number {
    const nth = (this.#sent.get(body) ?? 0) + 1;
    this.#sent.set(body, nth);
    return nth;
  }

  #pump(): void {
    const { timeline, settings } = this.#world;
    while (this.#running < settings.recoveryConcurrency) {
      const dueAtMs = this.#waiting.nextAtMs;
      if (dueAtMs === undefined) return;
      if (dueAtMs > timeline.nowMs) return this.#wakeAt(dueAtMs);
      const batch = this.#receive();
      if (batch.length > 0) void this.#deliver(batch);
    }
  }

  #wakeAt(dueAtMs: number): void {
    if (dueAtMs >= this.#wakeAtMs) return;
    this.#wakeAtMs = dueAtMs;
    this.#world.timeline.after(dueAtMs - this.#world.timeline.nowMs, () => {
      if (this.#wakeAtMs === dueAtMs) this.#wakeAtMs = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }

  #receive(): Message[] {
    const batch: Message[] = [];
    while (batch.length < recoveryDelivery.batchSize) {
      const message = this.#waiting.take(this.#world.timeline.nowMs);
      if (!message) break;
      if (message.receives >= recoveryDelivery.maxReceiveCount) this.#putAside(message);
      else batch.push(message);
    }
    for (const message of batch) message.receives += 1;
    return batch;
  }

  async #deliver(batch: readonly Message[]): Promise<void> {
    const world = this.#world;
    this.#running += 1;
    this.#batches += 1;
    const name = world.plan.quiet
      ? `recovery ${this.#batches}`
      : `recovery of ${batch.map(nameOf).join(', ')}`;
    const invocation = new Invocation(world, name, {
      kind: 'recovery',
      messages: batch.map(({ body }) => body),
    });
    const visibleAtMs =
      world.timeline.nowMs +
      recoveryDelivery.visibilityTimeouts * world.settings.sizes.worker.timeoutSeconds * 1000;
    this.#duplicate(batch, invocation);
    const Records = batch.map(({ messageId, body }) => ({ messageId, body }));
    const ending = await invocation.run(world.settings.sizes.worker.timeoutSeconds * 1000, () =>
      handler({ Records }, world.contextOf(invocation)),
    );
    const failed =
      ending.kind === 'answered'
        ? new Set(ending.value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
        : undefined;
    for (const message of batch) {
      this.#waiting.done(message);
      if (failed && !failed.has(message.messageId)) continue;
      if (invocation.faults > 0) message.faulted += 1;
      this.#waiting.add(Math.max(visibleAtMs, world.timeline.nowMs), message);
    }
    this.#running -= 1;
    this.#pump();
  }

  /** A copy that is received while the first one is at work, or soon after. */
  #duplicate(batch: readonly Message[], invocation: Invocation): void {
    const { timeline, plan, decisions } = this.#world;
    for (const message of batch) {
      const drawn =
        !message.copy &&
        Number(fieldsOf(message.body)['attempt']) < MOST_DOUBLED_ATTEMPTS &&
        invocation.random.chance(plan.redeliveryRate);
      const afterMs = invocation.random.between(1, 5_000);
      if (!drawn || !decisions.take(`${short(message.body)} receive ${message.receives} is delivered twice`))
        continue;
      this.#waiting.add(timeline.nowMs + afterMs, { ...message, copy: true, receives: message.receives - 1 });
    }
  }

  /** Only what an injected failure met at each receive may end here. */
  #putAside(message: Message): void {
    this.#waiting.done(message);
    if (isOfVictim(message.body)) return;
    this.deadLetters.push(message);
    if (message.faulted < message.receives)
      this.#world.fail('nothing is given up that could have been processed', message.messageId);
  }

  /** What docs/operations.md has a person do about an alarm. */
  redrive(): void {
    for (const message of this.deadLetters.splice(0))
      this.#waiting.add(this.#world.timeline.nowMs, { ...message, receives: 0, faulted: 0 });
    this.#pump();
  }
}

function nameOf({ body, receives, copy }: Message): string {
  return `${short(body)} receive ${receives}${copy ? ' (copy)' : ''}`;
}

function short(body: string): string {
  const { purpose, attempt } = fieldsOf(body);
  return `${roundOf(body)} ${purpose} ${attempt}`;
}

/** Names the round of a message as the oracle does. */
export function roundOf(body: string): string {
  const { operator_id, player_id, game_code, round_number } = fieldsOf(body);
  return `${operator_id}#${player_id}#${game_code}#${round_number}`;
}

function isOfVictim(body: string): boolean {
  return isVictim(String(fieldsOf(body)['player_id']));
}

function purposeOf(body: string): string | number | undefined {
  return fieldsOf(body)['purpose'];
}

function fieldsOf(body: string): Readonly<Record<string, string | number>> {
  return JSON.parse(body) as Readonly<Record<string, string | number>>;
}
