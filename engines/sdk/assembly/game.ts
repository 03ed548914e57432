import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { CapabilitiesWriter } from './capabilities-writer';
import { JsonWriter } from './json-writer';
import { Random } from './random';

/** Tells what a step shows and pays. A game extends it with whatever its public view needs. */
export class Observation {
  payoutMillionths: i64 = 0;
  /** The next action must be one of the bonus. */
  bonusActive: bool = false;
  /** This step won a bonus, or prolonged one. */
  bonusTriggered: bool = false;
}

/**
 * A game, typed. It keeps nothing between calls: all that a step may depend on is in its arguments. State and Observed
 * are made once and then only filled, because memory is never freed. Bytes that no play leads to are answered with
 * `bytes.fail()`; so are bytes left unread.
 */
export abstract class Game<State, Action, Observed extends Observation> {
  /** Writes the capabilities object; docs/engines.md lists its fields. */
  abstract capabilities(told: CapabilitiesWriter): void;

  /** The most steps that one paid round can take. */
  abstract maxHorizon(): u32;

  /** How many modes the capabilities have. */
  modes(): i32 {
    return 1;
  }

  abstract newState(): State;
  abstract newObservation(): Observed;

  /** Fills in the first state and what is shown before any play. */
  abstract reset(config: ByteReader, state: State, seen: Observed): void;

  /** Moves `state` on and fills in every field of `seen`. Answers OK, BAD_ACTION, or an error of the game's own. */
  abstract step(state: State, action: Action, random: Random, seen: Observed): i32;

  /** What a simulated player of a mode does next, who sees what the last step or the reset showed, and nothing else. */
  abstract automaticAction(mode: i32, seen: Observed): Action;

  abstract encodeState(state: State, out: ByteWriter): void;

  /** Overwrites all of `state`. */
  abstract decodeState(bytes: ByteReader, state: State): void;

  abstract decodeAction(bytes: ByteReader): Action;

  /** Writes the object with `outcome`, `public_state` and `bonus_triggered`. */
  abstract writeView(seen: Observed, json: JsonWriter): void;
}
