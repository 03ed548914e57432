import { DependencyError } from '../../shared/foundation/errors.ts';
import { streamDelivery } from '../../infra/deliveries.ts';
import { handler } from '../../functions/archive/process-ledger-stream/handler.ts';
import type { Image } from './image.ts';
import { Invocation } from './invocation.ts';
import { START_MS } from './plan.ts';
import { hash } from './random.ts';
import type { WorldView } from './world-view.ts';

interface StreamRecord {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly dynamodb: {
    readonly SequenceNumber: string;
    /** In seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly OldImage?: Image;
    readonly NewImage?: Image;
  };
  readonly atMs: number;
}

interface Shard {
  readonly name: string;
  records: StreamRecord[];
  busy: boolean;
  batches: number;
  /** How many to hand over at once: halved at each failure. */
  size: number;
}

const SHARDS = 2;
const LONGEST_PAUSE_MS = 60_000;

/** The ledger's stream and its mapping: in order within a shard, at least once, halved and repeated where it fails. */
export class LedgerStream {
  readonly #world: WorldView;
  readonly #shards: readonly Shard[];
  #sequence = 0;
  #lags: boolean | undefined;

  constructor(world: WorldView) {
    this.#world = world;
    const { batchSize: size } = streamDelivery;
    this.#shards = Array.from({ length: SHARDS }, (_, index) => ({
      name: `stream ${index + 1}`,
      records: [],
      busy: false,
      batches: 0,
      size,
    }));
  }

  /** @param after is undefined where the item was deleted; @returns the number of the record */
  put(key: string, before: Image | undefined, after: Image | undefined): string {
    this.#sequence += 1;
    const record: StreamRecord = {
      eventName: after ? (before ? 'MODIFY' : 'INSERT') : 'REMOVE',
      dynamodb: {
        SequenceNumber: String(this.#sequence).padStart(21, '0'),
        ApproximateCreationDateTime: Math.floor(this.#world.timeline.nowMs / 1_000),
        ...(before && { OldImage: before }),
        ...(after && { NewImage: after }),
      },
      atMs: this.#world.timeline.nowMs,
    };
    const shard = this.#shards[hash(key) % SHARDS];
    if (!shard) throw new Error('there is no shard');
    shard.records.push(record);
    if (this.#poisons(record)) shard.records.push(poisoned(record));
    this.#wake(shard, streamDelivery.windowSeconds * 1000);
    return record.dynamodb.SequenceNumber;
  }

  /** For how long nothing is delivered yet. */
  #lagMs(): number {
    const { plan, decisions, timeline } = this.#world;
    if (!plan.streamLag) return 0;
    const { name, fromMs, untilMs } = plan.streamLag;
    const sinceMs = timeline.nowMs - START_MS;
    if (sinceMs < fromMs || sinceMs >= untilMs) return 0;
    this.#lags ??= decisions.take(name);
    return this.#lags ? untilMs - sinceMs : 0;
  }

  /** A record that no version of this code has written. */
  #poisons({ dynamodb }: StreamRecord): boolean {
    const { plan, decisions } = this.#world;
    return (
      hash(`${this.#world.seed}${dynamodb.SequenceNumber}`) % 1000 < plan.poisonPerThousand &&
      decisions.take(`stream: a record that cannot be read follows number ${this.#sequence}`)
    );
  }

  #wake(shard: Shard, delayMs: number): void {
    if (shard.busy) return;
    shard.busy = true;
    this.#world.timeline.after(delayMs, () => void this.#deliver(shard, 1));
  }

  async #deliver(shard: Shard, attempt: number): Promise<void> {
    const world = this.#world;
    const lagMs = this.#lagMs();
    if (lagMs > 0) return world.timeline.after(lagMs, () => void this.#deliver(shard, attempt));
    const batch = shard.records.slice(0, shard.size);
    const [first] = batch;
    if (!first) {
      shard.busy = false;
      return;
    }
    if (world.timeline.nowMs - first.atMs > streamDelivery.maxRecordAgeHours * 3_600_000)
      world.fail('no record of the stream is given up', `${shard.name} ${first.dynamodb.SequenceNumber}`);
    shard.batches += 1;
    const name = `${shard.name} batch ${first.dynamodb.SequenceNumber.replace(/^0+/, '')} try ${attempt}`;
    const invocation = new Invocation(world, name, { kind: 'stream' });
    const Records = batch.map(({ eventName, dynamodb }) => ({ eventName, dynamodb }));
    const ending = await invocation.run(world.settings.sizes.worker.timeoutSeconds * 1000, () =>
      handler({ Records }, world.contextOf(invocation)),
    );
    if (ending.kind === 'threw' && !(ending.error instanceof DependencyError))
      world.fail('no worker fails but where a service does', `${name}: ${String(ending.error)}`);
    if (ending.kind !== 'answered') {
      shard.size = Math.max(1, Math.ceil(batch.length / 2));
      const pauseMs = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(attempt, 10));
      return world.timeline.after(pauseMs, () => void this.#deliver(shard, attempt + 1));
    }
    shard.size = streamDelivery.batchSize;
    // The mapping may stop between the function's answer and its own note of how far it has come.
    const replayed =
      invocation.random.chance(world.plan.replayRate) && world.decisions.take(`${name} is delivered again`);
    if (!replayed) shard.records = shard.records.slice(batch.length);
    world.timeline.after(
      shard.records.length > 0 ? streamDelivery.windowSeconds * 1000 : 0,
      () => void this.#deliver(shard, replayed ? attempt + 1 : 1),
    );
  }
}

function poisoned(record: StreamRecord): StreamRecord {
  const { SequenceNumber, ApproximateCreationDateTime } = record.dynamodb;
  return {
    ...record,
    eventName: 'INSERT',
    dynamodb: {
      ApproximateCreationDateTime,
      SequenceNumber: `${SequenceNumber}-poisoned`,
      NewImage: { pk: { S: 'poisoned' }, sk: { S: 'nothing' } },
    },
  };
}
