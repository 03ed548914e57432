import {
  BAD_ACTION,
  ByteReader,
  ByteWriter,
  CapabilitiesWriter,
  Game,
  JsonWriter,
  OK,
  ONE_BET,
  plus,
  Random,
  ReelSet,
  times,
  WaysEvaluator,
  WeightedChoice,
} from '../../sdk/assembly';
import {
  BASE_MAX_WIN_MILLIONTHS,
  BASE_RTP_MILLIONTHS,
  BUY_MAX_WIN_MILLIONTHS,
  BUY_PRICE_MILLIONTHS,
  BUY_RTP_MILLIONTHS,
  FREE_SPINS,
  MAX_GAMBLES,
  MULTIPLIER_WEIGHTS,
  MULTIPLIERS,
  REELS,
  ROWS,
  SCATTER,
  SCATTERS_TO_TRIGGER,
  SYMBOLS,
  WAY_PAYS,
  WILD,
} from './maths';
import { FREE_SPINNING, GAMBLING, IDLE, PondState } from './pond-state';
import { BLACK, NO_CARD, PondObservation, RED, writePondView } from './pond-view';

/** The place in the capabilities' list of actions. */
type PondAction = u8;
const SPIN: PondAction = 0;
const SPIN_AND_HOLD: PondAction = 1;
const BUY_FREE_SPINS: PondAction = 2;
const CONTINUE: PondAction = 3;
const GAMBLE_RED: PondAction = 4;
const GAMBLE_BLACK: PondAction = 5;

/**
 * Five reels, three rows, 243 ways. Free spins with a multiplier each can be won or bought. In the mode `gamble` a spin's
 * win is held: it can be collected, or doubled or lost on the colour of a card.
 */
export class KoiPond extends Game<PondState, PondAction, PondObservation> {
  private reels: ReelSet = new ReelSet(REELS, ROWS, SYMBOLS);
  private ways: WaysEvaluator = new WaysEvaluator(wayPays(), REELS.length, WILD);
  private multipliers: WeightedChoice = new WeightedChoice(MULTIPLIER_WEIGHTS);

  capabilities(told: CapabilitiesWriter): void {
    told.identity('koi-pond', '1.0.0', 'koi-pond:v1');
    told.baseAction('spin', 'base');
    told.baseAction('spin_and_hold', 'gamble');
    told.baseAction('buy_free_spins', 'buy');
    told.bonusAction('continue');
    told.bonusAction('gamble_red');
    told.bonusAction('gamble_black');
    told.mode('base', ONE_BET, BASE_RTP_MILLIONTHS, BASE_MAX_WIN_MILLIONTHS);
    // Doubling or losing with an even chance changes no mean, and the limit of a gamble is below the other maximum.
    told.mode('gamble', ONE_BET, BASE_RTP_MILLIONTHS, BASE_MAX_WIN_MILLIONTHS);
    told.mode('buy', BUY_PRICE_MILLIONTHS, BUY_RTP_MILLIONTHS, BUY_MAX_WIN_MILLIONTHS);
    told.end(0, 1000000);
  }

  /** The opening spin, and all free spins or all gambles. */
  maxHorizon(): u32 {
    return 1 + max(FREE_SPINS, MAX_GAMBLES);
  }

  modes(): i32 {
    return 3;
  }

  newState(): PondState {
    return new PondState();
  }

  newObservation(): PondObservation {
    return new PondObservation();
  }

  reset(_config: ByteReader, state: PondState, seen: PondObservation): void {
    state.clear();
    this.begin(seen);
    for (let reel = 0; reel < REELS.length; reel++) seen.window.stopReel(this.reels, reel, 0);
    seen.wins.clear();
    seen.reels = true;
    this.show(state, seen);
  }

  step(state: PondState, action: PondAction, random: Random, seen: PondObservation): i32 {
    this.begin(seen);
    let allowed = true;
    if (state.kind == IDLE && action <= BUY_FREE_SPINS) this.open(state, action, random, seen);
    else if (state.kind == FREE_SPINNING && action == CONTINUE) this.freeSpin(state, random, seen);
    else if (state.kind == GAMBLING && action == CONTINUE) this.collect(state, seen);
    else if (state.kind == GAMBLING && action > CONTINUE) this.gamble(state, action, random, seen);
    else allowed = false;
    if (!allowed) return BAD_ACTION;
    this.show(state, seen);
    return OK;
  }

