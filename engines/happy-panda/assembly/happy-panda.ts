import {
  BAD_ACTION,
  ByteReader,
  ByteWriter,
  Game,
  JsonWriter,
  LineEvaluator,
  LineWins,
  Observation,
  OK,
  Random,
  ReelSet,
  Window,
} from '../../sdk/assembly/index';
import { MAX_STEP_WIN_MILLIONTHS, RTP_MILLIONTHS } from './figures';
import {
  ALPHABET,
  FREE_SPIN_MULTIPLIER,
  FREE_SPINS,
  LINE_BET_MILLIONTHS,
  LINE_PAYS,
  LINES,
  MOST_FREE_SPINS,
  REELS,
  ROWS,
  SCATTER,
  SCATTER_PAYS,
  SCATTERS_FOR_BONUS,
  WILD,
} from './paytable';

const SPIN: u8 = 0;
const FREE_SPIN: u8 = 1;
const UNKNOWN_ACTION: u8 = 255;

/** What the next step has to know. All zero outside a bonus. */
export class State {
  freeSpinsLeft: i32 = 0;
  freeSpinsAwarded: i32 = 0;
  /** What the free spins of this bonus have paid so far. */
  bonusWinMillionths: i64 = 0;
}

export class Seen extends Observation {
  window: Window = new Window(REELS.length, ROWS);
  wins: LineWins = new LineWins(ALPHABET.length, REELS.length);
  multiplier: i32 = 1;
  scatters: i32 = 0;
  scatterPayMillionths: i64 = 0;
  freeSpinsWon: i32 = 0;
  freeSpinsLeft: i32 = 0;
  bonusWinMillionths: i64 = 0;
}

export class HappyPanda extends Game<State, u8, Seen> {
  private reels: ReelSet = new ReelSet(REELS, ROWS, ALPHABET);
  private lines: LineEvaluator = new LineEvaluator(LINES, ROWS, LINE_PAYS, WILD);

  maxHorizon(): u32 {
    return 1 + MOST_FREE_SPINS;
  }

  newState(): State {
    return new State();
  }

  newObservation(): Seen {
    return new Seen();
  }

  reset(_config: ByteReader, state: State, seen: Seen): void {
    this.endBonus(state);
    for (let reel = 0; reel < seen.window.reels; reel++) seen.window.stopReel(this.reels, reel, 0);
    seen.wins.clear();
    seen.payoutMillionths = 0;
    seen.multiplier = 1;
    seen.scatters = 0;
    seen.scatterPayMillionths = 0;
    this.show(state, seen, 0);
  }

  step(state: State, action: u8, random: Random, seen: Seen): i32 {
    const free = state.freeSpinsLeft > 0;
    if (action != (free ? FREE_SPIN : SPIN)) return BAD_ACTION;
    seen.multiplier = free ? FREE_SPIN_MULTIPLIER : 1;
    seen.window.spin(this.reels, random);
    const linePays = this.lines.evaluate(seen.window, seen.wins);
    seen.scatters = seen.window.count(<u8>SCATTER);
    seen.scatterPayMillionths = this.millionths(SCATTER_PAYS[seen.scatters], seen);
    seen.payoutMillionths = this.millionths(linePays, seen) + seen.scatterPayMillionths;
    if (free) {
      state.freeSpinsLeft -= 1;
      state.bonusWinMillionths += seen.payoutMillionths;
    }
    this.show(state, seen, this.award(state, seen.scatters));
    if (state.freeSpinsLeft == 0) this.endBonus(state);
    return OK;
  }

  automaticAction(bonusActive: bool): u8 {
    return bonusActive ? FREE_SPIN : SPIN;
  }

  encodeState(state: State, out: ByteWriter): void {
    out.u8(<u8>state.freeSpinsLeft);
    out.u8(<u8>state.freeSpinsAwarded);
    out.u64(<u64>state.bonusWinMillionths);
  }

  decodeState(bytes: ByteReader, state: State): void {
    state.freeSpinsLeft = bytes.u8();
    state.freeSpinsAwarded = bytes.u8();
    state.bonusWinMillionths = <i64>bytes.u64();
    if (!this.reachable(state)) bytes.fail();
  }

  decodeAction(bytes: ByteReader): u8 {
    const action = bytes.u8();
    return action <= FREE_SPIN ? action : UNKNOWN_ACTION;
  }

  writeView(seen: Seen, json: JsonWriter): void {
    json.beginObject();
    json.key('outcome');
    this.writeOutcome(seen, json);
    json.key('public_state');
    this.writePublicState(seen, json);
    json.key('bonus_triggered');
    this.writeBonus(seen, json);
    json.endObject();
  }

  capabilities(json: JsonWriter): void {
    json.beginObject();
    json.key('abi');
    json.integer(1);
    json.key('engine_id');
    json.string('happy-panda');
    json.key('build_id');
    json.string('1.0.0');
    json.key('schema_version');
    json.integer(1);
    this.writeEncoding(json);
    this.writeActions(json);
    json.key('max_horizon');
    json.integer(this.maxHorizon());
    this.writeModes(json);
    json.key('lines');
    json.integer(LINES.length);
    json.key('preferred_batch');
    json.integer(65536);
    json.endObject();
  }

