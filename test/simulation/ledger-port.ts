import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { sameBytes } from '../../shared/foundation/bytes.ts';
import { logHashOf } from '../../shared/rounds/round-address.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import type { MemoryLedger } from '../../shared/rounds/adapters/memory-ledger.ts';
import { decodeRound, encodeRound } from '../../shared/rounds/adapters/round-codec.ts';
import type { NativeItem, NativeValue } from '../../shared/aws/attribute-values.ts';
import type { Round } from '../../shared/rounds/round.ts';
import { MARKS_OF } from '../../shared/rounds/adapters/recovery-marks.ts';
import { pendingRounds } from '../../shared/rounds/pending-rounds.ts';
import { isVictim } from './plan.ts';
import { name as nameOfRound } from './recompute.ts';
import { isOwedForLong } from './rules/pending-alarms.ts';
import type {
  Ledger,
  LedgerPart,
  RoundPages,
  RoundReference,
  UnfinishedRound,
} from '../../shared/rounds/ledger.ts';
import type { RecoveryRequest } from '../../shared/rounds/recovery-queue.ts';
import type { RecoveryMarks } from '../../shared/rounds/recovery-marks.ts';
import type { PortCall } from './faults.ts';
import { type Call, invocation } from './invocation.ts';
import type { RunningInvocation } from './running-invocation.ts';
import type { Image } from './image.ts';
import type { WorldView } from './world-view.ts';

export const LEDGER_LIMITS = { timeoutMs: 4_500, latestMs: 30_000, latencyMs: [1, 12] } as const;

type Caller = <T>(name: PortCall, effect: () => T | Promise<T>, limits?: Partial<Call<T>>) => Promise<T>;

export function pagesPort({ ledger }: WorldView, call: Caller): RoundPages {
  return { list: (log, page) => call('ledger.list', () => ledger.list(log, page)) };
}

/** The contract-tested ledger in memory. Each write goes through the item's codec, and each change to the stream. */
export function ledgerPort(world: WorldView, call: Caller): Ledger {
  const { ledger } = world;
  return {
    head: (log) => call('ledger.head', () => ledger.head(log)),
    get: (reference) => call('ledger.get', () => ledger.get(reference)),
    find: (roundId) => call('ledger.find', () => ledger.find(roundId)),
    append: (round) => {
      const sent = sending(world, round);
      return call('ledger.append', () =>
        changing(
          sent,
          () => ledger.append(round),
          (result, present) =>
            result.appended || isOther(present.intentMac, macs.signNew(round), 'intentMac'),
        ),
      );
    },
    save: (next, present) => {
      const sent = sending(world, next);
      return call('ledger.save', () =>
        changing(
          sent,
          () => ledger.save(next, present),
          // A take-over is told by its epoch alone: another one may have written the same.
          (saved, found) =>
            saved !== undefined || next.status === 'INTENT' || isOther(found.mac, macs.sign(next), 'mac'),
        ),
      );
    },
    isFrozen: (log) => call('ledger.isFrozen', () => ledger.isFrozen(log)),
    markArchived: (reference) => call('ledger.markArchived', () => marking(world, reference)),
    expire: (reference, expiresAtMs) => call('ledger.expire', () => expiring(world, reference, expiresAtMs)),
    unfinished: (beforeMs, part) => pages(call, ledger, beforeMs, part),
  };
}

/** The marks of recovery are attributes of the item, so the stream tells of each of them, too. */
export function marksPort(world: WorldView, call: Caller): RecoveryMarks {
  const { marks } = world;
  const told = async <T>(reference: RoundReference, mark: Image, write: () => Promise<T>): Promise<T> => {
    const round = storedOf(world, reference);
    const result = await write();
    if (round && result !== false)
      world.stream.put(logKeyOf(round), image(world, round), { ...image(world, round), ...mark });
    return result;
  };
  return {
    read: (reference, purpose) => call('marks.read', () => marks.read(reference, purpose)),
    claim: (reference, purpose, claim) =>
      call('marks.claim', () => {
        const mark = { [MARKS_OF[purpose].claim]: { N: String(claim.atMs) } };
        return told(reference, mark, () => marks.claim(reference, purpose, claim));
      }),
    ring: (reference, purpose) => {
      const running = invocation();
      return call('marks.ring', async () => {
        const mark = { [MARKS_OF[purpose].rung]: { BOOL: true } };
        await told(reference, mark, () => marks.ring(reference, purpose));
        await listed(world, reference, purpose, running);
      });
    },
    confirm: (reference) =>
      call('marks.confirm', () =>
        told(reference, { confirmed: { BOOL: true } }, () => marks.confirm(reference)),
      ),
  };
}

/** Tells the oracle that the alarm of a round has rung. Until it is resolved, the product's list has the round. */
async function listed(
  world: WorldView,
  reference: RoundReference,
  purpose: RecoveryRequest['purpose'],
  running: RunningInvocation,
): Promise<void> {
  const round = storedOf(world, reference);
  if (!round) return;
  world.oracle.rules.marked(round, purpose, running);
  if (world.plan.quiet || !isOwedForLong(round, running.nowMs())) return;
  const { pending } = await pendingRounds({ ledger: world.ledger, clock: running });
  const isListed = pending.some((one) => one.round.roundId === round.roundId);
  if (!isListed && !world.ledger.confirmed.has(round.roundId))
    world.fail('a round whose alarm rings is listed', nameOfRound(round));
}

