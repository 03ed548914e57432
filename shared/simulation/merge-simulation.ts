import { certificationReport } from './report.ts';
import { reportPage } from './report-page.ts';
import { convergenceOf, cut, type PartPayout, payoutOf, shardsOf, type Stretch } from './run-parts.ts';
import type { DistributedRun, ShardResult } from './simulation.ts';
import { mergeTallies, type Tally } from './tally.ts';
import { FaultError, RequestError } from '../foundation/errors.ts';
import type { Simulations } from './simulations.ts';
import type { SimulatedEngines } from '../engines/simulation.ts';
import { placeOf } from './simulate-shard.ts';

export interface MergePorts {
  readonly engines: SimulatedEngines;
  readonly simulations: Simulations;
}

/** So many shards are read at once. */
const AT_ONCE = 64;

/**
 * Adds up the shards of a run and writes its report. The report is to the byte that of the same run on one machine.
 * @returns whether every check passed
 * @throws FaultError SIMULATION_INCOMPLETE where a shard is missing or is not the one that the run asked for,
 * CORRUPT_RECORD; RequestError INVALID_REQUEST; EngineError; DependencyError SERVICE_UNAVAILABLE
 */
export async function mergeSimulation(ports: MergePorts, run: DistributedRun): Promise<boolean> {
  const { engineHash, seed, theory } = run;
  const { capabilities } = await ports.engines.load(engineHash);
  const mode = capabilities.modes[placeOf(capabilities, run.mode)];
  if (!mode) throw new RequestError('INVALID_REQUEST', `There is no mode ${run.mode}`);
  const { tally, parts } = await addUp(ports.simulations, run);
  const convergence = convergenceOf(parts, mode.priceMillionths);
  const { exact, reels } = theory;
  const certified = { capabilities, engineSha256: engineHash, mode, seed, tally, convergence, reels, exact };
  const report = certificationReport(certified);
  const json = `${JSON.stringify(report, null, 2)}\n`;
  await ports.simulations.putReport(run.simulationId, { json, html: reportPage(report) });
  return report.passed;
}

async function addUp(
  simulations: Simulations,
  run: DistributedRun,
): Promise<{ tally: Tally; parts: readonly PartPayout[] }> {
  const shards = shardsOf(run.rounds, run.shardRounds);
  const parts: PartPayout[] = [];
  let tally: Tally | undefined;
  for (let from = 0; from < shards.length; from += AT_ONCE) {
    const group = shards.slice(from, from + AT_ONCE);
    const results = await Promise.all(
      group.map(async (shard) => checked(run, shard, await simulations.shard(run.simulationId, shard.first))),
    );
    for (const result of results) {
      if (!hasBucketsOf(result, (tally ?? results[0]?.tally)?.histogram))
        throw incomplete(`the shard from round ${result.first} on counts in other buckets`);
      parts.push(...partsOf(run, result));
    }
    tally = mergeTallies([...(tally ? [tally] : []), ...results.map((result) => result.tally)]);
  }
  if (!tally) throw incomplete('it has no shard');
  return { tally, parts };
}

/** A foreign object in a run's place must not change the result of the run. */
function checked(run: DistributedRun, { first, rounds }: Stretch, result: ShardResult | undefined) {
  if (!result) throw incomplete(`the shard from round ${first} on is missing`);
  const same =
    result.engineHash === run.engineHash &&
    result.seed === run.seed &&
    result.mode === run.mode &&
    result.first === first &&
    result.rounds === rounds;
  if (!same) throw incomplete(`the shard from round ${first} on is that of another run`);
  if (result.tally.rounds !== BigInt(rounds))
    throw incomplete(`the shard from round ${first} on counts ${result.tally.rounds} of ${rounds} rounds`);
  if (!isPossible(result.tally))
    throw incomplete(`the shard from round ${first} on counts what no rounds can come to`);
  return result;
}

/**
 * These rules hold for any rounds, whatever they win. Without them, a deviation could be the root of a negative number.
 */
function isPossible(tally: Tally): boolean {
  const { payout } = payoutOf(tally);
  const counted = tally.histogram.reduce((sum, { rounds }) => sum + rounds, 0n);
  return (
    counted === tally.rounds &&
    tally.hits <= tally.rounds &&
    payout * payout <= tally.rounds * tally.roundSquares
  );
}

function hasBucketsOf({ tally }: ShardResult, buckets: Tally['histogram'] = []): boolean {
  return (
    tally.histogram.length === buckets.length &&
    tally.histogram.every(({ fromMillionths }, index) => fromMillionths === buckets[index]?.fromMillionths)
  );
}

function partsOf({ partRounds }: DistributedRun, result: ShardResult): PartPayout[] {
  const { first, payouts, tally } = result;
  const parts = cut(result, partRounds);
  const paid = payouts.reduce((sum, payout) => sum + payout, 0n);
  if (parts.length !== payouts.length || paid !== payoutOf(tally).payout)
    throw incomplete(`the parts of the shard from round ${first} on do not add up`);
  return parts.map(({ rounds }, index) => ({ rounds: BigInt(rounds), payout: payouts[index] ?? 0n }));
}

function incomplete(why: string): FaultError {
  return new FaultError('SIMULATION_INCOMPLETE', `The simulation cannot be added up: ${why}`);
}
