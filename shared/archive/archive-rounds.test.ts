import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DomainEvent } from '../events/events.ts';
import { minorAmount } from '../money/money.ts';
import type { Round } from '../rounds/round.ts';
import { sampleIntent, sampleOutcome } from '../rounds/sample-round.fixture.ts';
import type { RecoveryRequest } from '../rounds/recovery-queue.ts';
import { type ArchivePorts, archiveRounds, type RoundChange } from './archive-rounds.ts';
import { log, RoundsFixture, settings as playSettings } from '../rounds/rounds.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';

const DAY_MS = 86_400_000;
const settings = { leaseMs: playSettings.leaseMs, hotRetentionMs: 30 * DAY_MS };

let table: RoundsFixture;
let archived: Map<string, readonly Round[]>;
let published: DomainEvent[];

beforeEach(() => {
  table = new RoundsFixture();
  archived = new Map();
  published = [];
});

/** This archive keeps what the real one does: the last write under a batch's name. */
function ports(): ArchivePorts {
  const { clock, ledger, recovery } = table;
  return {
    clock,
    ledger,
    recovery,
    archive: { write: async (rounds, batchId) => void archived.set(batchId, rounds) },
    events: { publish: async (events) => void published.push(...events) },
  };
}

const process = (changes: readonly RoundChange[], batchId = 'batch') =>
  archiveRounds(ports(), settings, changes, batchId);
/** A round of the ledger ends and is archived, in a batch of its own. */
const archive = async (number: number) => {
  await table.put(committed(number));
  await process(history(intent(number), committed(number)), `batch ${number}`);
};
const archivedIds = () => [...archived.values()].flat().map(({ roundId }) => roundId);

const uuid = (number: number) => `3f1c2a4e-0b1d-4c5e-8f90-${String(number).padStart(12, '0')}`;
const intent = (number = 1) =>
  sampleIntent({
    log,
    number,
    roundId: ids.round(uuid(number)),
    updatedAtMs: table.nowMs,
    startedAtMs: table.nowMs,
  });
const committed = (number = 1, winMinor = 0n) =>
  ({
    ...intent(number),
    status: 'COMMITTED',
    outcome: sampleOutcome({ winMinor: minorAmount(winMinor) }),
  }) as const;
const credited = (number = 1) => ({ ...committed(number, 250n), status: 'CREDITED' }) as const;
const voiding = (number = 1) => ({ ...intent(number), status: 'VOIDING', reason: 'DEBIT_UNKNOWN' }) as const;
const voided = (number = 1) => ({ ...voiding(number), status: 'VOIDED' }) as const;
const rejected = (number = 1) =>
  ({ ...intent(number), status: 'REJECTED', refusal: 'LIMIT_REACHED' }) as const;
const failed = (number = 1) => ({ ...intent(number), status: 'FAILED', failure: 'ENGINE_TRAP' }) as const;

/** Makes the changes of one round as the stream has them, each with the round as it was before. */
function history(...states: readonly Round[]): RoundChange[] {
  return states.map((after, index) => ({ before: states[index - 1], after }));
}

const request = (number: number, purpose: RecoveryRequest['purpose']): RecoveryRequest => ({
  log,
  number,
  purpose,
  attempt: 0,
});

/** Reads everything that was queued, and the delay after which it is due. */
function queued(): { readonly request: RecoveryRequest; readonly delayMs: number }[] {
  const startedAtMs = table.nowMs;
  const found: { request: RecoveryRequest; delayMs: number }[] = [];
  while (table.recovery.nextDueAtMs !== undefined) {
    table.nowMs = table.recovery.nextDueAtMs;
    for (const due of table.recovery.takeDue())
      found.push({ request: due, delayMs: table.nowMs - startedAtMs });
  }
  table.nowMs = startedAtMs;
  return found;
}

