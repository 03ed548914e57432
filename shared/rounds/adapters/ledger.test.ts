import { roundIdOf } from '../round-address.ts';
import type { RoundItem } from './round-item.ts';
import { storeRound } from '../sample-round.fixture.ts';
import { openMacs } from '../../encryption/macs.fixture.ts';
import { RoundMacs } from '../round-macs.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DependencyError } from '../../foundation/errors.ts';
import { startHttpServer } from '../../foundation/http-server.fixture.ts';
import { minorAmount } from '../../money/money.ts';
import { committed, credited, intent } from '../any-round.fixture.ts';
import { createTable, startDynoxide, type TestDatabase } from '../../aws/dynamodb.fixture.ts';
import type { CommittedRound, IntentRound, Round } from '../round.ts';
import { documentClient } from '../../aws/document-client.ts';
import { DynamoLedger } from './ledger.ts';
import { encodeRound } from './round-codec.ts';
import { keyOf, logTextOf } from './round-keys.ts';
import { DynamoRoundPages } from './round-pages.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const TABLE = 'ledger';
const clock = { nowMs: () => 0 };
const ledgerOn = (on: DynamoDBDocumentClient) => new DynamoLedger(on, TABLE, new RoundMacs(openMacs), clock);
const access = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

describe('A ledger in which somebody has filled an item up', () => {
  const answering = (name: string) => {
    const send = () => Promise.reject(Object.assign(new Error('Item size'), { name }));
    return ledgerOn({ send } as unknown as DynamoDBDocumentClient);
  };

  it('A filled item stays without its marks, so that the stream goes on to judge it', async () => {
    const round = intent();
    await expect(answering('ValidationException').markArchived(round)).resolves.toBeUndefined();
    await expect(answering('ValidationException').expire(round, 1_800_000_000_000)).resolves.toBeUndefined();
  });

  it('Any other failure of a mark is one that is tried again', async () => {
    await expect(answering('InternalServerError').markArchived(intent())).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
  });
});

describe('A ledger whose answers get lost', () => {
  let database: TestDatabase;
  let proxy: Awaited<ReturnType<typeof startHttpServer>>;
  let client: ReturnType<typeof documentClient>;
  let ledger: DynamoLedger;
  const answers = { toLose: 0, lost: 0 };

  /** Lets every request take effect, and cuts the line before some of the answers. */
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const body = await buffer(request);
    const answer = await fetch(database.endpoint, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body,
    });
    const content = Buffer.from(await answer.arrayBuffer());
    if (answers.toLose > 0) {
      answers.toLose -= 1;
      answers.lost += 1;
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(content);
  }

  beforeAll(async () => {
    database = await startDynoxide();
    await createTable(database.client, TABLE);
    proxy = await startHttpServer((request, response) => {
      pass(request, response).catch(() => response.destroy());
    });
    client = documentClient({ ...access, endpoint: proxy.endpoint });
    ledger = ledgerOn(client);
  });
  beforeEach(() => {
    answers.lost = 0;
  });
  /** Appends a round. @returns the round with its MACs */
  async function appended(round: IntentRound): Promise<IntentRound> {
    const result = await ledger.append(round);
    expect(result).toMatchObject({ appended: true, round: { roundId: round.roundId } });
    return { ...round, ...(result.appended && result.round) } as IntentRound;
  }
  afterAll(async () => {
    client.destroy();
    await proxy.stop();
    await database.stop();
  });

  it('A round counts as appended although the answer was lost', async () => {
    answers.toLose = 2;
    const round = await appended(intent());
    expect(answers.lost).toBe(2);
    expect(await ledger.head(round.log)).toEqual(round);
  });

  it('A round counts as committed and as credited although the answers were lost', async () => {
    const round = await appended(intent());
    answers.toLose = 1;
    const paid = (await ledger.save(committed(round), round)) as CommittedRound;
    expect(paid).toMatchObject({ status: 'COMMITTED', outcome: committed(round).outcome });
    answers.toLose = 1;
    const final = await ledger.save(credited(paid), paid);
    expect(final).toMatchObject({ status: 'CREDITED', outcome: paid.outcome });
    expect(answers.lost).toBe(2);
    expect(await ledger.get(round)).toEqual(final);
  });

  it('A take-over whose answer was lost is given up rather than shared', async () => {
    const round = await appended(intent());
    answers.toLose = 1;
    const taken = { ...round, epoch: 2, updatedAtMs: round.updatedAtMs + 30_000 };
    expect(await ledger.save(taken, round)).toBeUndefined();
    expect(answers.lost).toBe(1);
  });

  it('The ledger is unavailable where all answers are lost, although the write took effect', async () => {
    const round = intent();
    answers.toLose = 3;
    await expect(ledger.append(round)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
    });
    expect(await ledger.get(round)).toMatchObject({ roundId: round.roundId, status: 'INTENT' });
  });
});

