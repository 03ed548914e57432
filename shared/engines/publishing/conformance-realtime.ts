import { createHash } from 'node:crypto';
import { EngineError } from '../../foundation/errors.ts';
import { BUFFER_BYTES } from '../host/engine-instance.ts';
import type { RealtimeEngine } from '../host/realtime-engine.ts';
import type { RealtimeInstance } from '../host/realtime-instance.ts';
import { FUEL_RESERVE, wrong } from './nonconformity.ts';
import { chanceOf, type RealtimeCall, scriptFor } from './realtime-script.ts';

export interface RealtimeConformance {
  /** Counts the calls with time and with players. States are read besides. */
  readonly calls: number;
  readonly maxCallFuel: bigint;
  readonly maxStateBytes: number;
  readonly memoryPages: number;
}

/** A game did this: it has the fuel of every call, and the SHA-256 of every state. */
interface Play {
  readonly fuels: bigint[];
  readonly states: string[];
  maxStateBytes: number;
}

const SEED = chanceOf('seed');
const OTHER_SEED = chanceOf('other seed');
const NO_CONFIG = new Uint8Array();
const PARTS_PER_MS = 1_024;
const HOSTILE_INPUTS = 500;

/**
 * Plays a realtime engine with as many players as it has room for. Then it plays the same game again in every way that
 * must change nothing, and in worse ways that must do no harm.
 * @throws EngineError with what the engine did wrong
 */
export function checkRealtimeConformance(engine: RealtimeEngine): RealtimeConformance {
  const script = scriptFor(engine.capabilities);
  const warm = engine.instance();
  const first = play(warm, script);
  checkFuel(engine, first);
  const same = (again: Play, when: string): void => {
    if (again.fuels.join() !== first.fuels.join() || again.states.join() !== first.states.join())
      throw wrong(`the same calls show another state, or need other fuel, ${when}`);
  };
  same(play(engine.instance(), script), 'on a fresh instance');
  play(warm, script.slice(0, script.length / 2), { seed: OTHER_SEED });
  same(play(warm, script), 'after another game');
  same(play(engine.instance(), script, { before: soil }), 'for what was left in the buffers');
  checkCuts(engine, script, first);
  checkHostile(engine);
  return {
    calls: script.length,
    maxCallFuel: maxFuelOf(first),
    maxStateBytes: first.maxStateBytes,
    memoryPages: warm.usage.memoryPages,
  };
}

interface Manner {
  readonly seed?: Uint8Array;
  /** This is done before each call, and before a state is read. */
  readonly before?: (instance: RealtimeInstance, call?: RealtimeCall) => void;
  readonly split?: (call: RealtimeCall, number: number) => readonly RealtimeCall[];
}

/** The state is read after every call that brings time. */
function play(
  instance: RealtimeInstance,
  script: readonly RealtimeCall[],
  { seed = SEED, before = () => undefined, split = (call) => [call] }: Manner = {},
): Play {
  const played: Play = { fuels: [], states: [], maxStateBytes: 0 };
  before(instance);
  instance.begin(seed, NO_CONFIG);
  played.fuels.push(instance.usage.fuel);
  for (const [number, call] of script.entries()) {
    for (const part of split(call, number)) {
      before(instance, part);
      make(instance, part);
      played.fuels.push(instance.usage.fuel);
    }
    if (!('tickMs' in call)) continue;
    before(instance);
    const state = instance.state();
    played.fuels.push(instance.usage.fuel);
    played.states.push(createHash('sha256').update(state).digest('base64'));
    played.maxStateBytes = Math.max(played.maxStateBytes, Buffer.byteLength(state));
  }
  return played;
}

function make(instance: RealtimeInstance, call: RealtimeCall): void {
  if ('tickMs' in call) instance.tick(call.tickMs);
  else instance.give(Buffer.from(call.player), call.input);
}

function soil({ input, output }: RealtimeInstance): void {
  input.fill(0xa5);
  output.fill(0xa5);
}

function checkFuel({ limits }: RealtimeEngine, played: Play): void {
  const most = maxFuelOf(played);
  if (most * FUEL_RESERVE > limits.fuel) {
    throw wrong(`a call needs ${most} units of fuel; a call may use ${limits.fuel}, four times as much`);
  }
}

function maxFuelOf({ fuels }: Play): bigint {
  return fuels.reduce((most, fuel) => (fuel > most ? fuel : most), 0n);
}

/** Time in other pieces, and a state that is read more often, must show the same. */
function checkCuts(engine: RealtimeEngine, script: readonly RealtimeCall[], first: Play): void {
  const cut = play(engine.instance(), script, { split: inPieces });
  if (cut.states.join() !== first.states.join()) throw wrong('it matters how time is cut into ticks');
  const look = (instance: RealtimeInstance, call?: RealtimeCall): void => {
    if (call && 'tickMs' in call) instance.state();
  };
  const looking = play(engine.instance(), script, { before: look });
  if (looking.states.join() !== first.states.join()) throw wrong('it matters how often its state is read');
}

/** Cuts time into up to eight pieces, in whole 1,024ths of a millisecond. */
function inPieces(call: RealtimeCall, number: number): RealtimeCall[] {
  if (!('tickMs' in call)) return [call];
  const whole = call.tickMs * PARTS_PER_MS;
  const piece = Math.ceil(whole / (1 + (chanceOf(`cut ${number}`).readUInt8() % 8)));
  const pieces: RealtimeCall[] = [];
  for (let left = whole; left > 0; left -= piece)
    pieces.push({ tickMs: Math.min(left, piece) / PARTS_PER_MS });
  return pieces;
}

/** A player may have any bytes as an id, and may send any. A game may be told anything at its beginning. */
function checkHostile(engine: RealtimeEngine): void {
  for (const config of [Uint8Array.of(0xa5), new Uint8Array(BUFFER_BYTES - SEED.length).fill(0x20)]) {
    unlessRefused(() => engine.instance().begin(SEED, config));
  }
  const instance = engine.instance();
  instance.begin(SEED, NO_CONFIG);
  for (let number = 0; number < HOSTILE_INPUTS; number++) {
    const chance = chanceOf(`hostile ${number}`);
    const bytes = Buffer.concat([chance, chance]);
    const id = Buffer.from(bytes.toString('latin1', 0, 1 + (bytes.readUInt8(40) % 40)));
    instance.give(id, bytes.subarray(0, bytes.readUInt8(41) % 40));
    instance.tick(1 + (bytes.readUInt8(42) % engine.capabilities.maxTickMs));
    instance.state();
  }
  const most = new Uint8Array(BUFFER_BYTES - 1).fill(0x61);
  instance.give(most, Uint8Array.of(1));
  instance.give(Uint8Array.of(0x61), most);
  instance.state();
}

function unlessRefused(begin: () => void): void {
  try {
    begin();
  } catch (error) {
    if (!(error instanceof EngineError && error.code === 'ENGINE_REJECTED')) throw error;
  }
}
