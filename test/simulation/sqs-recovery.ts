import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createHash } from 'node:crypto';
import { encodeRecoveryMessage } from '../../shared/rounds/adapters/recovery-message.ts';
import { SqsRecoveryQueue } from '../../shared/rounds/adapters/sqs-recovery-queue.ts';
import type { RecoveryQueue } from '../../shared/rounds/recovery-queue.ts';
import { awsReply } from './aws-network.ts';
import { type Invocation, invocation } from './invocation.ts';
import { servedBy } from './json-service.ts';
import type { JsonReply } from './memory-table.ts';
import type { RunningInvocation } from './running-invocation.ts';
import type { WorldView } from './world-view.ts';

/** A message of a batch, with all that the adapter has to say of it. */
interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly DelaySeconds: number;
}

/** SQS's own limit. */
const MOST_ENTRIES = 10;

const client = new SQSClient(
  servedBy(({ operation, input }) => {
    if (operation === 'ListQueues') return { status: 200, body: {} };
    if (operation !== 'SendMessageBatch') throw new Error(`the queue in memory does not know ${operation}`);
    return sent((input as { readonly Entries: readonly Entry[] }).Entries);
  }),
);

/** The messages that the queue has taken from each run of a function. */
const takenFrom = new WeakMap<RunningInvocation, Set<string>>();

/** The product's own adapter over the world's queue. Each request and reply crosses a network in memory as JSON. */
export function sqsRecoveryQueue(world: WorldView): RecoveryQueue {
  const queue = new SqsRecoveryQueue(client, 'http://aws.invalid/queue');
  return {
    send: async (requests, delayMs) => {
      const sender = invocation();
      await queue.send(requests, delayMs);
      const lost = requests.map(encodeRecoveryMessage).find((body) => !takenFrom.get(sender)?.has(body));
      if (lost !== undefined) world.fail('what counts as queued is in the queue', lost);
    },
  };
}

/** A client reads its settings at its first command, from files, too. Virtual time would not wait for that. */
export async function warmUpQueue(): Promise<void> {
  await client.send(new ListQueuesCommand({}));
}

function sent(entries: readonly Entry[]): Promise<JsonReply> {
  const sender = invocation();
  const { random } = sender;
  if (entries.length > MOST_ENTRIES) throw new Error(`a batch of ${entries.length} messages`);
  let isTaken = false;
  const serve = () => {
    isTaken = true;
    return accepted(sender, entries);
  };
  return awsReply('recovery.send', serve, () => {
    if (random.chance(0.2)) return undefined;
    const [first, ...rest] = entries;
    const failed = [...(first ? [first] : []), ...rest.filter(() => random.chance(0.5))];
    const others = entries.filter((entry) => !failed.includes(entry));
    const reply = isTaken ? successOf(others) : accepted(sender, others);
    const Failed = failed.map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' }));
    return { ...reply, body: { ...reply.body, Failed } };
  });
}

function accepted(sender: Invocation, entries: readonly Entry[]): JsonReply {
  const taken = takenFrom.get(sender) ?? new Set();
  takenFrom.set(sender, taken);
  for (const { MessageBody, MessageGroupId, DelaySeconds } of entries) {
    sender.world.queue.send(MessageBody, MessageGroupId, DelaySeconds * 1_000);
    taken.add(MessageBody);
  }
  return successOf(entries);
}

function successOf(entries: readonly Entry[]): JsonReply {
  const Successful = entries.map(({ Id, MessageBody }) => ({
    Id,
    MessageId: Id,
    MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
  }));
  return { status: 200, body: { Successful } };
}