describe('A write after the intent', () => {
  it('A later write changes nothing that the intent fixed, whatever it is asked to write', async () => {
    const database = await startDynoxide();
    try {
      await createTable(database.client, TABLE);
      const ledger = ledgerOn(database.client);
      const round = await storeRound(ledger, intent());
      const rerolled: IntentRound = {
        ...round,
        sealedOpening: new Uint8Array(80).fill(9),
        engineHash: 'ee'.repeat(32),
        action: 'other',
        kind: 'bonus',
        stakeMinor: minorAmount(round.stakeMinor + 1n),
        baseBetMinor: minorAmount(round.baseBetMinor + 1n),
        walletCalls: 'bet-win',
        startedAtMs: round.startedAtMs + 1,
        sessionId: ids.session('7d9f2a10-5b6c-4d7e-9f80-112233445566'),
      };
      const decided = committed(rerolled);
      const changed = await ledger.save(decided, round);
      expect(changed?.mac).toHaveLength(16);
      const { status, outcome, epoch, updatedAtMs } = decided;
      const state = { status, outcome, epoch, updatedAtMs, mac: changed?.mac };
      expect(await ledger.get(round)).toEqual({ ...round, ...state });
    } finally {
      await database.stop();
    }
  });
});

describe('A mark of the ledger', () => {
  it('A mark that is set already is not set again, so that the stream has no second change', async () => {
    const database = await startDynoxide();
    try {
      await createTable(database.client, TABLE);
      const refused: string[] = [];
      const send = async (command: GetCommand) => {
        try {
          return await database.client.send(command);
        } catch (error) {
          refused.push((error as Error).name);
          throw error;
        }
      };
      const ledger = ledgerOn({ send } as unknown as DynamoDBDocumentClient);
      const round = await storeRound(ledger, credited(committed(intent())));
      for (const set of [() => ledger.markArchived(round), () => ledger.expire(round, 1_800_000_000_000)]) {
        await set();
        expect(refused).toEqual([]);
        await set();
        expect(refused.splice(0)).toEqual(['ConditionalCheckFailedException']);
      }
    } finally {
      await database.stop();
    }
  });
});

describe('DynamoDB', () => {
  async function headWith(answer: (response: ServerResponse) => void) {
    let calls = 0;
    const server = await startHttpServer((_, response) => {
      calls += 1;
      answer(response);
    });
    const client = documentClient({ ...access, endpoint: server.endpoint });
    const startedAt = performance.now();
    const found = await ledgerOn(client)
      .head(intent().log)
      .catch((error: unknown) => error);
    const tookMs = performance.now() - startedAt;
    client.destroy();
    await server.stop();
    return { found, calls, tookMs };
  }

  it('A table that throttles is called three times and is then unavailable', async () => {
    const { found, calls } = await headWith((response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}');
    });
    expect(found).toMatchObject({ code: 'SERVICE_UNAVAILABLE', cause: { name: 'ThrottlingException' } });
    expect(calls).toBe(3);
  });

  it('A call of a table that hangs is given up within six seconds', async () => {
    const { found, calls, tookMs } = await headWith(() => undefined);
    expect(found).toMatchObject({ code: 'SERVICE_UNAVAILABLE', cause: { name: 'TimeoutError' } });
    expect(calls).toBe(3);
    expect(tookMs).toBeLessThan(6_000);
  });

  it('The ledger is unavailable where DynamoDB does not know the table', async () => {
    const { found, calls } = await headWith((response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}');
    });
    expect(found).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(calls).toBe(1);
  });
});

