import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { CapabilitiesWriter } from './capabilities-writer';
import { ErasedGame } from './erased-game';
import { Game, Observation } from './game';
import { JsonWriter } from './json-writer';
import { Random } from './random';
import { Simulation } from './simulation';
import {
  BAD_ACTION,
  BAD_INPUT,
  BAD_STATE,
  BONUS_ACTIVE,
  BONUS_TRIGGERED,
  BUFFER_BYTES,
  INPUT,
  INPUT_HEADER_BYTES,
  OK,
  OUTPUT,
  OVERFLOW,
  SEED_BYTES,
} from './wire';

/** seed[32], first round u64, rounds u32; a byte for the mode may follow. */
const SIMULATION_BYTES: i32 = SEED_BYTES + 12;

/** Plays a typed game over the wire contract. All that it needs is made here, once. */
export class GameAdapter<State, Action, Observed extends Observation> extends ErasedGame {
  private random: Random;
  private input: ByteReader = new ByteReader();
  private output: ByteWriter;
  private json: JsonWriter;
  private told: CapabilitiesWriter;
  private state: State;
  private seen: Observed;
  private simulation: Simulation<State, Action, Observed>;

  constructor(private game: Game<State, Action, Observed>) {
    super();
    const random = new Random();
    const output = new ByteWriter();
    this.random = random;
    this.output = output;
    const json = new JsonWriter(output);
    this.json = json;
    this.told = new CapabilitiesWriter(json);
    this.state = game.newState();
    this.seen = game.newObservation();
    this.simulation = new Simulation<State, Action, Observed>(game, random);
  }

  capabilities(): i32 {
    this.output.open(OUTPUT, BUFFER_BYTES);
    this.told.start(this.game.maxHorizon());
    this.game.capabilities(this.told);
    return this.written();
  }

  reset(length: i32): i32 {
    const configBytes = this.openHeader(length);
    if (configBytes < 0 || INPUT_HEADER_BYTES + configBytes != length) return BAD_INPUT;
    this.input.open(INPUT + INPUT_HEADER_BYTES, configBytes);
    this.game.reset(this.input, this.state, this.seen);
    return this.input.exhausted ? this.answer() : BAD_INPUT;
  }

  step(length: i32): i32 {
    const stateBytes = this.openHeader(length);
    if (stateBytes < 0) return BAD_INPUT;
    this.input.open(INPUT + INPUT_HEADER_BYTES, stateBytes);
    this.game.decodeState(this.input, this.state);
    if (!this.input.exhausted) return BAD_STATE;
    const actionAt = INPUT_HEADER_BYTES + stateBytes;
    this.input.open(INPUT + <usize>actionAt, length - actionAt);
    const action = this.game.decodeAction(this.input);
    if (!this.input.exhausted) return BAD_ACTION;
    const result = this.game.step(this.state, action, this.random, this.seen);
    if (result != OK) return result;
    return this.seen.payoutMillionths < 0 ? OVERFLOW : this.answer();
  }

  simulate(length: i32): i32 {
    if (length < SIMULATION_BYTES || length > SIMULATION_BYTES + 1) return BAD_INPUT;
    this.random.takeSeed();
    this.input.open(INPUT + SEED_BYTES, length - SEED_BYTES);
    const first = this.input.u64();
    const rounds = this.input.u32();
    const mode: i32 = length > SIMULATION_BYTES ? this.input.u8() : 0;
    if (mode >= this.game.modes()) return BAD_INPUT;
    this.output.open(OUTPUT, BUFFER_BYTES);
    const result = this.simulation.run(mode, first, rounds, this.output);
    return result == OK ? this.written() : result;
  }

  drawn(): u32 {
    return this.random.drawn;
  }

  /** Takes seed and nonce; answers the length that the header gives for what follows it, or BAD_INPUT. */
  private openHeader(length: i32): i32 {
    if (length < INPUT_HEADER_BYTES) return BAD_INPUT;
    this.input.open(INPUT + SEED_BYTES, 12);
    const nonce = this.input.u64();
    const following = this.input.u32();
    if (following > <u32>(length - INPUT_HEADER_BYTES)) return BAD_INPUT;
    this.random.takeSeed();
    this.random.startStep(nonce);
    return <i32>following;
  }

  private answer(): i32 {
    const seen = this.seen;
    this.output.open(OUTPUT, BUFFER_BYTES);
    this.output.u32(0);
    this.game.encodeState(this.state, this.output);
    this.output.patchU32(0, <u32>(this.output.length - 4));
    this.output.u64(<u64>seen.payoutMillionths);
    this.output.u32((seen.bonusActive ? BONUS_ACTIVE : 0) | (seen.bonusTriggered ? BONUS_TRIGGERED : 0));
    this.json.start();
    this.game.writeView(seen, this.json);
    return this.written();
  }

  private written(): i32 {
    return this.output.overflowed ? OVERFLOW : this.output.length;
  }
}
