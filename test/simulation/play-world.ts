import { warmUpLedger } from './dynamo-ledger.ts';
import { type PortCall, type Fault, faultsOf, portCalls } from './faults.ts';
import { warmUpQueue } from './sqs-recovery.ts';
import { seedGlobalRandom, World } from './world.ts';

export interface WorldTask {
  readonly seed: string;
  readonly index: number;
  readonly allowed?: readonly string[];
  readonly trace?: boolean;
  /** Whether calls pass through the product's adapters, where that is not drawn. */
  readonly adapters?: boolean | undefined;
}

export interface Played {
  readonly index: number;
  readonly spins: number;
  readonly rounds: number;
  readonly faults: number;
  readonly pairs: readonly (readonly [string, number])[];
  readonly virtualMs: number;
  readonly digest: number;
  readonly violation: { readonly rule: string; readonly message: string } | undefined;
  readonly decisions: readonly string[];
  readonly lines: readonly string[];
}

/** One world of a run. Each has one pair that it visits often, so that in some hundreds of worlds none is left out. */
export async function playWorld({
  seed,
  index,
  allowed,
  trace = false,
  adapters,
}: WorldTask): Promise<Played> {
  const worldSeed = `${seed}/${index}`;
  seedGlobalRandom(worldSeed);
  const world = new World({
    seed: worldSeed,
    focus: focusOf(index),
    trace,
    ...(allowed && { allowed: new Set(allowed) }),
    ...(adapters !== undefined && { adapters }),
  });
  // A thread plays one world at a time, and the functions read their settings at each call.
  process.env['SESSION_TTL_SECONDS'] = String(world.settings.sessionTtlSeconds);
  if (world.plan.adapters) await Promise.all([warmUpLedger(), warmUpQueue()]);
  const startMs = world.timeline.nowMs;
  await world.play();
  const { violation } = world;
  return {
    index,
    spins: world.spins,
    rounds: world.rounds,
    faults: [...world.pairs.values()].reduce((sum, count) => sum + count, 0),
    pairs: [...world.pairs],
    virtualMs: world.timeline.nowMs - startMs,
    digest: world.digest,
    violation: violation && { rule: violation.rule, message: violation.message },
    decisions: violation ? world.decisions.taken : [],
    lines: world.lines,
  };
}

const allPairs = portCalls.flatMap((call) => faultsOf[call].map((fault) => ({ call, fault })));

function focusOf(index: number): { readonly call: PortCall; readonly fault: Fault } {
  const pair = allPairs[index % allPairs.length];
  if (!pair) throw new Error('there are no pairs');
  return pair;
}
