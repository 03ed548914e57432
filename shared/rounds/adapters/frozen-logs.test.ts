import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTable, startDynoxide, type TestDatabase } from '../../aws/dynamodb.fixture.ts';
import { systemRandom } from '../../aws/random.ts';
import { unavailable } from '../../aws/aws-call.ts';
import { openMacs } from '../../encryption/macs.fixture.ts';
import { intent } from '../any-round.fixture.ts';
import { freezeViolationOf } from '../frozen-logs.ts';
import { logHashOf } from '../round-address.ts';
import { RoundMacs } from '../round-macs.ts';
import { DynamoFrozenLogs } from './frozen-logs.ts';
import { DynamoLedger } from './ledger.ts';
import { FROZEN } from './round-keys.ts';
import { DynamoRoundPages } from './round-pages.ts';

const TABLE = 'ledger';
let nowMs = 1_795_000_000_000;
const clock = { nowMs: () => nowMs };

let database: TestDatabase;
let logs: DynamoFrozenLogs;
let ledger: DynamoLedger;
let pages: DynamoRoundPages;
let round: ReturnType<typeof intent>;
let logHash: string;

beforeAll(async () => {
  database = await startDynoxide();
  await createTable(database.client, TABLE);
  logs = new DynamoFrozenLogs(
    { client: database.client, macs: openMacs, clock, random: systemRandom },
    TABLE,
  );
  ledger = new DynamoLedger(database.client, TABLE, new RoundMacs(openMacs), clock);
  pages = new DynamoRoundPages(database.client, TABLE, new RoundMacs(openMacs));
});
afterAll(() => database.stop());

/** Releases the freeze that is there. */
const release = async (by: string, releasing = logs) =>
  releasing.release(logHash, by, (await logs.find(logHash))?.freezeId ?? 'none');

beforeEach(async () => {
  round = intent();
  logHash = logHashOf(round.log);
  await ledger.append(round);
});

