import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NativeItem, WireItem } from '../../shared/aws/attribute-values.ts';
import { marshallItem } from '../../shared/aws/attribute-values.fixture.ts';
import { createTable, startDynoxide, type TestDatabase } from '../../shared/aws/dynamodb.fixture.ts';
import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { DynamoLedger } from '../../shared/rounds/adapters/ledger.ts';
import { encodeRound } from '../../shared/rounds/adapters/round-codec.ts';
import { DynamoRoundPages } from '../../shared/rounds/adapters/round-pages.ts';
import { decodeStreamRound } from '../../shared/rounds/adapters/stream-round.ts';
import { keyOf, logTextOf } from '../../shared/rounds/adapters/round-keys.ts';
import { committed, credited, intent } from '../../shared/rounds/any-round.fixture.ts';
import type { Round } from '../../shared/rounds/round.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { signRound } from '../../shared/rounds/sample-round.fixture.ts';

const TABLE = 'ledger';
const macs = new RoundMacs(openMacs);
const refused = { code: 'CORRUPT_RECORD' };
let database: TestDatabase;
let ledger: DynamoLedger;
let pages: DynamoRoundPages;

beforeAll(async () => {
  database = await startDynoxide();
  await createTable(database.client, TABLE);
  ledger = new DynamoLedger(database.client, TABLE, macs, { nowMs: () => 0 });
  pages = new DynamoRoundPages(database.client, TABLE, macs);
});
afterAll(() => database?.stop());

/** Writes an item as somebody does who has the rights to the table, and none to the data keys. */
const write = (Item: NativeItem) => database.client.send(new PutCommand({ TableName: TABLE, Item }));

/** The item of a round as the ledger wrote it, also where it is archived and may expire. */
async function itemOf(round: Round): Promise<NativeItem> {
  const { expiresAtMs, mac } = await macs.signExpiry(round, 1_800_000_000_000);
  const expiry = { archived: true, expiresAt: BigInt(expiresAtMs / 1_000), expiryMac: mac };
  return { ...encodeRound(round), ...(['INTENT', 'VOIDING'].includes(round.status) ? {} : expiry) };
}

/** Every way in which the product reads a round. */
const readings = (round: Round, item: NativeItem): Record<string, () => Promise<unknown>> => ({
  get: () => ledger.get(round),
  find: () => ledger.find(round.roundId),
  head: () => ledger.head(round.log),
  'its stream': async () => macs.check(decodeStreamRound(marshallItem(item) as WireItem)),
});

async function expectRefused(round: Round, item: NativeItem): Promise<void> {
  await write(item);
  for (const [name, read] of Object.entries(readings(round, item)))
    await expect(read(), name).rejects.toMatchObject(refused);
  const { log, number } = round;
  expect(await pages.list(log, { limit: 5 })).toContainEqual({ log, number, status: 'UNREADABLE' });
}

const start = intent();
const won = committed(start);
const game = { openedBy: 'spin', steps: 3, payoutMillionths: 5_000_000n };
const bonus = intent({ kind: 'bonus', stakeMinor: minorAmount(0n), gameSoFar: game });
const other = (bytes: number) => new Uint8Array(bytes).fill(0xee);

/** Each attribute of a round, with another value that it may have. So its form gives nothing away. */
const ofCredited: NativeItem = {
  v: 3n,
  log: logTextOf(bonus.log),
  session: Buffer.from('7d9f2a105b6c4d7e9f80112233445566', 'hex'),
  kind: 'bonus',
  action: 'buy',
  currency: 'USD',
  baseBet: 99n,
  stake: 1n,
  wallet: 'second',
  engine: other(32),
  start: other(81),
  key: other(16),
  request: other(16),
  keys: other(3),
  startedAt: BigInt(start.startedAtMs + 1),
  previous: other(16),
  epoch: 2n,
  updatedAt: BigInt(start.updatedAtMs + 1),
  mac: other(16),
  status: 'COMMITTED',
  payout: 2_500_001n,
  win: 251n,
  after: other(49),
  view: '{"outcome":{"jackpot":true},"public_state":{},"bonus_triggered":null}',
  bonus: true,
  before: 100_001n,
  balance: 100_151n,
  expiresAt: 1_700_000_000n,
  expiryMac: other(16),
};
const forgeries: readonly (readonly [string, Round, NativeItem])[] = [
  ...Object.entries(ofCredited).map(([name, held]) => [name, credited(won), { [name]: held }] as const),
  ['betWin, which was not there', start, { betWin: true }],
  ['a game, which was not there', start, { openedBy: 'spin', gameSteps: 1n, gamePayout: 0n }],
  ['openedBy', bonus, { openedBy: 'buy' }],
  ['gameSteps', bonus, { gameSteps: 2n }],
  ['gamePayout', bonus, { gamePayout: 0n }],
  ['refusal', { ...start, status: 'REJECTED', refusal: 'LIMIT_REACHED' }, { refusal: 'PLAYER_BLOCKED' }],
  ['failure', { ...start, status: 'FAILED', failure: 'TRAP' }, { failure: 'TIMEOUT' }],
  ['reason', { ...start, status: 'VOIDED', reason: 'ABANDONED' }, { reason: 'DEBIT_UNKNOWN' }],
  ['a win that is called paid', won, { status: 'CREDITED' }],
  [
    'a rollback that is called done',
    { ...start, status: 'VOIDING', reason: 'ABANDONED' },
    { status: 'VOIDED' },
  ],
];