const macs = new RoundMacs(openMacs);

async function isOther(
  found: Uint8Array,
  signed: Promise<Round>,
  mac: 'mac' | 'intentMac',
): Promise<boolean> {
  return !sameBytes(found, (await signed)[mac]);
}

/** Of every round in the ledger, the item that holds it, as its stream shows it. */
const images = new WeakMap<object, Image>();

/** Gives back what DynamoDB would: whatever an item cannot hold is refused or lost here, as it would be there. */
export function keptAsItem(round: Round): Round {
  const item = encodeRound(round);
  const { intentMac, expiry } = round;
  const kept = { ...decodeRound(item), intentMac, ...(expiry && { expiry }) } as Round;
  images.set(kept, { ...imageOf(item), ...(expiry && expiryImageOf(expiry)) });
  return kept;
}

function storedOf({ ledger }: WorldView, { log, number }: RoundReference): Round | undefined {
  return ledger.stored.get(logHashOf(log))?.get(number);
}

function image(world: WorldView, round: RoundReference): Image {
  const stored = storedOf(world, round);
  const found = stored && images.get(stored);
  if (!found) throw new Error('the ledger holds a round that was never written');
  return found;
}

/** A write on its way, which its writer has sent at this time by its own clock. */
interface Sent {
  readonly world: WorldView;
  readonly round: RoundReference;
  readonly writer: RunningInvocation;
  readonly writersMs: number;
}

function sending(world: WorldView, round: RoundReference): Sent {
  const writer = invocation();
  return { world, round, writer, writersMs: writer.nowMs() };
}

async function changing<T>(
  { world, round, writer, writersMs }: Sent,
  write: () => Promise<T>,
  isTold: (result: T, present: Round) => boolean | Promise<boolean>,
): Promise<T> {
  const before = storedOf(world, round);
  const result = await write();
  const after = storedOf(world, round);
  if (after && after === before && !isVictim(after.log.playerId) && !(await isTold(result, after)))
    world.fail('whoever repeats a write is told that it is written', logKeyOf(round));
  if (!after || after === before) return result;
  world.oracle.written(before, { after, writer, writersMs });
  world.insider.saw(after);
  tellStream(world, before, after);
  return result;
}

/** Tells the stream that a round was written, or deleted. @returns the number of the record */
export function tellStream(
  { stream }: WorldView,
  before: Round | undefined,
  after: Round | undefined,
): string {
  const round = after ?? before;
  if (!round) throw new Error('nothing was written');
  return stream.put(logKeyOf(round), before && images.get(before), after && images.get(after));
}

const ARCHIVED = { archived: { BOOL: true } };

/** An update of an item too, which the stream tells of although no round has changed. */
async function marking(world: WorldView, reference: RoundReference): Promise<void> {
  const { ledger, stream } = world;
  const round = storedOf(world, reference);
  if (!round || ledger.archived.has(round.roundId)) return;
  await ledger.markArchived(reference);
  if (!ledger.archived.has(round.roundId)) return;
  stream.put(logKeyOf(round), image(world, round), { ...image(world, round), ...ARCHIVED });
}

async function expiring(world: WorldView, reference: RoundReference, expiresAtMs: number): Promise<void> {
  const { ledger, stream, oracle } = world;
  const round = storedOf(world, reference);
  if (!round || ledger.expiries.has(round.roundId)) return;
  const before = { ...image(world, round), ...ARCHIVED };
  await ledger.expire(reference, expiresAtMs);
  if (!ledger.expiries.has(round.roundId)) return;
  oracle.letGo(round);
  stream.put(logKeyOf(round), before, { ...image(world, round), ...ARCHIVED });
}

function logKeyOf({ log }: RoundReference): string {
  return `${log.operatorId}#${log.playerId}#${log.gameCode}`;
}

const PAGE = 50;

/** A page of the scan a call. */
async function* pages(
  call: Caller,
  ledger: MemoryLedger,
  beforeMs: number,
  part: LedgerPart,
): AsyncIterable<readonly UnfinishedRound[]> {
  const found: UnfinishedRound[] = [];
  await call('ledger.unfinished', async () => {
    found.length = 0;
    for await (const page of ledger.unfinished(beforeMs, part)) found.push(...page);
  });
  yield found.slice(0, PAGE);
  for (let from = PAGE; from < found.length; from += PAGE) {
    await call('ledger.unfinished', () => undefined);
    yield found.slice(from, from + PAGE);
  }
}

function expiryImageOf({ expiresAtMs, mac }: NonNullable<Round['expiry']>): Image {
  return { expiresAt: attribute(BigInt(expiresAtMs / 1_000)), expiryMac: attribute(mac) };
}

/** An item as Lambda hands a stream's record over: DynamoDB's JSON, bytes in base64. */
function imageOf(item: NativeItem): Image {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));
}

function attribute(value: NativeValue): { readonly [type: string]: string | boolean } {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'bigint') return { N: value.toString() };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
  throw new Error('a round has an attribute of a type that no image here can have');
}
