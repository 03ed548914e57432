import { beforeEach, expect, it } from 'vitest';
import { EngineError } from '../foundation/errors.ts';
import type { Round } from './round.ts';
import { playRound } from './play-round.ts';
import { isReplayable, type ReplayableRound, type ReplayedPart, replayRound } from './replay-round.ts';
import { coinStep, log, RoundsFixture, settings } from './rounds.fixture.ts';

let table: RoundsFixture;
beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

async function played(): Promise<ReplayableRound> {
  await playRound(table.ports(), settings, table.spin()).catch(() => undefined);
  const round = (await table.ledger.head(log)) as Round;
  if (!isReplayable(round)) throw new Error(`A round that is ${round.status} cannot be replayed`);
  return round;
}

const differing = (parts: readonly ReplayedPart[]) =>
  parts.filter(({ recorded, recomputed }) => recorded !== recomputed).map(({ name }) => name);

it('A credited round is the same in every part when it is computed again', async () => {
  const parts = await replayRound(table.ports(), await played());
  expect(differing(parts)).toEqual([]);
  expect(parts).toContainEqual({ name: 'win_minor', recorded: '200', recomputed: '200' });
});

it.each([
  ['winMinor', 201n, 'win_minor'],
  ['payoutMillionths', 2_000_001n, 'payout_millionths'],
  ['view', '{}', 'view'],
  ['bonusActive', true, 'bonus_active'],
  ['sealedStateAfter', undefined, 'state_after'],
] as const)('A record whose %s was changed differs in that part', async (field, value, name) => {
  const round = await played();
  if (!('outcome' in round)) throw new Error('The round has no outcome');
  const { cipher } = table.ports();
  const { operatorId, playerId, gameCode } = log;
  const context = [operatorId, playerId, gameCode, round.number, round.roundId, 'end'].join('#');
  const changed = value ?? (await cipher.seal(Buffer.from('another state'), context));
  const forged = { ...round, outcome: { ...round.outcome, [field]: changed } } as ReplayableRound;
  expect(differing(await replayRound(table.ports(), forged))).toEqual([name]);
});

it('A failed round fails again with the code that it recorded, and differs where the engine now answers', async () => {
  table.step = () => {
    throw new EngineError('ENGINE_TRAP', 'It trapped');
  };
  const round = await played();
  expect(round.status).toBe('FAILED');
  expect(differing(await replayRound(table.ports(), round))).toEqual([]);

  table.step = (state) => coinStep(state, 2_000_000n);
  expect(differing(await replayRound(table.ports(), round))).toContain('failure');
});

it('An engine that cannot be reached is an error and no difference', async () => {
  const round = await played();
  const engines = {
    load: async () => {
      throw new EngineError('ENGINE_UNAVAILABLE', 'It is not there');
    },
  };
  await expect(replayRound({ ...table.ports(), engines }, round)).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
  });
});

it('A round without an outcome of its engine cannot be replayed', async () => {
  const round = await played();
  const { status: _, ...rest } = round;
  for (const status of ['INTENT', 'REJECTED', 'VOIDING', 'VOIDED'] as const)
    expect(isReplayable({ ...rest, status } as Round)).toBe(false);
  expect(isReplayable({ ...rest, status: 'FAILED', failure: 'TIMEOUT' })).toBe(false);
});