describe('A row that somebody without the data key wrote', () => {
  it.each([start, credited(won), bonus])(
    'A row that the product wrote is read by all: $status',
    async (unsigned) => {
      const round = await signRound(macs, unsigned);
      const item = await itemOf(round);
      await write(item);
      for (const [name, read] of Object.entries(readings(round, item))) {
        const found = await read();
        expect(Array.isArray(found) ? found[0] : found, name).toMatchObject(round);
      }
    },
  );

  it('Every attribute of a row is among those that are forged here', async () => {
    const item = await itemOf(await signRound(macs, credited(won)));
    const forged = ['pk', 'sk', 'archived', ...Object.keys(ofCredited)];
    expect(Object.keys(item).toSorted()).toEqual(forged.toSorted());
  });

  it.each(forgeries)(
    'A row with another value is refused by all that read it: %s',
    async (_, unsigned, forged) => {
      const round = await signRound(macs, unsigned);
      await expectRefused(round, { ...(await itemOf(round)), ...forged });
    },
  );

  it.each(['expiresAt', 'expiryMac'])(
    'A row with half an expiry is refused by all that read it: %s',
    async (name) => {
      const round = await signRound(macs, credited(won));
      const { [name]: _, ...rest } = await itemOf(round);
      await expectRefused(round, rest);
    },
  );

  it.each(['win', 'updatedAt', 'view', 'beside it'])(
    'A number that is no integer hides no other row: %s',
    async (name) => {
      const one = await signRound(macs, committed(intent()));
      const { log } = one;
      const two = await signRound(macs, committed(intent({ log, number: 2 })));
      await write(await itemOf(one));
      const forged = { ...(await itemOf(two)), [name]: 1.5 };
      await database.client.send(new PutCommand({ TableName: TABLE, Item: forged }));
      const listed = await pages.list(log, { limit: 5 });
      expect(listed.map(({ number, status }) => [number, status])).toEqual([
        [2, name === 'beside it' ? 'COMMITTED' : 'UNREADABLE'],
        [1, 'COMMITTED'],
      ]);
      const unfinished: unknown[] = [];
      for await (const page of ledger.unfinished(Date.now(), { index: 0, count: 1 }))
        unfinished.push(...page);
      expect(unfinished).toContainEqual(expect.objectContaining({ log, number: 1 }));
    },
  );

  it('A row that was copied to another number of its log is refused by all that read it', async () => {
    const round = await signRound(macs, credited(committed(intent())));
    const copy = intent({ log: round.log, number: 2, startedAtMs: round.startedAtMs });
    await expectRefused(copy, { ...(await itemOf(round)), ...keyOf(copy) });
  });

  it("A row that was copied to another player's log is refused by all that read it", async () => {
    const round = await signRound(macs, credited(committed(intent())));
    const copy = intent();
    await expectRefused(copy, { ...(await itemOf(round)), ...keyOf(copy), log: logTextOf(copy.log) });
  });

  it('A row with the expiry of another round is refused by all that read it', async () => {
    const [one, two] = [credited(committed(intent())), credited(committed(intent()))];
    const { expiresAt = null, expiryMac = null } = await itemOf(two);
    const round = await signRound(macs, one);
    await expectRefused(round, { ...(await itemOf(round)), expiresAt, expiryMac });
  });

  it('Nobody can move a round on whose row was forged', async () => {
    const round = await signRound(macs, committed(intent()));
    await write({ ...encodeRound(round), win: 1_000_000n });
    const found = ledger.get(round);
    await expect(found).rejects.toMatchObject(refused);
    const lost = { ...round, outcome: { ...round.outcome, winMinor: minorAmount(0n) } };
    await expect(ledger.save(credited(lost), { ...lost, mac: other(16) })).rejects.toMatchObject(refused);
  });
});