describe('A frozen log', () => {
  it('A frozen log is not played on, while its rounds can still be read', async () => {
    await logs.freeze(logHash, 'A round was deleted');
    await expect(ledger.head(round.log)).rejects.toMatchObject({ code: 'LOG_FROZEN', retryable: false });
    expect(await ledger.isFrozen(round.log)).toBe(true);
    expect(await ledger.get(round)).toMatchObject({ roundId: round.roundId });
    expect(await pages.list(round.log, { limit: 10 })).toHaveLength(1);
  });

  it('A log that is frozen twice keeps its first reason', async () => {
    await logs.freeze(logHash, 'first');
    await logs.freeze(logHash, 'second');
    expect(await logs.find(logHash)).toMatchObject({ reason: 'first', released: undefined });
  });

  it('An old freeze that somebody put over a newer one is replaced, with a time and a reason of its own', async () => {
    const Key = { pk: logHash, sk: FROZEN };
    await logs.freeze(logHash, 'old');
    const { Item } = await database.client.send(new GetCommand({ TableName: TABLE, Key }));
    await release('alice');
    nowMs += 10 * 86_400_000;
    await logs.freeze(logHash, 'The newest rounds were deleted');
    await database.client.send(new PutCommand({ TableName: TABLE, Item }));
    await logs.freeze(logHash, 'The freeze of a log was changed', { isReplaced: true });
    expect(await logs.find(logHash)).toMatchObject({
      reason: 'The freeze of a log was changed',
      frozenAtMs: nowMs,
    });
  });

  it('A released log is played again, and whoever released it is named', async () => {
    await logs.freeze(logHash, 'A round was deleted');
    nowMs += 1_000;
    expect(await release('alice')).toMatchObject({ released: { atMs: nowMs, by: 'alice' } });
    expect(await ledger.head(round.log)).toMatchObject({ roundId: round.roundId });
    expect(await logs.find(logHash)).toBeUndefined();
    expect(await release('alice')).toBeUndefined();
  });

  it('No other log is frozen with it', async () => {
    const other = intent();
    await ledger.append(other);
    await logs.freeze(logHash, 'A round was deleted');
    expect(await ledger.isFrozen(other.log)).toBe(false);
    expect(await ledger.head(other.log)).toMatchObject({ roundId: other.roundId });
  });

  it('A freeze that somebody else wrote stops play, is refused, and is replaced by one of our own', async () => {
    const Item = {
      pk: logHash,
      sk: FROZEN,
      v: 1,
      freezeId: systemRandom.uuid(),
      frozenAtMs: 1,
      reason: '',
      mac: new Uint8Array(16),
    };
    await database.client.send(new PutCommand({ TableName: TABLE, Item }));
    await expect(ledger.head(round.log)).rejects.toMatchObject({ code: 'LOG_FROZEN' });
    await expect(logs.find(logHash)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    await logs.freeze(logHash, 'The freeze was forged');
    expect(await logs.find(logHash)).toMatchObject({ reason: 'The freeze was forged' });
  });

  it.each([
    ['one more attribute', 'x'],
    ['400 KB', 'x'.repeat(409_560)],
  ])('A freeze that somebody else wrote with %s is replaced as a whole', async (_, x) => {
    await database.client.send(new PutCommand({ TableName: TABLE, Item: { pk: logHash, sk: FROZEN, x } }));
    await logs.freeze(logHash, 'The freeze was forged');
    expect(await logs.find(logHash)).toMatchObject({ reason: 'The freeze was forged' });
  });

  it('A log is frozen by one write, so whoever freezes needs no right to read', async () => {
    const commands: string[] = [];
    const client = {
      send: (command: PutCommand) => {
        commands.push(command.constructor.name);
        return database.client.send(command);
      },
    };
    const writer = new DynamoFrozenLogs(
      { client: client as never, macs: openMacs, clock, random: systemRandom },
      TABLE,
    );
    await writer.freeze(logHash, 'first');
    await writer.freeze(logHash, 'second');
    expect(commands).toEqual(['PutCommand', 'PutCommand']);
  });

  it.each([
    ['its reason', 'reason', 'nothing'],
    ['its release', 'releasedAtMs', 5],
    ['an expiry', 'expiresAt', 5],
  ])('A freeze is refused where somebody changed %s', async (_, name, value) => {
    await logs.freeze(logHash, 'A round was deleted');
    await database.client.send(
      new UpdateCommand({
        TableName: TABLE,
        Key: { pk: logHash, sk: FROZEN },
        UpdateExpression: 'SET #name = :value',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':value': value },
      }),
    );
    await expect(logs.find(logHash)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });
});

/** Keeps freezes in the database, and remembers the name and the input of each command. `first` is done before one of them. */
function watched({ macs = openMacs, failing = '', before = '', first = async () => {} } = {}) {
  const sent: { readonly name: string; readonly input: object }[] = [];
  const send = async (command: PutCommand) => {
    const { name } = command.constructor;
    if (name === before) await first();
    sent.push({ name, input: command.input });
    return name === failing ? Promise.reject(new Error('No answer')) : database.client.send(command);
  };
  const client = { send } as unknown as DynamoDBDocumentClient;
  const ports = { client, macs, clock, random: systemRandom };
  return { logs: new DynamoFrozenLogs(ports, TABLE), names: () => sent.map(({ name }) => name), sent };
}

describe('A release that stopped before its freeze was deleted', () => {
  /** @returns the time of the release */
  async function stoppedRelease(): Promise<number> {
    await logs.freeze(logHash, 'A round was deleted');
    const stopped = release('alice', watched({ failing: 'DeleteCommand' }).logs);
    await expect(stopped).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    return nowMs;
  }

  it('The freeze stays in force, and is read with its release', async () => {
    const atMs = await stoppedRelease();
    expect(await ledger.isFrozen(round.log)).toBe(true);
    expect(await logs.find(logHash)).toMatchObject({
      reason: 'A round was deleted',
      released: { atMs, by: 'alice' },
    });
  });

  it('The next release deletes it without signing again, and names the first person', async () => {
    const atMs = await stoppedRelease();
    nowMs += 1_000;
    const next = watched();
    expect(await release('bob', next.logs)).toMatchObject({ released: { atMs, by: 'alice' } });
    expect(next.names()).toEqual(['GetCommand', 'DeleteCommand']);
    expect(await ledger.isFrozen(round.log)).toBe(false);
  });

  it('The next freeze takes its place, with an id and a reason of its own', async () => {
    await stoppedRelease();
    const before = await logs.find(logHash);
    nowMs += 1_000;
    await logs.freeze(logHash, 'Another round was deleted');
    const after = await logs.find(logHash);
    expect(after).toMatchObject({
      frozenAtMs: nowMs,
      reason: 'Another round was deleted',
      released: undefined,
    });
    expect(after?.freezeId).not.toBe(before?.freezeId);
  });
});

describe('The table of frozen logs', () => {
  it('A freeze is read consistently, because a replica may lack it', async () => {
    const { logs: reading, sent } = watched();
    expect(await reading.find(logHash)).toBeUndefined();
    expect(sent).toMatchObject([{ name: 'GetCommand', input: { ConsistentRead: true } }]);
  });

  it('A release signs the freeze before it deletes it', async () => {
    await logs.freeze(logHash, 'A round was deleted');
    const { logs: releasing, names } = watched();
    await release('alice', releasing);
    expect(names()).toEqual(['GetCommand', 'PutCommand', 'DeleteCommand']);
  });

  it('A freeze that nobody has looked at is not released in the place of another one', async () => {
    await logs.freeze(logHash, 'seen');
    const seen = await logs.find(logHash);
    await logs.freeze(logHash, 'Another round was deleted', { isReplaced: true });
    const { logs: releasing, names } = watched();
    expect(await releasing.release(logHash, 'alice', seen?.freezeId ?? '')).toBeUndefined();
    expect(names()).toEqual(['GetCommand']);
    expect(await logs.find(logHash)).toMatchObject({
      reason: 'Another round was deleted',
      released: undefined,
    });
  });

  it.each(['PutCommand', 'DeleteCommand'])(
    'A freeze that takes the place of the seen one before the %s stays in force',
    async (before) => {
      await logs.freeze(logHash, 'seen');
      const replace = () => logs.freeze(logHash, 'Another round was deleted', { isReplaced: true });
      expect(await release('alice', watched({ before, first: replace }).logs)).toBeUndefined();
      expect(await logs.find(logHash)).toMatchObject({
        reason: 'Another round was deleted',
        released: undefined,
      });
    },
  );

  it('Nothing is written where a log that is not frozen is released', async () => {
    const { logs: releasing, names } = watched();
    expect(await release('alice', releasing)).toBeUndefined();
    expect(names()).toEqual(['GetCommand']);
  });

  it.each<[string, string, (failing: DynamoFrozenLogs) => Promise<unknown>]>([
    ['freeze', 'PutCommand', (failing) => failing.freeze(logHash, 'A round was deleted')],
    ['find', 'GetCommand', (failing) => failing.find(logHash)],
    ['release', 'GetCommand', (failing) => failing.release(logHash, 'alice', 'any')],
  ])('%s is tried again where DynamoDB does not answer', async (_, failing, act) => {
    await expect(act(watched({ failing }).logs)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
    });
  });

  it('A freeze is not replaced where nobody can tell whose it is, because the data key is out of reach', async () => {
    await logs.freeze(logHash, 'first');
    const check = () => Promise.reject(unavailable('KMS'));
    const { logs: keyless, names } = watched({
      macs: { ...openMacs, make: openMacs.make.bind(openMacs), check },
    });
    await expect(keyless.freeze(logHash, 'second')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(names()).toEqual(['PutCommand']);
    expect(await logs.find(logHash)).toMatchObject({ reason: 'first' });
  });
});

describe('The judge of freezes', () => {
  const freeze = { logHash: 'a', freezeId: '1', frozenAtMs: 1, reason: 'why', released: undefined };
  const released = { ...freeze, released: { atMs: 2, by: 'alice' } };
  const next = { ...freeze, freezeId: '2', frozenAtMs: 2 };
  const atMs = 15 * 60_000 + 1;

  it('A freeze, its release and the deletion after it are our own', () => {
    expect(freezeViolationOf({ before: undefined, after: freeze, atMs })).toBeUndefined();
    expect(freezeViolationOf({ before: freeze, after: released, atMs })).toBeUndefined();
    expect(freezeViolationOf({ before: released, after: undefined, atMs })).toBeUndefined();
    expect(freezeViolationOf({ before: released, after: next, atMs })).toBeUndefined();
  });

  it('A new freeze may replace a forged one and an older one, as where the product freezes a log anew', () => {
    for (const before of ['unreadable', freeze] as const)
      expect(freezeViolationOf({ before, after: next, atMs })).toBeUndefined();
  });

  it('An authentic freeze of another time is none of ours, whatever it replaces', () => {
    for (const before of [
      undefined,
      'unreadable',
      { ...released, freezeId: '0' },
      { ...next, frozenAtMs: 0 },
    ] as const) {
      expect(freezeViolationOf({ before, after: freeze, atMs })).toBeUndefined();
      expect(freezeViolationOf({ before, after: freeze, atMs: atMs + 1 })).toBeDefined();
    }
  });

  it.each([
    ['is deleted before its release', freeze, undefined],
    ['gives way to an older one', next, freeze],
    ['is released by the release of another one', next, released],
    ['comes back after its release', released, freeze],
    ['is written again', freeze, freeze],
    ['was forged and is deleted', 'unreadable', undefined],
    ['was forged and is replaced by the release of an old one', 'unreadable', released],
    ['is put back with its release', undefined, released],
  ] as const)('A freeze that %s is none of ours', (_, before, after) => {
    expect(freezeViolationOf({ before, after, atMs })).toBeDefined();
  });

  it.each([
    ['is deleted', undefined, 'The freeze of a log was deleted'],
    ['is forged', 'unreadable', 'The freeze of a log was forged'],
    ['is written again', freeze, 'The freeze of a log was changed'],
  ] as const)('A freeze that %s keeps its first reason in front of the next one', (_, after, next) => {
    expect(freezeViolationOf({ before: freeze, after, atMs })).toBe(`why; then: ${next}`);
  });

  it('A freeze that is deleted again and again keeps its first reason, and stays short', () => {
    let reason = 'the round was changed';
    for (let times = 0; times < 1_000; times += 1)
      reason = freezeViolationOf({ before: { ...freeze, reason }, after: undefined, atMs }) ?? '';
    expect(reason).toMatch(/^the round was changed; then: /);
    expect(reason).toHaveLength(1_000);
  });

  it('A forged freeze is a violation also where the log was not frozen, or is released', () => {
    for (const before of [undefined, released])
      expect(freezeViolationOf({ before, after: 'unreadable', atMs })).toBe('The freeze of a log was forged');
  });
});