  private millionths(lineBets: i32, seen: Seen): i64 {
    return <i64>lineBets * LINE_BET_MILLIONTHS * seen.multiplier;
  }

  /** Answers how many free spins the scatters won. */
  private award(state: State, scatters: i32): i32 {
    if (scatters < SCATTERS_FOR_BONUS) return 0;
    const won = min(FREE_SPINS, MOST_FREE_SPINS - state.freeSpinsAwarded);
    state.freeSpinsLeft += won;
    state.freeSpinsAwarded += won;
    return won;
  }

  private show(state: State, seen: Seen, freeSpinsWon: i32): void {
    seen.freeSpinsWon = freeSpinsWon;
    seen.freeSpinsLeft = state.freeSpinsLeft;
    seen.bonusWinMillionths = state.bonusWinMillionths;
    seen.bonusTriggered = freeSpinsWon > 0;
    seen.bonusActive = state.freeSpinsLeft > 0;
  }

  private endBonus(state: State): void {
    state.freeSpinsLeft = 0;
    state.freeSpinsAwarded = 0;
    state.bonusWinMillionths = 0;
  }

  private reachable(state: State): bool {
    const left = state.freeSpinsLeft;
    const awarded = state.freeSpinsAwarded;
    const win = state.bonusWinMillionths;
    if (awarded == 0) return left == 0 && win == 0;
    const played = awarded - left;
    return (
      left > 0 &&
      played >= 0 &&
      awarded <= MOST_FREE_SPINS &&
      awarded % FREE_SPINS == 0 &&
      win >= 0 &&
      win <= <i64>played * MAX_STEP_WIN_MILLIONTHS &&
      win % (LINE_BET_MILLIONTHS * FREE_SPIN_MULTIPLIER) == 0
    );
  }

  private writeOutcome(seen: Seen, json: JsonWriter): void {
    json.beginObject();
    json.key('grid');
    seen.window.write(json, ALPHABET);
    json.key('wins');
    json.beginArray();
    for (let group = 0; group < seen.wins.length; group++) this.writeWin(seen, group, json);
    json.endArray();
    json.key('scatters');
    json.integer(seen.scatters);
    json.key('scatter_millionths');
    json.integer(seen.scatterPayMillionths);
    json.endObject();
  }

  /** Lines with the same symbol and run together; `millionths` is what each of them pays. */
  private writeWin(seen: Seen, group: i32, json: JsonWriter): void {
    const symbol = seen.wins.symbol(group);
    const run = seen.wins.run(group);
    json.beginObject();
    json.key('symbol');
    json.beginString();
    json.character(ALPHABET.charCodeAt(symbol));
    json.endString();
    json.key('count');
    json.integer(run);
    json.key('lines');
    json.beginArray();
    const mask = seen.wins.lineMask(group);
    for (let line = 0; line < LINES.length; line++) {
      if ((mask & (1 << line)) != 0) json.integer(line + 1);
    }
    json.endArray();
    json.key('millionths');
    json.integer(this.millionths(this.lines.pay(symbol, run), seen));
    json.endObject();
  }

  private writePublicState(seen: Seen, json: JsonWriter): void {
    json.beginObject();
    json.key('grid');
    seen.window.write(json, ALPHABET);
    json.key('free_spins_left');
    json.integer(seen.freeSpinsLeft);
    json.key('multiplier');
    json.integer(seen.multiplier);
    json.key('bonus_win_millionths');
    json.integer(seen.bonusWinMillionths);
    json.endObject();
  }

  private writeBonus(seen: Seen, json: JsonWriter): void {
    if (!seen.bonusTriggered) {
      json.nothing();
      return;
    }
    json.beginObject();
    json.key('type');
    json.string('free_spins');
    json.key('spins');
    json.integer(seen.freeSpinsWon);
    json.endObject();
  }

  private writeEncoding(json: JsonWriter): void {
    json.key('encoding');
    json.beginObject();
    json.key('state');
    json.string('happy-panda:v1');
    json.key('action');
    json.string('discrete:v1');
    json.key('view');
    json.string('json:v1');
    json.endObject();
  }

  private writeActions(json: JsonWriter): void {
    json.key('action_space');
    json.beginObject();
    json.key('discrete');
    json.beginArray();
    this.writeAction('spin', 'base', json);
    this.writeAction('free_spin', 'bonus', json);
    json.endArray();
    json.endObject();
  }

  private writeAction(name: string, phase: string, json: JsonWriter): void {
    json.beginObject();
    json.key('name');
    json.string(name);
    json.key('phase');
    json.string(phase);
    json.endObject();
  }

  private writeModes(json: JsonWriter): void {
    json.key('modes');
    json.beginArray();
    json.beginObject();
    json.key('name');
    json.string('base');
    json.key('price_millionths');
    json.decimalString(1000000);
    json.key('rtp_millionths');
    json.decimalString(RTP_MILLIONTHS);
    json.key('max_win_millionths');
    json.decimalString(MAX_STEP_WIN_MILLIONTHS);
    json.endObject();
    json.endArray();
  }
}