it('DynamoDB receives no round that is too large for an item', async () => {
  const client = documentClient({ ...access, endpoint: 'http://127.0.0.1:1' });
  const ledger = ledgerOn(client);
  const large = intent({ sealedOpening: new Uint8Array(400 * 1024) });
  await expect(ledger.append(large)).rejects.toMatchObject({
    code: 'INTERNAL_ERROR',
    roundId: large.roundId,
  });
  await expect(ledger.save(committed(large), large)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
  client.destroy();
});

it('The ledger gives every readable unfinished round of a part before it reports an unreadable one', async () => {
  const pages = [
    { Items: [itemOf('Demo', 1), itemOf('demo', 2)], LastEvaluatedKey: {} },
    { Items: [], LastEvaluatedKey: {} },
    { Items: [itemOf('demo', 3)] },
  ];
  const client = { send: async () => pages.shift() } as unknown as DynamoDBDocumentClient;
  const found: number[][] = [];
  const finding = async () => {
    const part = ledgerOn(client).unfinished(0, { index: 0, count: 1 });
    for await (const page of part) found.push(page.map(({ number }) => number));
  };
  await expect(finding()).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  expect(found).toEqual([[2], [], [3]]);
});

describe('A read of the ledger', () => {
  interface Query {
    readonly ConsistentRead?: boolean;
    readonly Limit?: number;
    readonly ExclusiveStartKey?: unknown;
  }

  /** A table that gives these answers one after the other, and remembers its queries. */
  function tableOf(...answers: object[]) {
    const queries: Query[] = [];
    const send = async ({ input }: { input: Query }) => {
      queries.push(input);
      return answers.shift() ?? {};
    };
    const client = { send } as unknown as DynamoDBDocumentClient;
    const pages = new DynamoRoundPages(client, TABLE, new RoundMacs(openMacs));
    return { ledger: ledgerOn(client), pages, queries };
  }
  const { log } = intent();
  let round: Round;
  let item: RoundItem;
  beforeAll(async () => {
    round = await new RoundMacs(openMacs).signNew(intent({ log }));
    item = encodeRound(round);
  });

  it('The newest round, a single one and a page are read consistently, because a replica may lack them', async () => {
    const { ledger, pages, queries } = tableOf();
    await ledger.head(log);
    await ledger.get({ log, number: 1 });
    await pages.list(log, { limit: 5 });
    expect(queries).toMatchObject([
      { ConsistentRead: true, Limit: 2 },
      { ConsistentRead: true },
      { ConsistentRead: true, Limit: 5 },
    ]);
  });

  it('A round is read by its id alone, in one consistent read', async () => {
    const { ledger, queries } = tableOf({ Item: item });
    expect(await ledger.find(round.roundId)).toMatchObject({ roundId: round.roundId });
    expect(queries).toMatchObject([{ Key: { pk: item.pk, sk: item.sk }, ConsistentRead: true }]);
  });

  it('An id of another day finds nothing, although a round has its log and its number', async () => {
    const { ledger } = tableOf({ Item: item });
    const tomorrow = roundIdOf(log, round.number, round.startedAtMs + 86_400_000);
    expect(await ledger.find(tomorrow)).toBeUndefined();
  });

  it('A read goes on for the missing rounds where an answer ended before the page was full', async () => {
    const { pages, queries } = tableOf(
      { Items: [item, item], LastEvaluatedKey: { pk: 'here' } },
      { Items: [item] },
    );
    expect(await pages.list(log, { limit: 3 })).toHaveLength(3);
    expect(queries).toMatchObject([{ Limit: 3 }, { Limit: 1, ExclusiveStartKey: { pk: 'here' } }]);
    expect(queries[0]).not.toHaveProperty('ExclusiveStartKey');
  });

  it('A round that somebody changed is listed as unreadable beside the others', async () => {
    const forged = { ...item, stake: 1n, sk: '000000007' };
    const { pages } = tableOf({ Items: [forged, item] });
    expect(await pages.list(log, { limit: 2 })).toEqual([{ log, number: 7, status: 'UNREADABLE' }, round]);
  });

  it('An item between the rounds that has not even the key of one is passed over, and the page is filled', async () => {
    const planted = ['5x', '0000000070'].map((sk) => ({ ...item, sk }));
    const { pages, queries } = tableOf(
      { Items: planted, LastEvaluatedKey: { pk: 'here' } },
      { Items: [item] },
    );
    expect(await pages.list(log, { limit: 2 })).toEqual([round]);
    expect(queries).toMatchObject([{ Limit: 2 }, { Limit: 2, ExclusiveStartKey: { pk: 'here' } }]);
  });

  it('A page fails where the data key is not to be had, so that no round is called changed for that', async () => {
    const { pages } = tableOf({ Items: [item] });
    const away = new DependencyError('SERVICE_UNAVAILABLE', 'The key is away');
    vi.spyOn(RoundMacs.prototype, 'check').mockRejectedValueOnce(away);
    await expect(pages.list(log, { limit: 2 })).rejects.toBe(away);
  });

  it('A read ends where the page is full, although more rounds follow', async () => {
    const { pages, queries } = tableOf({ Items: [item], LastEvaluatedKey: { pk: 'here' } });
    expect(await pages.list(log, { limit: 1 })).toHaveLength(1);
    expect(queries).toHaveLength(1);
  });

  it('A read goes on through answers without a round until the log ends', async () => {
    const { pages, queries } = tableOf({ LastEvaluatedKey: { pk: 'here' } }, { Items: [item] });
    expect(await pages.list(log, { limit: 2 })).toHaveLength(1);
    expect(queries).toHaveLength(2);
  });

  it.each([{ limit: 0 }, { limit: 5, beforeNumber: 1 }])(
    'No query is sent where no round can exist: %o',
    async (page) => {
      const { pages, queries } = tableOf();
      expect(await pages.list(log, page)).toEqual([]);
      expect(queries).toEqual([]);
    },
  );

  it('A query asks for the rounds below a number, and for none above the largest', async () => {
    const { pages, queries } = tableOf();
    for (const beforeNumber of [2, 1_000_000_000, 2_000_000_000])
      await pages.list(log, { limit: 5, beforeNumber });
    await pages.list(log, { limit: 5 });
    const values = { ':pk': item.pk, ':oldest': '000000001' };
    expect(queries).toMatchObject([
      { ExpressionAttributeValues: { ...values, ':newest': '000000001' } },
      ...Array.from({ length: 3 }, () => ({
        ExpressionAttributeValues: { ...values, ':newest': '999999999' },
      })),
    ]);
  });
});

/** A scan gives this of a round. */
function itemOf(operatorId: string, number: number) {
  const log = { ...intent().log, operatorId: ids.operator(operatorId) };
  return { ...keyOf({ log, number }), log: logTextOf(log) };
}
