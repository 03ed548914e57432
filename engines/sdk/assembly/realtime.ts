/** The exports of the realtime contract, and the adapter that plays a typed game over it; docs/engines.md has the bytes. */
import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { JsonWriter } from './json-writer';
import { Random } from './random';
import { ABI_VERSION, BAD_INPUT, BUFFER_BYTES, INPUT, OK, OUTPUT, OVERFLOW, SEED_BYTES } from './wire';

/** Time is counted in these parts of a millisecond. */
const PARTS_PER_MS: i64 = 1024;
/** What a tick may bring at most. */
const MAX_TICK_MS: f32 = 10000;
const LENGTH_BYTES: i32 = 4;

/** A game that goes on by itself, in steps of a fixed length, and that many players join. */
export abstract class RealtimeGame {
  /** Describes the game, by one call of `told.game`. */
  abstract capabilities(told: RealtimeCapabilitiesWriter): void;

  /** The length of a step, in whole milliseconds. */
  abstract stepMs(): i32;

  /** The longest tick that one call takes, in whole milliseconds; the host brings more time in several ticks. */
  abstract maxTickMs(): i32;

  /** Begins anew, whatever was before. Answers OK, or an error of the game's own. */
  abstract start(config: ByteReader): i32;

  /** Moves the game on by one step. All chance comes from `random`, which knows the seed; start it with a number of its own. */
  abstract step(random: Random): void;

  /** What a player sends; what is not allowed changes nothing. `player` is the player's id, of at least one byte. */
  abstract onInput(player: ByteReader, input: ByteReader): void;

  /** Writes what everybody may see. */
  abstract writeState(json: JsonWriter): void;
}

/** Writes a realtime game's capabilities; docs/engines.md lists the fields. */
export class RealtimeCapabilitiesWriter {
  constructor(
    private json: JsonWriter,
    private stepMs: i32,
    private maxTickMs: i32,
  ) {}

  /**
   * `input` names the encoding of what players send; give it a new version with every change. The return of a stake is that of
   * the best play; both it and the maximum win are millionths of the stake.
   */
  game(engineId: string, buildId: string, input: string, maxPlayers: i32, rtp: i64, maxWin: i64): void {
    const json = this.json;
    json.start();
    json.beginObject();
    json.integerField('abi', ABI_VERSION);
    json.stringField('engine_id', engineId);
    json.stringField('build_id', buildId);
    json.integerField('schema_version', 1);
    json.key('encoding');
    json.beginObject();
    json.stringField('input', input);
    json.stringField('state', 'json:v1');
    json.endObject();
    json.integerField('max_players', maxPlayers);
    json.integerField('step_ms', this.stepMs);
    json.integerField('max_tick_ms', this.maxTickMs);
    json.key('rtp_millionths');
    json.decimalString(rtp);
    json.key('max_win_millionths');
    json.decimalString(maxWin);
    json.endObject();
  }
}

class RealtimeAdapter {
  private started: bool = false;
  /** Time that was brought and made no whole step yet. */
  private waiting: i64 = 0;
  private random: Random = new Random();
  private input: ByteReader = new ByteReader();
  private player: ByteReader = new ByteReader();
  private output: ByteWriter;
  private json: JsonWriter;
  private told: RealtimeCapabilitiesWriter;

  constructor(private game: RealtimeGame) {
    const output = new ByteWriter();
    const json = new JsonWriter(output);
    this.output = output;
    this.json = json;
    this.told = new RealtimeCapabilitiesWriter(json, game.stepMs(), game.maxTickMs());
  }

  capabilities(): i32 {
    this.output.open(OUTPUT, BUFFER_BYTES);
    this.game.capabilities(this.told);
    return this.output.overflowed ? OVERFLOW : <i32>this.output.length;
  }

  init(at: u32, length: u32): i32 {
    if (!inMemory(at, length) || length < <u32>SEED_BYTES) return BAD_INPUT;
    this.started = false;
    this.waiting = 0;
    this.random.takeSeedAt(at);
    this.input.open(at + SEED_BYTES, <i32>length - SEED_BYTES);
    const result = this.game.start(this.input);
    if (result != OK) return result;
    if (!this.input.exhausted) return BAD_INPUT;
    this.started = true;
    return OK;
  }

  tick(dtMs: f32): void {
    // Also false for what is no number.
    if (!this.started || !(dtMs > 0)) return;
    this.waiting += <i64>(<f64>min<f32>(dtMs, MAX_TICK_MS) * <f64>PARTS_PER_MS);
    const step = <i64>this.game.stepMs() * PARTS_PER_MS;
    while (this.waiting >= step) {
      this.waiting -= step;
      this.game.step(this.random);
    }
  }

  onInput(playerAt: u32, playerLength: u32, inputAt: u32, inputLength: u32): void {
    if (!this.started || playerLength == 0) return;
    if (!inMemory(playerAt, playerLength) || !inMemory(inputAt, inputLength)) return;
    this.player.open(playerAt, <i32>playerLength);
    this.input.open(inputAt, <i32>inputLength);
    this.game.onInput(this.player, this.input);
  }

  /** A length and as many bytes, or an error in place of the length. */
  serialize(): usize {
    this.output.open(OUTPUT, BUFFER_BYTES);
    this.output.u32(0);
    this.json.start();
    this.game.writeState(this.json);
    this.output.patchU32(0, <u32>(this.output.overflowed ? OVERFLOW : this.output.length - LENGTH_BYTES));
    return OUTPUT;
  }
}

let mounted: RealtimeAdapter | null = null;

/** Makes `game` the one that the module's exports play. */
export function mountRealtime(game: RealtimeGame): void {
  mounted = new RealtimeAdapter(game);
}

export function rgs_abi(): i32 {
  return ABI_VERSION;
}

export function rgs_in(): i32 {
  return <i32>INPUT;
}

export function rgs_out(): i32 {
  return <i32>OUTPUT;
}

export function rgs_cap(): i32 {
  return BUFFER_BYTES;
}

export function rgs_capabilities(): i32 {
  return mounted!.capabilities();
}

export function init(ptr: i32, len: i32): i32 {
  return mounted!.init(ptr, len);
}

export function tick(dt_ms: f32): void {
  mounted!.tick(dt_ms);
}

export function on_input(p_ptr: i32, p_len: i32, i_ptr: i32, i_len: i32): void {
  mounted!.onInput(p_ptr, p_len, i_ptr, i_len);
}

export function serialize_state(): usize {
  return mounted!.serialize();
}

function inMemory(at: u32, length: u32): bool {
  return <u64>at + <u64>length <= (<u64>memory.size()) << 16 && length <= <u32>BUFFER_BYTES;
}
