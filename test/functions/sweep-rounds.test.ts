import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeRecoveryMessage } from '../../shared/rounds/adapters/recovery-message.ts';
import { sampleIntent } from '../../shared/rounds/sample-round.fixture.ts';
import * as compose from '../../functions/_runtime/composition.ts';
import { lambdaContext } from '../../functions/_runtime/http-event.fixture.ts';
import { takeMessages, useLocalServices } from './local-services.ts';
import { handler } from '../../functions/rounds/sweep-rounds/handler.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

// Read when the metrics are made, which the imports do.
vi.hoisted(() => {
  process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'serverless-rgs';
  process.env['POWERTOOLS_SERVICE_NAME'] = 'sweep-rounds';
});

useLocalServices();

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => vi.restoreAllMocks();
});

const abandoned = () =>
  sampleIntent({
    log: {
      operatorId: ids.operator('demo'),
      playerId: ids.player(`player-${randomUUID()}`),
      gameCode: ids.game('happy-panda'),
    },
    roundId: ids.round(randomUUID()),
    updatedAtMs: Date.now() - 60_000,
  });

const sweep = (remainingMs: number) =>
  handler(
    {},
    { ...lambdaContext, getRemainingTimeInMillis: () => remainingMs },
    {
      signal: new AbortController().signal,
    },
  );
const said = () =>
  vi
    .mocked(process.stdout.write)
    .mock.calls.map(([chunk]) => String(chunk))
    .join('');

describe('the daily run', () => {
  it('asks for the recovery of the rounds that it finds in every part of the ledger', async () => {
    const rounds = Array.from({ length: 8 }, abandoned);
    for (const round of rounds) await compose.ledger().append(round);
    await sweep(900_000);
    const asked = (await takeMessages('RECOVERY_QUEUE_URL')).map((body) => decodeRecoveryMessage(body));
    expect(asked.map(({ log }) => log.playerId).sort()).toEqual(rounds.map(({ log }) => log.playerId).sort());
    expect(said()).not.toContain('SweepIncomplete');
  });

  it('fails before Lambda ends it, and says so', async () => {
    await expect(sweep(29_000)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    expect(said()).toContain('"SweepIncomplete":1');
    expect(await takeMessages('RECOVERY_QUEUE_URL')).toEqual([]);
  });
});
