import { decodeShard, encodeShard } from './adapters/shard-record.ts';
import { partLengthOf, shardsOf } from './run-parts.ts';
import { DistributedRun, type ShardResult, type ShardTask } from './simulation.ts';
import type { Simulations } from './simulations.ts';
import type { SimulatedEngine } from '../engines/simulation.ts';

export const ENGINE_HASH = 'ab'.repeat(32);
export const SEED = '07'.repeat(32);

/** Keeps the content of the bucket, in the encoding that it has there. */
export class StoredSimulations implements Simulations {
  readonly shards = new Map<number, string>();
  readonly reports: { json: string; html: string }[] = [];

  async putShard(_: string, shard: ShardResult): Promise<void> {
    this.shards.set(shard.first, encodeShard(shard));
  }

  async shard(_: string, first: number): Promise<ShardResult | undefined> {
    const text = this.shards.get(first);
    return text === undefined ? undefined : decodeShard(text);
  }

  async putReport(_: string, report: { json: string; html: string }): Promise<void> {
    this.reports.push(report);
  }
}

export function sampleRun(rounds: number, shardRounds: number, engineHash = ENGINE_HASH): DistributedRun {
  return DistributedRun.parse({
    simulationId: '7a5b1c9e-3f64-4d0a-9a54-1f2f6a0f3c11',
    engineHash,
    seed: SEED,
    mode: 'base',
    rounds,
    shardRounds,
    partRounds: partLengthOf(rounds),
    shardsKey: 'simulations/7a5b1c9e-3f64-4d0a-9a54-1f2f6a0f3c11/shards.json',
    theory: { reels: [] },
  });
}

/** Lists the tasks that the state machine hands to a function, shard by shard. */
export function tasksOf(run: DistributedRun): ShardTask[] {
  const { simulationId, engineHash, seed, mode, partRounds } = run;
  return shardsOf(run.rounds, run.shardRounds).map((shard) => ({
    simulationId,
    engineHash,
    seed,
    mode,
    partRounds,
    ...shard,
  }));
}

/** In this game round i pays i mod 7 bets. The sum shows which rounds were counted. */
export const countedEngine: SimulatedEngine = {
  capabilities: {
    engineId: 'counted',
    buildId: '1.0.0',
    stateEncoding: 'none',
    actions: [],
    modes: [
      {
        name: 'base',
        priceMillionths: 1_000_000n,
        rtpMillionths: 3_000_000n,
        maxWinMillionths: 6_000_000n,
      },
    ],
    lines: undefined,
    maxHorizon: 1,
    preferredBatch: 1,
  },
  simulate({ first, rounds }) {
    const counts = [0n, 0n, 0n, 0n, 0n, 0n, 0n];
    for (let round = 0; round < rounds; round += 1) {
      const win = Number((first + BigInt(round)) % 7n);
      counts[win] = (counts[win] ?? 0n) + 1n;
    }
    const sum = (weight: (win: bigint) => bigint) =>
      counts.reduce((total, count, win) => total + count * weight(BigInt(win) * 1_000_000n), 0n);
    const basePayout = sum((win) => win);
    const squares = sum((win) => win * win);
    return {
      rounds: BigInt(rounds),
      hits: BigInt(rounds) - (counts[0] ?? 0n),
      bonuses: 0n,
      bonusSteps: 0n,
      basePayout,
      bonusPayout: 0n,
      maxWin: 1_000_000n * BigInt(counts.findLastIndex((count) => count > 0n)),
      baseSquares: squares,
      bonusSquares: 0n,
      roundSquares: squares,
      histogram: counts.map((count, win) => ({ fromMillionths: BigInt(win) * 1_000_000n, rounds: count })),
    };
  },
};
