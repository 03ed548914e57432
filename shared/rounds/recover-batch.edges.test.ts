import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ConflictError, FaultError, MissingError } from '../foundation/errors.ts';
import type { RoundLog } from '../foundation/ids.ts';
import type { VoidingRound } from './round.ts';
import { sampleIntent } from './sample-round.fixture.ts';
import type { RecoveryRequest } from './recovery-queue.ts';
import { recoverBatch } from './recover-batch.ts';
import { ids } from '../foundation/ids.fixture.ts';
import { log, RoundsFixture, settings } from './rounds.fixture.ts';

const request: RecoveryRequest = { log, number: 1, purpose: 'finish', attempt: 0 };
const voiding = (of: RoundLog = log): VoidingRound => ({
  ...sampleIntent({ log: of, startedAtMs: table.nowMs, updatedAtMs: table.nowMs }),
  status: 'VOIDING',
  reason: 'DEBIT_UNKNOWN',
});
let table: RoundsFixture;

beforeEach(() => {
  table = new RoundsFixture();
});

describe('A batch with a rollback that is owed', () => {
  it('The round is voided where the wallet acknowledges the rollback', async () => {
    await table.put(voiding());
    expect(await recoverBatch(table.ports(), settings, [request])).toEqual(new Map());
    expect((await table.ledger.get(request))?.status).toBe('VOIDED');
  });

  it('A wallet that gives no answer is called once for the whole batch', async () => {
    await table.put(voiding());
    const second = voiding({ ...log, playerId: ids.player('second') });
    await table.put(second);
    table.replies.rollback.push({ kind: 'unknown', reason: 'TIMEOUT' });
    await recoverBatch(table.ports(), settings, [request, { ...request, log: second.log }]);
    expect(table.calls).toHaveLength(1);
    expect(table.recovery.size).toBe(2);
  });
});

it.each([
  new ConflictError('ROUND_IN_FLIGHT', 'It can be tried again, but is no service that is away'),
  new MissingError('UNKNOWN_ROUND', 'Nobody can recover it'),
  new FaultError('CORRUPT_RECORD', 'Nobody can read it'),
])('A failure that is no absent service is reported instead of repeated: $code', async (error) => {
  vi.spyOn(table.ledger, 'get').mockRejectedValue(error);
  expect(await recoverBatch(table.ports(), settings, [request])).toEqual(new Map([[request, error]]));
  expect(table.recovery.size).toBe(0);
});
