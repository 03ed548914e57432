import { ByteReader, JsonWriter, OK, Random, share } from '../../sdk/assembly';
import { RealtimeCapabilitiesWriter, RealtimeGame } from '../../sdk/assembly/realtime';
import {
  BET,
  BETTING_STEPS,
  CASH_OUT,
  CRASHED_STEPS,
  GROWTH_PER_10000,
  MAX_MULTIPLIER_MILLIONTHS,
  MAX_PLAYERS,
  MAX_TICK_MS,
  MIN_AUTO_MILLIONTHS,
  ONE_MILLIONTHS,
  RETURN_MILLIONTHS,
  STEP_MS,
} from './maths';
import { Bets, writeAmount, writeBets } from './players';

const BETTING: i32 = 0;
const RUNNING: i32 = 1;
const CRASHED: i32 = 2;

/** A multiplier that grows until it crashes; who cashed out before is paid their stake times what it was then. */
export class Crash extends RealtimeGame {
  private bets: Bets = new Bets();
  private round: u64 = 0;
  private phase: i32 = BETTING;
  private steps: i32 = 0;
  private multiplier: i64 = ONE_MILLIONTHS;
  /** Drawn when the round begins to run, and shown when it is over. */
  private crash: i64 = 0;

  capabilities(told: RealtimeCapabilitiesWriter): void {
    told.game('crash', '1.0.0', 'crash:v1', MAX_PLAYERS, RETURN_MILLIONTHS, MAX_MULTIPLIER_MILLIONTHS);
  }

  stepMs(): i32 {
    return STEP_MS;
  }

  maxTickMs(): i32 {
    return MAX_TICK_MS;
  }

  /** There is no configuration. */
  start(_config: ByteReader): i32 {
    this.round = 0;
    this.openRound();
    return OK;
  }

  step(random: Random): void {
    this.steps += 1;
    if (this.phase == BETTING && this.steps == BETTING_STEPS) this.run(random);
    else if (this.phase == CRASHED && this.steps == CRASHED_STEPS) this.openRound();
    else if (this.phase == RUNNING) this.grow();
  }

  onInput(player: ByteReader, input: ByteReader): void {
    if (!this.bets.read(player)) return;
    const kind = input.u8();
    if (kind == BET && this.phase == BETTING) this.bet(input);
    else if (kind == CASH_OUT && this.phase == RUNNING && input.exhausted) this.cashOut();
  }

  writeState(json: JsonWriter): void {
    json.beginObject();
    json.integerField('round', this.round);
    json.stringField(
      'phase',
      this.phase == BETTING ? 'betting' : this.phase == RUNNING ? 'running' : 'crashed',
    );
    json.integerField('phase_ms', this.steps * STEP_MS);
    json.key('multiplier_millionths');
    json.decimalString(this.multiplier);
    json.key('crash_millionths');
    writeAmount(this.phase == CRASHED ? this.multiplier : 0, json);
    json.key('bets');
    writeBets(this.bets, json);
    json.endObject();
  }

  private openRound(): void {
    this.round += 1;
    this.bets.clear();
    this.multiplier = ONE_MILLIONTHS;
    this.crash = 0;
    this.enter(BETTING);
  }

  /** Each round has the stream of its own number, so no round depends on who played in another. */
  private run(random: Random): void {
    random.startStep(this.round);
    this.crash = crashPoint(random.next());
    this.enter(this.crash < ONE_MILLIONTHS ? CRASHED : RUNNING);
  }

  private grow(): void {
    const next = this.multiplier + share(this.multiplier, GROWTH_PER_10000, 10000);
    const reached = min(next, this.crash);
    for (let place = 0; place < this.bets.count; place++) {
      const bet = this.bets.at(place);
      if (!bet.open) continue;
      if (bet.autoMillionths > 0 && bet.autoMillionths <= reached)
        bet.cashedOutMillionths = bet.autoMillionths;
      else if (reached == MAX_MULTIPLIER_MILLIONTHS) bet.cashedOutMillionths = reached;
    }
    this.multiplier = reached;
    if (next > this.crash || reached == MAX_MULTIPLIER_MILLIONTHS) this.enter(CRASHED);
  }

  private bet(input: ByteReader): void {
    const auto = <i64>input.u64();
    if (!input.exhausted) return;
    if (auto != 0 && (auto < MIN_AUTO_MILLIONTHS || auto > MAX_MULTIPLIER_MILLIONTHS)) return;
    this.bets.add(auto);
  }

  private cashOut(): void {
    const bet = this.bets.find();
    if (bet != null && bet.open) bet.cashedOutMillionths = this.multiplier;
  }

  private enter(phase: i32): void {
    this.phase = phase;
    this.steps = 0;
  }
}

/** 0.97 * 2^32 / (w + 1), rounded down to a millionth, and at most the maximum; below 1 the round crashes at once. */
function crashPoint(word: u32): i64 {
  const point = ((<u64>RETURN_MILLIONTHS) << 32) / (<u64>word + 1);
  return <i64>min(point, <u64>MAX_MULTIPLIER_MILLIONTHS);
}
