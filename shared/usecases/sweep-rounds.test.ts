import { beforeEach, describe, expect, it } from 'vitest';
import { FaultError } from '../domain/errors.ts';
import { sampleIntent, sampleOutcome } from '../domain/rounds.fixture.ts';
import type { RecoveryRequest } from '../ports/recovery-queue.ts';
import { log, RoundsFixture, settings } from './rounds.fixture.ts';
import { sweepRounds } from './sweep-rounds.ts';

let table: RoundsFixture;

beforeEach(() => {
  table = new RoundsFixture();
});

const sweep = () => sweepRounds(table.ports(), settings);
const intent = (number: number, updatedAtMs = table.nowMs - settings.leaseMs - 1) =>
  sampleIntent({ log, number, roundId: `round-${number}`, updatedAtMs });
const outcome = (winMinor: bigint) => sampleOutcome({ winMinor });
const numbersOf = (requests: readonly RecoveryRequest[]) => requests.map(({ number }) => number);

describe('the daily sweep', () => {
  it('asks for the recovery of every round that is not final', async () => {
    await table.put(intent(1));
    await table.put({ ...intent(2), status: 'COMMITTED', outcome: outcome(250n) });
    await table.put({ ...intent(3), status: 'VOIDING', reason: 'DEBIT_UNKNOWN' });
    expect(await sweep()).toBe(3);
    expect(table.recovery.takeDue()).toEqual(
      [1, 2, 3].map((number) => ({ log, number, purpose: 'finish', attempt: 0 })),
    );
  });

  it('asks for the rounds that were found before the ledger failed', async () => {
    const ledger = Object.assign(table.ledger, {
      async *unfinished() {
        yield { log, number: 1 };
        throw new FaultError('CORRUPT_RECORD', 'A stored round has a key that is never written');
      },
    });
    await expect(sweepRounds({ ...table.ports(), ledger }, settings)).rejects.toBeInstanceOf(FaultError);
    expect(numbersOf(table.recovery.takeDue())).toEqual([1]);
  });

  it('leaves rounds alone that have ended', async () => {
    await table.put({ ...intent(1), status: 'COMMITTED', outcome: outcome(0n) });
    await table.put({ ...intent(2), status: 'CREDITED', outcome: outcome(250n) });
    await table.put({ ...intent(3), status: 'REJECTED', refusal: 'INSUFFICIENT_FUNDS' });
    await table.put({ ...intent(4), status: 'FAILED', failure: 'ENGINE_TRAP' });
    await table.put({ ...intent(5), status: 'VOIDED', reason: 'DEBIT_UNKNOWN' });
    expect(await sweep()).toBe(0);
    expect(table.recovery.size).toBe(0);
  });

  it('leaves rounds alone whose lease still runs', async () => {
    await table.put(intent(1, table.nowMs - settings.leaseMs));
    expect(await sweep()).toBe(0);
    table.nowMs += 1;
    expect(await sweep()).toBe(1);
  });

  it('finds more rounds than one message batch holds, and each once', async () => {
    const numbers = Array.from({ length: 23 }, (_, index) => index + 1);
    for (const number of numbers) await table.put(intent(number));
    const sizes: number[] = [];
    const recovery = {
      send: (requests: readonly RecoveryRequest[], delayMs: number) => {
        sizes.push(requests.length);
        return table.recovery.send(requests, delayMs);
      },
    };
    expect(await sweepRounds({ ...table.ports(), recovery }, settings)).toBe(23);
    expect(sizes).toEqual([10, 10, 3]);
    expect(numbersOf(table.recovery.takeDue())).toEqual(numbers);
  });

  it('fails where the queue does, so that somebody hears of it', async () => {
    await table.put(intent(1));
    const recovery = { send: () => Promise.reject(new Error('the queue is down')) };
    await expect(sweepRounds({ ...table.ports(), recovery }, settings)).rejects.toThrow('the queue is down');
  });

  it('lets recovery bring what it found to its end', async () => {
    await table.put(intent(1));
    await sweep();
    await table.recoverAll();
    expect((await table.ledger.head(log))?.status).toBe('VOIDED');
  });
});
