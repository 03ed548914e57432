import {
  BAD_ACTION,
  ByteReader,
  ByteWriter,
  CapabilitiesWriter,
  Game,
  JsonWriter,
  LineEvaluator,
  OK,
  Random,
  ReelSet,
} from '../../sdk/assembly';
import { MAX_HORIZON, writeCapabilities } from './capabilities';
import { FreeSpins } from './free-spins';
import {
  BASE_REELS,
  FREE_REELS,
  LINE_BET_MILLIONTHS,
  LINE_PAYS,
  LINES,
  ROWS,
  SCATTER,
  SCATTER_PAYS,
  SCATTERS_TO_TRIGGER,
  SYMBOLS,
  WILD,
} from './maths';
import { PandaObservation, writePandaView } from './panda-view';

/** The place in the capabilities' list of actions. */
export type PandaAction = u8;
const SPIN: PandaAction = 0;
const FREE_SPIN: PandaAction = 1;

/** Five reels, three rows, twenty lines; three scatters win free spins on richer reels with a growing multiplier. */
export class HappyPanda extends Game<FreeSpins, PandaAction, PandaObservation> {
  private baseReels: ReelSet = new ReelSet(BASE_REELS, ROWS, SYMBOLS);
  private freeReels: ReelSet = new ReelSet(FREE_REELS, ROWS, SYMBOLS);
  private lines: LineEvaluator = new LineEvaluator(LINES, ROWS, LINE_PAYS, WILD);

  capabilities(told: CapabilitiesWriter): void {
    writeCapabilities(told);
  }

  maxHorizon(): u32 {
    return MAX_HORIZON;
  }

  newState(): FreeSpins {
    return new FreeSpins();
  }

  newObservation(): PandaObservation {
    return new PandaObservation();
  }

  /** Shows every reel at its first stop. The game has no configuration. */
  reset(_config: ByteReader, state: FreeSpins, seen: PandaObservation): void {
    state.clear();
    for (let reel = 0; reel < BASE_REELS.length; reel++) seen.window.stopReel(this.baseReels, reel, 0);
    seen.lineWins.clear();
    seen.scatters = 0;
    seen.payoutMillionths = 0;
    this.show(state, seen, false, 1, false);
  }

  step(state: FreeSpins, action: PandaAction, random: Random, seen: PandaObservation): i32 {
    const freeSpin = state.active;
    if (action != (freeSpin ? FREE_SPIN : SPIN)) return BAD_ACTION;
    const multiplier = freeSpin ? state.multiplier : 1;
    seen.window.spin(freeSpin ? this.freeReels : this.baseReels, random);
    seen.scatters = seen.window.count(SCATTER);
    const pay = multiplier * (this.lines.evaluate(seen.window, seen.lineWins) + SCATTER_PAYS[seen.scatters]);
    seen.payoutMillionths = <i64>pay * LINE_BET_MILLIONTHS;
    const triggered = seen.scatters >= SCATTERS_TO_TRIGGER && (!freeSpin || state.canRetrigger);
    if (freeSpin) {
      state.left -= 1;
      state.won += pay;
      if (triggered) state.retrigger();
    } else if (triggered) {
      state.start();
    }
    this.show(state, seen, freeSpin, multiplier, triggered);
    if (!state.active) state.clear();
    return OK;
  }

  automaticAction(_mode: i32, seen: PandaObservation): PandaAction {
    return seen.bonusActive ? FREE_SPIN : SPIN;
  }

  encodeState(state: FreeSpins, out: ByteWriter): void {
    state.encode(out);
  }

  decodeState(bytes: ByteReader, state: FreeSpins): void {
    state.decode(bytes);
  }

  decodeAction(bytes: ByteReader): PandaAction {
    const action = bytes.u8();
    if (action > FREE_SPIN) bytes.fail();
    return action;
  }

  writeView(seen: PandaObservation, json: JsonWriter): void {
    writePandaView(seen, this.lines, json);
  }

  private show(
    state: FreeSpins,
    seen: PandaObservation,
    freeSpin: bool,
    multiplier: i32,
    triggered: bool,
  ): void {
    seen.freeSpin = freeSpin;
    seen.multiplier = multiplier;
    seen.bonusActive = state.active;
    seen.bonusTriggered = triggered;
    seen.spinsLeft = state.left;
    seen.nextMultiplier = state.multiplier;
    seen.bonusWon = state.won;
  }
}
