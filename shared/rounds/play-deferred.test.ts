import { beforeEach, expect, it } from 'vitest';
import { DependencyError } from '../foundation/errors.ts';
import type { RecoveryQueue } from './recovery-queue.ts';
import { playRound } from './play-round.ts';
import { log, RoundsFixture, settings } from './rounds.fixture.ts';

const unknown = { kind: 'unknown', reason: 'TIMEOUT' } as const;

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
  table.replies.credit.push(unknown);
});

const playWith = (send: RecoveryQueue['send']) =>
  playRound({ ...table.ports(), recovery: { send } }, settings, table.spin());

it('A win that the wallet did not acknowledge is given to recovery once, due a second later', async () => {
  const sent: unknown[] = [];
  await playWith(async (...asked) => void sent.push(asked));
  expect(sent).toEqual([[[{ log, number: 1, purpose: 'finish', attempt: 0 }], 1_000]]);
  expect(table.counted).toContain('CreditDeferred');
});

it('A spin fails where the recovery queue fails by a mistake, and not because a service is away', async () => {
  const mistake = new TypeError('a mistake in the code');
  await expect(playWith(() => Promise.reject(mistake))).rejects.toBe(mistake);
});

it('A spin warns where the recovery queue is away, and names the round that is left to the stream', async () => {
  const warned: unknown[] = [];
  const ports = table.ports();
  const telemetry = { ...ports.telemetry, warn: (_: string, details?: object) => void warned.push(details) };
  const send = () => Promise.reject(new DependencyError('SERVICE_UNAVAILABLE', 'the queue is away'));
  const { roundId } = await playRound({ ...ports, telemetry, recovery: { send } }, settings, table.spin());
  expect(warned).toContainEqual({ roundId });
});
