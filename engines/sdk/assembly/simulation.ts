import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { Game, Observation } from './game';
import { Random } from './random';
import { Tally } from './tally';
import { BAD_INPUT, OK, OVERFLOW } from './wire';

/** A round's step s has the nonce `round * 65536 + s`, so any step can be played again through rgs_step. */
const STEP_BITS: u64 = 16;
const MAX_ROUND: u64 = 1 << 48;

/** The sums of a batch fit 64 bits: 2^24 rounds of less than 2^39 millionths each. */
const MAX_ROUNDS_PER_BATCH: u32 = 1 << 24;
const WIN_LIMIT: u64 = 1 << 39;

/** Plays paid rounds, each with its bonus to the end. A round depends on the seed and its number alone. */
export class Simulation<State, Action, Observed extends Observation> {
  private tally: Tally = new Tally();
  private noConfig: ByteReader = new ByteReader();
  private state: State;
  private seen: Observed;

  constructor(
    private game: Game<State, Action, Observed>,
    private random: Random,
  ) {
    assert(game.maxHorizon() <= 1 << (<u32>STEP_BITS));
    this.state = game.newState();
    this.seen = game.newObservation();
  }

  run(mode: i32, first: u64, rounds: u32, out: ByteWriter): i32 {
    if (rounds > MAX_ROUNDS_PER_BATCH || first > MAX_ROUND - rounds) return BAD_INPUT;
    this.tally.clear();
    for (let round: u32 = 0; round < rounds; round++) {
      const result = this.playRound(mode, first + round);
      if (result != OK) return result;
    }
    this.tally.write(out);
    return OK;
  }

  private playRound(mode: i32, round: u64): i32 {
    const game = this.game;
    const seen = this.seen;
    game.reset(this.noConfig, this.state, seen);
    let nonce = round << STEP_BITS;
    let result = this.play(mode, nonce);
    if (result != OK) return result;
    const basePayout = <u64>seen.payoutMillionths;
    const bonusWon = seen.bonusTriggered;
    let bonusPayout: u64 = 0;
    let bonusSteps: u32 = 0;
    while (seen.bonusActive) {
      nonce += 1;
      bonusSteps += 1;
      // A bonus that outlives the declared horizon might never end.
      if (bonusSteps >= game.maxHorizon()) return OVERFLOW;
      result = this.play(mode, nonce);
      if (result != OK) return result;
      bonusPayout += <u64>seen.payoutMillionths;
    }
    if (basePayout + bonusPayout >= WIN_LIMIT) return OVERFLOW;
    this.tally.countRound(basePayout, bonusPayout, bonusWon, bonusSteps);
    return OK;
  }

  private play(mode: i32, nonce: u64): i32 {
    this.random.startStep(nonce);
    const action = this.game.automaticAction(mode, this.seen);
    const result = this.game.step(this.state, action, this.random, this.seen);
    if (result != OK) return result;
    return <u64>this.seen.payoutMillionths < WIN_LIMIT ? OK : OVERFLOW;
  }
}
