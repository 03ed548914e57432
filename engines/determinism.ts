import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { EngineHost } from '../shared/engines/host/engine-host.ts';
import { loadRealtime } from '../shared/engines/host/realtime-engine.ts';
import { writeStep } from '../shared/engines/wire-format.ts';
import type { EngineTelemetry } from '../shared/foundation/telemetry.ts';
import { buildEngine, engineNames, realtimeNames } from './build.ts';
import { builtArtefact } from './built-engine.ts';
import { GOLDEN_STEPS } from './golden.ts';
import { playThrough } from './playthrough.ts';
import { compileRaw, RawEngine } from './raw-engine.ts';
import { REALTIME_SEED, realtimeGoldenOf } from './realtime-golden.ts';

/** The Node releases that must agree with the one that runs this. */
const OTHER_NODES = ['22', '24'];

/** A digest of what a game did: the published module, and the answers and the fuel of its recorded steps. */
const Digest = z.strictObject({ artefact: z.string(), answers: z.string(), fuel: z.string() });
type Digest = z.infer<typeof Digest>;
const Printed = z.strictObject({ node: z.string(), digests: z.record(z.string(), Digest) });

/** Plays the steps of a game's golden playthrough on the module as it is published. */
export async function digestOf(name: string): Promise<Digest> {
  const raw = new RawEngine(await compileRaw((await buildEngine(name)).path));
  const played = playThrough(raw, raw.capabilities().actions, GOLDEN_STEPS);
  const { wasm, hash } = await builtArtefact(name);
  const engine = await new EngineHost({ fetch: async () => wasm }).load(hash);
  const answers = createHash('sha256');
  let fuel = 0n;
  for (const { input } of played) {
    engine.withInstance((instance) => {
      const length = instance.call(
        'rgs_step',
        writeStep(instance, { ...input, stepIndex: Number(input.stepIndex) }),
      );
      answers.update(instance.output.subarray(0, length));
      answers.update(`${instance.usage.fuel}`);
      fuel += instance.usage.fuel;
    });
  }
  return { artefact: hash, answers: answers.digest('hex'), fuel: `${fuel}` };
}

/** The digest of a realtime game: what could be seen after each recorded call, and the fuel of each. */
async function realtimeDigestOf(name: string): Promise<Digest> {
  const { wasm, hash } = await builtArtefact(name);
  const answers = createHash('sha256');
  let fuel = 0n;
  const telemetry: EngineTelemetry = {
    measure: (what, value) => {
      if (what !== 'RealtimeCallFuel') return;
      answers.update(`${value}`);
      fuel += BigInt(value);
    },
    countFailure: () => undefined,
  };
  const engine = await loadRealtime({ fetch: async () => wasm }, hash, { telemetry });
  const { blocks } = realtimeGoldenOf(engine.open(REALTIME_SEED));
  return { artefact: hash, answers: answers.update(blocks.join()).digest('hex'), fuel: `${fuel}` };
}

async function digestAll(): Promise<Record<string, Digest>> {
  const digests: Record<string, Digest> = {};
  for (const name of engineNames()) digests[name] = await digestOf(name);
  for (const name of realtimeNames()) digests[name] = await realtimeDigestOf(name);
  return digests;
}

/** Runs this file under another Node, which npx fetches. */
async function digestUnder(node: string): Promise<z.infer<typeof Printed>> {
  const file = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)('npx', ['-y', `node@${node}`, '--no-warnings', file]);
  const printed = Printed.parse(JSON.parse(stdout));
  if (printed.node.startsWith(`${node}.`)) return printed;
  throw new Error(`npx runs Node ${printed.node} for ${node}`);
}

/** Compares what this Node and the others make of each game. @returns the exit code */
export async function verifyDeterminism(): Promise<number> {
  const here = await digestAll();
  let allAgree = true;
  for (const release of OTHER_NODES) {
    const { node, digests: there } = await digestUnder(release);
    for (const [name, digest] of Object.entries(here)) {
      const same = JSON.stringify(there[name]) === JSON.stringify(digest);
      const agreed = same ? `same bytes and fuel, ${digest.fuel} units` : 'DIFFERS';
      console.log(`Node ${node}  ${name.padEnd(20)} ${agreed}`);
      allAgree &&= same;
    }
  }
  return allAgree ? 0 : 1;
}

// What another Node runs.
if (import.meta.main) {
  console.log(JSON.stringify({ node: process.versions.node, digests: await digestAll() }));
}