  /** Doubles once where the mode is for it. */
  automaticAction(mode: i32, seen: PondObservation): PondAction {
    if (!seen.bonusActive) return <PondAction>mode;
    return seen.kind == GAMBLING && seen.count == 0 ? GAMBLE_RED : CONTINUE;
  }

  encodeState(state: PondState, out: ByteWriter): void {
    state.encode(out);
  }

  decodeState(bytes: ByteReader, state: PondState): void {
    state.decode(bytes);
  }

  decodeAction(bytes: ByteReader): PondAction {
    const action = bytes.u8();
    if (action > GAMBLE_BLACK) bytes.fail();
    return action;
  }

  writeView(seen: PondObservation, json: JsonWriter): void {
    writePondView(seen, this.ways, json);
  }

  private open(state: PondState, action: PondAction, random: Random, seen: PondObservation): void {
    if (action == BUY_FREE_SPINS) {
      this.startFreeSpins(state, seen);
      return;
    }
    const win = this.spin(1, random, seen);
    if (seen.window.count(SCATTER) >= SCATTERS_TO_TRIGGER) this.startFreeSpins(state, seen);
    else if (action == SPIN_AND_HOLD && win > 0) this.hold(state, 0, win, seen);
    if (state.kind != GAMBLING) seen.payoutMillionths = win;
  }

  private freeSpin(state: PondState, random: Random, seen: PondObservation): void {
    const multiplier = MULTIPLIERS[this.multipliers.choose(random)];
    seen.payoutMillionths = this.spin(multiplier, random, seen);
    state.count -= 1;
    state.millionths = plus(state.millionths, seen.payoutMillionths);
    if (state.count == 0) state.clear();
  }

  private spin(multiplier: i32, random: Random, seen: PondObservation): i64 {
    seen.reels = true;
    seen.multiplier = multiplier;
    seen.window.spin(this.reels, random);
    return times(this.ways.evaluate(seen.window, seen.wins), multiplier);
  }

  private startFreeSpins(state: PondState, seen: PondObservation): void {
    state.set(FREE_SPINNING, FREE_SPINS, 0);
    seen.bonusTriggered = true;
  }

  /** Keeps a win for a gamble, or pays it where it can't be doubled any more. */
  private hold(state: PondState, gambles: i32, win: i64, seen: PondObservation): void {
    state.set(GAMBLING, gambles, win);
    if (!state.canGamble) this.collect(state, seen);
  }

  private collect(state: PondState, seen: PondObservation): void {
    seen.payoutMillionths = state.millionths;
    state.clear();
  }

  private gamble(state: PondState, action: PondAction, random: Random, seen: PondObservation): void {
    seen.card = random.below(2) == 0 ? RED : BLACK;
    if (seen.card == (action == GAMBLE_RED ? RED : BLACK)) {
      this.hold(state, state.count + 1, times(state.millionths, 2), seen);
    } else {
      state.clear();
    }
  }

  /** A step that shows and pays nothing yet; what the reels showed in an earlier one is not in the state. */
  private begin(seen: PondObservation): void {
    seen.reels = false;
    seen.multiplier = 1;
    seen.card = NO_CARD;
    seen.payoutMillionths = 0;
    seen.bonusTriggered = false;
  }

  private show(state: PondState, seen: PondObservation): void {
    seen.kind = state.kind;
    seen.count = state.count;
    seen.millionths = state.millionths;
    seen.bonusActive = state.kind != IDLE;
  }
}

/** As the evaluator takes them. */
function wayPays(): i64[][] {
  const pays: i64[][] = [];
  for (let symbol = 0; symbol < WAY_PAYS.length; symbol++) {
    const runs: i64[] = [];
    for (let run = 0; run < WAY_PAYS[symbol].length; run++) runs.push(<i64>WAY_PAYS[symbol][run]);
    pays.push(runs);
  }
  return pays;
}
