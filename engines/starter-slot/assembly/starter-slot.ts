import {
  BAD_ACTION,
  ByteReader,
  ByteWriter,
  CapabilitiesWriter,
  Game,
  JsonWriter,
  LineEvaluator,
  LineWins,
  OK,
  ONE_BET,
  Observation,
  Random,
  ReelSet,
  Window,
  times,
} from '../../sdk/assembly';
import {
  FREE_SPIN_MULTIPLIER,
  FREE_SPINS,
  LINE_BET_MILLIONTHS,
  LINE_PAYS,
  LINES,
  MAX_WIN_MILLIONTHS,
  REELS,
  ROWS,
  RTP_MILLIONTHS,
  SCATTER,
  SCATTERS_TO_TRIGGER,
  SYMBOLS,
} from './maths';
import { SpinState } from './spin-state';

/** The place in the capabilities' list of actions. */
const SPIN: u8 = 0;
const FREE_SPIN: u8 = 1;

const NO_WILD: i32 = -1;

/** Tells what one spin shows. It is filled again by every step, and nothing of it is remembered. */
export class SpinObservation extends Observation {
  readonly window: Window = new Window(REELS.length, ROWS);
  readonly wins: LineWins = new LineWins(SYMBOLS.length, REELS.length);
  multiplier: i32 = 1;
  freeSpins: i32 = 0;
  won: i32 = 0;
}

export class StarterSlot extends Game<SpinState, u8, SpinObservation> {
  private reels: ReelSet = new ReelSet(REELS, ROWS, SYMBOLS);
  private lines: LineEvaluator = new LineEvaluator(LINES, ROWS, LINE_PAYS, NO_WILD);

  capabilities(told: CapabilitiesWriter): void {
    told.identity('starter-slot', '1.0.0', 'starter-slot:v1');
    told.baseAction('spin', 'base');
    told.bonusAction('free_spin');
    told.mode('base', ONE_BET, RTP_MILLIONTHS, MAX_WIN_MILLIONTHS);
    told.end(LINES.length, 1000000);
  }

  maxHorizon(): u32 {
    return 1 + FREE_SPINS;
  }

  newState(): SpinState {
    return new SpinState();
  }

  newObservation(): SpinObservation {
    return new SpinObservation();
  }

  reset(_config: ByteReader, state: SpinState, seen: SpinObservation): void {
    state.clear();
    for (let reel = 0; reel < REELS.length; reel++) seen.window.stopReel(this.reels, reel, 0);
    seen.wins.clear();
    seen.multiplier = 1;
    seen.payoutMillionths = 0;
    this.show(state, seen, false);
  }

  step(state: SpinState, action: u8, random: Random, seen: SpinObservation): i32 {
    const free = state.freeSpins > 0;
    if (action != (free ? FREE_SPIN : SPIN)) return BAD_ACTION;
    seen.window.spin(this.reels, random);
    seen.multiplier = free ? FREE_SPIN_MULTIPLIER : 1;
    const pay = seen.multiplier * this.lines.evaluate(seen.window, seen.wins);
    seen.payoutMillionths = times(LINE_BET_MILLIONTHS, pay);
    const triggered = !free && seen.window.count(SCATTER) >= SCATTERS_TO_TRIGGER;
    if (triggered) {
      state.freeSpins = FREE_SPINS;
    } else if (free) {
      state.freeSpins -= 1;
      state.won += pay;
    }
    this.show(state, seen, triggered);
    if (state.freeSpins == 0) state.clear();
    return OK;
  }

  automaticAction(_mode: i32, seen: SpinObservation): u8 {
    return seen.bonusActive ? FREE_SPIN : SPIN;
  }

  encodeState(state: SpinState, out: ByteWriter): void {
    state.encode(out);
  }

  decodeState(bytes: ByteReader, state: SpinState): void {
    state.decode(bytes);
  }

  decodeAction(bytes: ByteReader): u8 {
    const action = bytes.u8();
    if (action > FREE_SPIN) bytes.fail();
    return action;
  }

  writeView(seen: SpinObservation, json: JsonWriter): void {
    json.beginObject();
    json.key('outcome');
    json.beginObject();
    json.integerField('multiplier', seen.multiplier);
    json.key('wins');
    this.writeWins(seen, json);
    json.endObject();
    json.key('public_state');
    json.beginObject();
    json.key('grid');
    seen.window.write(json, SYMBOLS);
    json.integerField('free_spins', seen.freeSpins);
    json.integerField('won_millionths', times(LINE_BET_MILLIONTHS, seen.won));
    json.endObject();
    json.key('bonus_triggered');
    if (seen.bonusTriggered) {
      json.beginObject();
      json.integerField('free_spins', FREE_SPINS);
      json.endObject();
    } else {
      json.nothing();
    }
    json.endObject();
  }

  private show(state: SpinState, seen: SpinObservation, triggered: bool): void {
    seen.freeSpins = state.freeSpins;
    seen.won = state.won;
    seen.bonusActive = state.freeSpins > 0;
    seen.bonusTriggered = triggered;
  }

  /** Lines are numbered from 1. */
  private writeWins(seen: SpinObservation, json: JsonWriter): void {
    json.beginArray();
    for (let group = 0; group < seen.wins.length; group++) {
      const symbol = seen.wins.symbol(group);
      const lines = seen.wins.lineMask(group);
      const pay = this.lines.pay(symbol, seen.wins.run(group)) * <i32>popcnt(lines) * seen.multiplier;
      json.beginObject();
      json.key('symbol');
      json.beginString();
      json.character(SYMBOLS.charCodeAt(symbol));
      json.endString();
      json.key('lines');
      json.beginArray();
      for (let rest = lines; rest != 0; rest &= rest - 1) json.integer(<i64>ctz(rest) + 1);
      json.endArray();
      json.integerField('payout_millionths', times(LINE_BET_MILLIONTHS, pay));
      json.endObject();
    }
    json.endArray();
  }
}
