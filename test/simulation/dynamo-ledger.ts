import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { WireItem } from '../../shared/aws/attribute-values.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { sameBytes } from '../../shared/foundation/bytes.ts';
import { DynamoLedger } from '../../shared/rounds/adapters/ledger.ts';
import { DynamoRecoveryMarks, MARKS_OF } from '../../shared/rounds/adapters/recovery-marks.ts';
import { DynamoRoundPages } from '../../shared/rounds/adapters/round-pages.ts';
import { decodeStreamRound } from '../../shared/rounds/adapters/stream-round.ts';
import { keyOf } from '../../shared/rounds/adapters/round-keys.ts';
import type { Ledger, RoundPages, RoundReference } from '../../shared/rounds/ledger.ts';
import type { RecoveryMarks } from '../../shared/rounds/recovery-marks.ts';
import type { Round } from '../../shared/rounds/round.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { awsReply } from './aws-network.ts';
import { name as nameOfRound } from './recompute.ts';
import type { PortCall } from './faults.ts';
import { invocation } from './invocation.ts';
import { servedBy } from './json-service.ts';
import type { TableChange } from './memory-table.ts';
import type { RunningInvocation } from './running-invocation.ts';
import type { Image } from './image.ts';
import type { WorldView } from './world-view.ts';

const macs = new RoundMacs(openMacs);
const clock = { nowMs: () => invocation().nowMs() };

const client = documentClient(
  servedBy(({ operation, input, options }) => {
    const { call } = options as { readonly call?: PortCall };
    if (call === undefined) return { status: 200, body: {} };
    const running = invocation();
    const { world } = running;
    const writersMs = running.nowMs();
    return awsReply(call, async () => {
      let change: TableChange | undefined;
      const reply = world.table.serve(operation, input, (made) => (change = made));
      if (change) await told(world, change, { writer: running, writersMs });
      return reply;
    });
  }),
);

/** The client as one call of the ports uses it, so that its transport knows which one that is. */
function clientFor(call: PortCall): DynamoDBDocumentClient {
  const send = (command: Parameters<typeof client.send>[0]) => client.send(command, { call } as object);
  return { send } as unknown as DynamoDBDocumentClient;
}

const ledgerFor = (call: PortCall) => new DynamoLedger(clientFor(call), 'ledger', macs, clock);
const marksFor = (call: PortCall) => new DynamoRecoveryMarks(clientFor(call), 'ledger');

/** The product's own adapter over a table in memory. Each request and reply crosses a network in memory as JSON. */
export function dynamoLedgerPort(world: WorldView): Ledger {
  const on = {
    head: ledgerFor('ledger.head'),
    get: ledgerFor('ledger.get'),
    find: ledgerFor('ledger.find'),
    append: ledgerFor('ledger.append'),
    save: ledgerFor('ledger.save'),
    isFrozen: ledgerFor('ledger.isFrozen'),
    markArchived: ledgerFor('ledger.markArchived'),
    expire: ledgerFor('ledger.expire'),
    unfinished: ledgerFor('ledger.unfinished'),
  };
  return {
    head: (log) => on.head.head(log),
    get: (reference) => on.get.get(reference),
    find: (roundId) => on.find.find(roundId),
    append: async (round) => {
      const result = await on.append.append(round);
      if (!result.appended) await mustBeOther(world, result.existing, macs.signNew(round), 'intentMac');
      return result;
    },
    save: async (next, present) => {
      const saved = await on.save.save(next, present);
      // A take-over is told by its epoch alone: another one may have written the same.
      if (!saved && next.status !== 'INTENT') {
        const found = await storedAt(world, next);
        if (found) await mustBeOther(world, found, macs.sign(next), 'mac');
      }
      return saved;
    },
    isFrozen: (log) => on.isFrozen.isFrozen(log),
    markArchived: (reference) => on.markArchived.markArchived(reference),
    expire: (reference, expiresAtMs) => on.expire.expire(reference, expiresAtMs),
    unfinished: (beforeMs, part) => on.unfinished.unfinished(beforeMs, part),
  };
}

export function dynamoPagesPort(): RoundPages {
  const pages = new DynamoRoundPages(clientFor('ledger.list'), 'ledger', macs);
  return { list: (log, page) => pages.list(log, page) };
}

export function dynamoMarksPort(): RecoveryMarks {
  const [reads, claims] = [marksFor('marks.read'), marksFor('marks.claim')];
  const [rings, confirms] = [marksFor('marks.ring'), marksFor('marks.confirm')];
  return {
    read: (reference, purpose) => reads.read(reference, purpose),
    claim: (reference, purpose, claim) => claims.claim(reference, purpose, claim),
    ring: (reference, purpose) => rings.ring(reference, purpose),
    confirm: (reference) => confirms.confirm(reference),
  };
}

/** A client reads its settings at its first command, from files, too. Virtual time would not wait for that. */
export async function warmUpLedger(): Promise<void> {
  await client.send(new GetCommand({ TableName: 'ledger', Key: { pk: 'nothing', sk: 'nothing' } }));
}

async function mustBeOther(
  world: WorldView,
  found: Round,
  signed: Promise<Round>,
  mac: 'mac' | 'intentMac',
): Promise<void> {
  if (sameBytes(found[mac], (await signed)[mac]))
    world.fail('whoever repeats a write is told that it is written', nameOfRound(found));
}

async function storedAt({ table }: WorldView, reference: RoundReference): Promise<Round | undefined> {
  const { pk, sk } = keyOf(reference);
  return roundOf(table.item({ pk: { S: pk }, sk: { S: sk } }));
}

/** Of every item that was written, the round that it holds. Items are replaced and never changed. */
const rounds = new WeakMap<Image, Promise<Round>>();

async function roundOf(item: Image | undefined): Promise<Round | undefined> {
  if (!item) return undefined;
  const round = rounds.get(item) ?? macs.check(decodeStreamRound(item as WireItem));
  rounds.set(item, round);
  return round;
}

interface Writing {
  readonly writer: RunningInvocation;
  readonly writersMs: number;
}

/** Tells the oracle and the stream of a write. Marks and expiries are attributes of the item, so the stream tells of them, too. */
async function told(world: WorldView, { before, after }: TableChange, writing: Writing): Promise<void> {
  const [was, round] = [await roundOf(before), await roundOf(after)];
  if (!round) return;
  if (!was || !sameBytes(was.mac, round.mac)) world.oracle.written(was, { after: round, ...writing });
  if (round.expiry && !was?.expiry) world.oracle.letGo(round);
  for (const purpose of ['finish', 'confirm-void'] as const) {
    const { rung } = MARKS_OF[purpose];
    if (after[rung] && !before?.[rung]) world.oracle.rules.marked(round, purpose, writing.writer);
  }
  world.stream.put(logKeyOf(round), before, after);
}

function logKeyOf({ log }: RoundReference): string {
  return `${log.operatorId}#${log.playerId}#${log.gameCode}`;
}
