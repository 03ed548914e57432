import { JsonWriter, Observation, times, WaysEvaluator, WaysWins, Window } from '../../sdk/assembly';
import { FREE_SPINS, REELS, ROWS, SYMBOLS } from './maths';
import { FREE_SPINNING, GAMBLING, IDLE } from './pond-state';

export const NO_CARD: i32 = 0;
export const RED: i32 = 1;
export const BLACK: i32 = 2;

/** Tells what one step showed. */
export class PondObservation extends Observation {
  readonly window: Window = new Window(REELS.length, ROWS);
  readonly wins: WaysWins = new WaysWins(SYMBOLS.length);
  /** Whether the reels are what this step shows. */
  reels: bool = false;
  multiplier: i32 = 1;
  /** The card of a gamble. */
  card: i32 = NO_CARD;
  /** Of the state after the step. */
  kind: u8 = IDLE;
  count: i32 = 0;
  millionths: i64 = 0;
}

export function writePondView(seen: PondObservation, ways: WaysEvaluator, json: JsonWriter): void {
  json.beginObject();
  json.key('outcome');
  json.beginObject();
  if (seen.reels) writeSpin(seen, ways, json);
  if (seen.card != NO_CARD) json.stringField('card', seen.card == RED ? 'red' : 'black');
  json.endObject();
  json.key('public_state');
  json.beginObject();
  json.key('grid');
  if (seen.reels) seen.window.write(json, SYMBOLS);
  else json.nothing();
  json.key('free_spins');
  if (seen.kind == FREE_SPINNING) writeProgress('left', seen, json);
  else json.nothing();
  json.key('gamble');
  if (seen.kind == GAMBLING) writeProgress('won', seen, json);
  else json.nothing();
  json.endObject();
  json.key('bonus_triggered');
  if (seen.bonusTriggered) writeTrigger(json);
  else json.nothing();
  json.endObject();
}

function writeSpin(seen: PondObservation, ways: WaysEvaluator, json: JsonWriter): void {
  json.key('grid');
  seen.window.write(json, SYMBOLS);
  json.integerField('multiplier', seen.multiplier);
  json.key('wins');
  json.beginArray();
  for (let win = 0; win < seen.wins.length; win++) {
    const symbol = seen.wins.symbol(win);
    const run = seen.wins.run(win);
    json.beginObject();
    json.key('symbol');
    json.beginString();
    json.character(SYMBOLS.charCodeAt(symbol));
    json.endString();
    json.integerField('count', run);
    json.integerField('ways', seen.wins.ways(win));
    const payout = times(ways.pay(symbol, run), seen.wins.ways(win) * <u32>seen.multiplier);
    json.integerField('payout_millionths', payout);
    json.endObject();
  }
  json.endArray();
}

function writeProgress(counted: string, seen: PondObservation, json: JsonWriter): void {
  json.beginObject();
  json.integerField(counted, seen.count);
  json.key('millionths');
  json.decimalString(seen.millionths);
  json.endObject();
}

function writeTrigger(json: JsonWriter): void {
  json.beginObject();
  json.stringField('name', 'free_spins');
  json.integerField('spins', FREE_SPINS);
  json.endObject();
}