describe('a round that has ended', () => {
  it.each([
    ['lost', () => history(intent(), committed())],
    ['won and paid', () => history(intent(), committed(1, 250n), credited())],
    ['refused', () => history(intent(), rejected())],
    ['failed', () => history(intent(), failed())],
    ['voided', () => history(intent(), voiding(), voided())],
  ])('A round that has ended is archived and published once: %s', async (_, make) => {
    const changes = make();
    await process(changes);
    expect([...archived]).toEqual([['batch', [changes.at(-1)?.after]]]);
    expect(published.map(({ eventId }) => eventId)).toEqual([`${uuid(1)}:ended`]);
  });

  it('is archived by the batch that saw it end, wherever the batches are cut', async () => {
    const changes = history(intent(), committed(1, 250n), credited());
    await process(changes.slice(0, 1), 'a');
    await process(changes.slice(1, 2), 'b');
    expect([archivedIds(), published]).toEqual([[], []]);
    await process(changes.slice(2), 'c');
    expect([...archived.keys()]).toEqual(['c']);
    expect(published).toHaveLength(1);
  });

  it('is not archived again where only its mark or its expiry was set', async () => {
    await process([{ before: credited(), after: credited() }]);
    expect([archivedIds(), published, queued()]).toEqual([[], [], []]);
  });

  it('is archived together with the others of its batch, in their order', async () => {
    await process([...history(intent(1), committed(1)), ...history(intent(2), rejected(2))]);
    expect([...archived.keys()]).toEqual(['batch']);
    expect(archivedIds()).toEqual([uuid(1), uuid(2)]);
    expect(published.map(({ eventId }) => eventId)).toEqual([`${uuid(1)}:ended`, `${uuid(2)}:ended`]);
  });

  it('is published with its amounts as decimal strings, and with nothing secret', async () => {
    await process(history(intent(), committed(1, 250n), credited()));
    expect(published).toEqual([
      {
        type: 'round.ended',
        eventId: `${uuid(1)}:ended`,
        atMs: table.nowMs,
        log,
        roundId: uuid(1),
        number: 1,
        sessionId: intent().sessionId,
        kind: 'spin',
        status: 'CREDITED',
        currency: 'EUR',
        stake: '1.00',
        win: '2.50',
      },
    ]);
  });

  it('is published with a win of zero where it has no outcome', async () => {
    await process(history(intent(), rejected()));
    expect(published).toMatchObject([{ status: 'REJECTED', stake: '1.00', win: '0.00' }]);
  });
});

describe('a batch that is delivered again', () => {
  it('writes the same archive object and the same events', async () => {
    const changes = [...history(intent(1), committed(1)), ...history(intent(2), committed(2, 250n))];
    await process(changes);
    const [once, events] = [[...archived], [...published]];
    await process(changes);
    expect([...archived]).toEqual(once);
    expect(published).toEqual([...events, ...events]);
  });

  it('does not put off the expiry of a round', async () => {
    await archive(1);
    await process(history(intent(2), committed(2)));
    const first = new Map(table.ledger.expiries);
    expect(first.size).toBe(1);
    table.nowMs += DAY_MS;
    await process(history(intent(2), committed(2)));
    expect(table.ledger.expiries).toEqual(first);
  });
});

describe('a round that a batch leaves unfinished', () => {
  it.each([
    ['an intent', () => history(intent())],
    ['an unpaid win', () => history(intent(), committed(1, 250n))],
    ['a stake to be given back', () => history(intent(), voiding())],
  ])(
    'A round that a batch leaves unfinished gets one check after its lease has run out: %s',
    async (_, make) => {
      await process(make());
      expect(queued()).toEqual([{ request: request(1, 'finish'), delayMs: settings.leaseMs + 5_000 }]);
      expect([archivedIds(), published]).toEqual([[], []]);
    },
  );

  it('A mark beside an unfinished round asks for no check, because a line of attempts has set it', async () => {
    const round = committed(1, 250n);
    await process([{ before: round, after: round }]);
    expect(queued()).toEqual([]);
  });

  it('gets no check where the same batch ends it', async () => {
    await process(history(intent(), committed(1, 250n), credited()));
    expect(queued()).toEqual([]);
  });

  it('is not confused with a neighbour of its log that ended', async () => {
    await process([...history(intent(1), committed(1, 250n)), ...history(intent(2), committed(2))]);
    expect(queued().map(({ request: { number } }) => number)).toEqual([1]);
    expect(archivedIds()).toEqual([uuid(2)]);
  });
});

describe('a voided round', () => {
  it('gets its last rollback after a quarter of an hour', async () => {
    await process(history(intent(), voiding(), voided()));
    expect(queued()).toEqual([{ request: request(1, 'confirm-void'), delayMs: 15 * 60_000 }]);
  });
});

