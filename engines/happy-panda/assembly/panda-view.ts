import { JsonWriter, LineEvaluator, LineWins, Observation, Window } from '../../sdk/assembly';
import {
  BASE_REELS,
  FREE_SPINS,
  LINE_BET_MILLIONTHS,
  LINE_PAYS,
  MORE_FREE_SPINS,
  ROWS,
  SCATTER,
  SCATTER_PAYS,
  SYMBOLS,
} from './maths';

/** Tells what one spin showed. */
export class PandaObservation extends Observation {
  readonly window: Window = new Window(BASE_REELS.length, ROWS);
  readonly lineWins: LineWins = new LineWins(SYMBOLS.length, BASE_REELS.length);
  scatters: i32 = 0;
  freeSpin: bool = false;
  /** What every win of this spin was multiplied by. */
  multiplier: i32 = 1;
  /** After the spin. */
  spinsLeft: i32 = 0;
  nextMultiplier: i32 = 1;
  bonusWon: i32 = 0;
}

export function writePandaView(seen: PandaObservation, lines: LineEvaluator, json: JsonWriter): void {
  json.beginObject();
  json.key('outcome');
  json.beginObject();
  json.key('grid');
  seen.window.write(json, SYMBOLS);
  if (seen.freeSpin) json.integerField('multiplier', seen.multiplier);
  json.key('wins');
  writeWins(seen, lines, json);
  json.endObject();
  json.key('public_state');
  json.beginObject();
  json.key('grid');
  seen.window.write(json, SYMBOLS);
  json.key('bonus');
  writeBonus(seen, json);
  json.endObject();
  json.key('bonus_triggered');
  writeTrigger(seen, json);
  json.endObject();
}

function writeWins(seen: PandaObservation, lines: LineEvaluator, json: JsonWriter): void {
  json.beginArray();
  const wins = seen.lineWins;
  for (let group = 0; group < wins.length; group++) {
    const symbol = wins.symbol(group);
    const run = wins.run(group);
    const mask = wins.lineMask(group);
    const pay = lines.pay(symbol, run) * <i32>popcnt(mask);
    writeWin(json, symbol, run, mask, millionths(pay * seen.multiplier));
  }
  const scatterPay = SCATTER_PAYS[seen.scatters];
  if (scatterPay > 0) writeWin(json, SCATTER, seen.scatters, 0, millionths(scatterPay * seen.multiplier));
  json.endArray();
}

/** Lines are numbered from 1; a scatter win has none. */
function writeWin(json: JsonWriter, symbol: i32, count: i32, lineMask: u32, payout: i64): void {
  json.beginObject();
  json.key('symbol');
  json.beginString();
  json.character(SYMBOLS.charCodeAt(symbol));
  json.endString();
  json.integerField('count', count);
  json.key('lines');
  json.beginArray();
  for (let rest = lineMask; rest != 0; rest &= rest - 1) json.integer(<i64>ctz(rest) + 1);
  json.endArray();
  json.integerField('payout_millionths', payout);
  json.endObject();
}

function writeBonus(seen: PandaObservation, json: JsonWriter): void {
  if (!seen.freeSpin && !seen.bonusActive) {
    json.nothing();
    return;
  }
  json.beginObject();
  json.integerField('spins_left', seen.spinsLeft);
  json.integerField('multiplier', seen.nextMultiplier);
  json.integerField('won_millionths', millionths(seen.bonusWon));
  json.endObject();
}

function writeTrigger(seen: PandaObservation, json: JsonWriter): void {
  if (!seen.bonusTriggered) {
    json.nothing();
    return;
  }
  json.beginObject();
  json.key('name');
  json.string('free_spins');
  json.integerField('spins', seen.freeSpin ? MORE_FREE_SPINS : FREE_SPINS);
  json.integerField('multiplier', seen.nextMultiplier);
  json.endObject();
}

function millionths(lineBets: i64): i64 {
  return lineBets * LINE_BET_MILLIONTHS;
}
