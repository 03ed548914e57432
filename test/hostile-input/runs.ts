import fc from 'fast-check';
import { expect, type TestContext, vi } from 'vitest';

/**
 * A run of the tests generates so many cases of each property. They are at least 100,000 in all, which runs.test.ts adds up.
 * HOSTILE_INPUT_RUNS_FACTOR multiplies them; the build takes no smaller one than 1.
 */
export const runs = {
  'JSON of any text is read as the grammar says': 12_000,
  'a spin takes exactly the stake that its body names, or nothing': 5_000,
  'a bonus action is read from its body or refused': 3_000,
  'a launch opens a session for exactly the player that its body names, or none': 3_500,
  'a launch with a token opens a session for whom the wallet confirms, or none': 2_000,
  'a path names exactly one session or round, or nothing': 5_000,
  'a path names exactly one game, or nothing': 3_000,
  'a query pages by plain integers, or is refused': 4_000,
  'headers are taken in any case, or refused': 4_000,
  'a round is read with exactly its credentials, or not at all': 3_000,
  'a reconciliation is of exactly the period and the operator of its request, or is refused': 1_500,
  'a page of transactions is read to the minor unit and the millisecond, or refused as a whole': 1_200,
  'a file of the archive is read to the minor unit, or refused as a whole': 1_000,
  'a movement is acknowledged or refused only by what proves it': 4_000,
  'a balance is told only for the player and the currency asked for': 1_000,
  'a token is accepted only for the player asked for': 1_000,
  'a message names exactly one round, or is refused': 3_000,
  'a stored round is read to the last minor unit, or refused': 3_000,
  "a record of the ledger's stream is read to the last minor unit, or refused": 2_500,
  "a record with a foreign attribute is refused, and one without a round's images as well": 3_000,
  "a batch of the ledger's stream archives the rounds that its records tell, and parks the others": 500,
  'a batch of the recovery queue pays the rounds that its messages name, and fails the others': 1_000,
  'a delivery of the bus is logged as it is, or fails with a code': 1_000,
  'a shard is simulated as its task says, or refused with a code': 1_000,
  'the record of a shard is read to the last unit, or refused': 1_500,
  'a run is added up to what its shards counted, or refused with a code': 400,
  'a stored session is read as it is, or refused': 3_000,
  'a stored operator is read as it is, or refused': 2_000,
  "an operator's key names exactly one operator, or is refused": 500,
  'a stored engine version is the one that its key names, or is refused': 1_000,
  "a stored version of a game is its game's, or is refused": 1_000,
  'a stored activation is read to the number in its key, or refused': 1_000,
  'the keys of unfinished rounds name exactly those rounds, and a foreign one is told after all others': 1_500,
  'a stored game offers exactly the bets that are stored, or none': 2_000,
  "what the table's client reads is a round, or is refused": 700,
  'a stored data key is read as its bytes, or is refused': 500,
  'a secret is the text that is stored, or the wallet that it is for is not called': 400,
  'sealed bytes open to what was sealed, or are refused': 2_000,
  'an event tells exactly what its detail says, or is refused': 2_500,
  'a setting is the integer that it is written as, or stops the function': 2_000,
  'the answer to a step is read to the last byte, or refused': 5_000,
  'a movement of the demo wallet is read to the minor unit, or refused with a code': 4_000,
  'a bet-win of the demo wallet is read to the minor unit, or refused with a code': 1_500,
  'a call of the demo wallet is from the operator that signed it, or refused with a code': 1_000,
  'a token of the demo wallet is of one player, and of nobody else': 300,
  'an account of the demo wallet is told to its owner in its currency, or to nobody': 600,
  'the books of the demo wallet are listed from where they are asked for, or not at all': 1_000,
  'a fault of the demo wallet is planned as it is written, or refused with a code': 1_500,
  "the answer of an engine's server is played to the last byte, or refused": 400,
  'what a server says of its engine is taken as it is written, or refused': 1_500,
  'a seed is the bytes that a server drew for this request, or there is none': 400,
  'a step asked of the service is the one that the engine makes, or is refused with a status': 300,
  'what an engine says of itself is taken as it is written, or refused': 4_000,
} as const satisfies Record<string, number>;

type PropertyName = keyof typeof runs;

/** Far more than any case needs; a quadratic reader takes longer. CPU time, because the machine has other work. */
const MAX_CASE_CPU_MS = 1_500;

const SMALLEST_SHARE = 0.01;

/** @throws RangeError where the build would generate fewer cases than it claims, or where it is no number */
export function factorOf(environment: Readonly<Record<string, string | undefined>>): number {
  const { HOSTILE_INPUT_RUNS_FACTOR: text = '1', CI } = environment;
  const factor = Number(text);
  if (factor > 0 && factor < Number.POSITIVE_INFINITY && (factor >= 1 || !CI)) return factor;
  throw new RangeError(
    `HOSTILE_INPUT_RUNS_FACTOR is ${text}: a number above 0, and at least 1 where CI is set`,
  );
}

const factor = factorOf(process.env);
vi.setConfig({ testTimeout: 120_000 * Math.max(1, factor) });

/** A failure prints its seed and path; with them in the environment the same case is generated again. */
function replay(): fc.Parameters<unknown> {
  const { HOSTILE_INPUT_SEED: seed, HOSTILE_INPUT_PATH: path } = process.env;
  return { ...(seed && { seed: Number(seed) }), ...(path && { path }) };
}

export type Verdict = 'accepted' | 'refused';

/**
 * A test, named as in `runs`, that `holds` for every generated case, which takes bounded time and leaves every prototype as it was. A
 * property of which nearly all cases end alike shows little, so both verdicts must come up.
 */
export function hostile<T>(
  given: fc.Arbitrary<T>,
  holds: (value: T) => Verdict | Promise<Verdict>,
): (context: TestContext) => Promise<void> {
  return async ({ task }) => {
    expect(Object.keys(runs), 'the properties that have a number of cases').toContain(task.name);
    const numRuns = Math.ceil(runs[task.name as PropertyName] * factor);
    const untouched = prototypeNames();
    const verdicts = { accepted: 0, refused: 0 };
    const property = fc.asyncProperty(given, async (value) => {
      const startedAt = process.threadCpuUsage();
      verdicts[await holds(value)] += 1;
      const { user, system } = process.threadCpuUsage(startedAt);
      expect((user + system) / 1_000, 'CPU time of one case, in ms').toBeLessThan(MAX_CASE_CPU_MS);
      expect(prototypeNames(), 'names of the prototypes').toBe(untouched);
    });
    await fc.assert(property, { ...replay(), numRuns });
    if (process.env['HOSTILE_INPUT_PATH'] !== undefined) return;
    expect(verdicts.accepted + verdicts.refused).toBe(numRuns);
    expect(Math.min(verdicts.accepted, verdicts.refused) / numRuns).toBeGreaterThan(SMALLEST_SHARE);
    console.log(`${numRuns} hostile cases: ${verdicts.accepted} accepted, ${verdicts.refused} refused`);
  };
}

function prototypeNames(): string {
  return [Object.prototype, Array.prototype, Function.prototype, String.prototype]
    .map((prototype) => Reflect.ownKeys(prototype).length)
    .join();
}