describe('the hot retention', () => {
  it('lets the round before an ended one expire, and never the newest, which holds the state for the next round', async () => {
    for (const number of [1, 2, 3]) await archive(number);
    expect([...table.ledger.expiries]).toEqual(
      [1, 2].map((number) => [uuid(number), table.nowMs + settings.hotRetentionMs]),
    );
  });

  it('lets the rounds of one batch expire, all but the newest', async () => {
    for (const number of [1, 2, 3]) await table.put(committed(number));
    await process([1, 2, 3].flatMap((number) => history(intent(number), committed(number))));
    expect([...table.ledger.expiries.keys()]).toEqual([uuid(1), uuid(2)]);
  });

  it('keeps a round that never reached the archive, however many follow it', async () => {
    await archive(1);
    // The batch in which round 2 ended was given up, or its record was parked.
    await table.put(committed(2));
    await archive(3);
    await archive(4);
    expect([...table.ledger.expiries.keys()]).toEqual([uuid(3)]);
  });

  it('lets a round expire that was fed to the archive again with its successor', async () => {
    await table.put(committed(1));
    await archive(2);
    await process([{ before: undefined, after: committed(1) }], 'fed again');
    expect([...table.ledger.expiries]).toEqual([]);
    await process([{ before: undefined, after: committed(2) }], 'fed again, too');
    expect([...table.ledger.expiries.keys()]).toEqual([uuid(1)]);
  });

  it('lets nothing expire for the first round of a log', async () => {
    const expire = vi.spyOn(table.ledger, 'expire');
    await archive(1);
    expect(expire).not.toHaveBeenCalled();
  });

  it('keeps a round whose win is still owed', async () => {
    await table.put(committed(1, 250n));
    await process(history(intent(1), committed(1, 250n)));
    await archive(2);
    expect(table.ledger.expiries.size).toBe(0);
  });

  it('lets nothing expire for a round that has only begun', async () => {
    await archive(1);
    await process(history(intent(2)));
    expect(table.ledger.expiries.size).toBe(0);
  });
});

describe('a port that fails', () => {
  const down = () => Promise.reject(new Error('down'));
  const changes = () => [...history(intent(2), voiding(2), voided(2)), ...history(intent(3))];

  it.each([
    ['the archive', () => ({ archive: { write: down } })],
    ['the bus', () => ({ events: { publish: down } })],
    ['the recovery queue', () => ({ recovery: { send: down } })],
  ] as const)('makes the whole batch fail, so that it is delivered again: %s', async (_, broken) => {
    await archive(1);
    await table.put(voided(2));
    const attempt = archiveRounds({ ...ports(), ...broken() }, settings, changes(), 'batch');
    await expect(attempt).rejects.toThrow('down');
    expect([table.ledger.expiries.size, table.ledger.archived]).toEqual([0, new Set([uuid(1)])]);
    await process(changes());
    expect(archivedIds()).toEqual([uuid(1), uuid(2)]);
    expect(table.ledger.archived).toEqual(new Set([uuid(1), uuid(2)]));
    expect(table.ledger.expiries.size).toBe(1);
    expect(queued()).toContainEqual({ request: request(3, 'finish'), delayMs: settings.leaseMs + 5_000 });
  });

  it.each([
    ['the archive', () => ({ archive: { write: down } })],
    ['the bus', () => ({ events: { publish: down } })],
    ['the ledger', () => ({ ledger: Object.assign(table.ledger, { markArchived: down }) })],
  ] as const)('An unfinished round gets its check although a port fails: %s', async (_, broken) => {
    const attempt = archiveRounds({ ...ports(), ...broken() }, settings, changes(), 'batch');
    await expect(attempt).rejects.toThrow('down');
    expect(queued()).toContainEqual({ request: request(3, 'finish'), delayMs: settings.leaseMs + 5_000 });
  });

  it('piles up no messages in hours of failing, because the halved batch comes down to an ended round without a check', async () => {
    const failing = { ...ports(), archive: { write: down } };
    const numbers = Array.from({ length: 50 }, (_, index) => 2 * index + 1);
    let left = numbers.flatMap((number) => [
      ...history(intent(number)),
      { before: voiding(number + 1), after: voided(number + 1) },
    ]);
    let size = left.length;
    for (let attempt = 0; attempt < 360; attempt += 1) {
      const passed = await archiveRounds(failing, settings, left.slice(0, size), 'batch').then(
        () => true,
        () => false,
      );
      // Lambda does the same. It retries the first half alone where a batch fails, and goes on where it passes.
      if (passed) left = left.slice(size);
      else size = Math.ceil(size / 2);
    }
    const messages = Map.groupBy(queued(), ({ request: { number } }) => number);
    expect([...messages.keys()].sort((one, other) => one - other)).toEqual(numbers);
    for (const [number, ofOne] of messages) expect(ofOne.length, `round ${number}`).toBeLessThanOrEqual(8);
  });

  it.each(['markArchived', 'expire'])(
    'makes the whole batch fail also where the ledger fails: %s',
    async (call) => {
      const ledger = Object.assign(table.ledger, { [call]: down });
      const attempt = archiveRounds({ ...ports(), ledger }, settings, changes(), 'batch');
      await expect(attempt).rejects.toThrow('down');
    },
  );

  it('publishes nothing of a round that is not in the archive yet', async () => {
    const attempt = archiveRounds({ ...ports(), archive: { write: down } }, settings, changes(), 'batch');
    await expect(attempt).rejects.toThrow('down');
    expect(published).toEqual([]);
  });
});

it('An empty batch calls no port', async () => {
  await process([]);
  expect([archived.size, published.length, queued().length]).toEqual([0, 0, 0]);
});
