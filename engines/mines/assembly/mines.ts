import {
  BAD_ACTION,
  ByteReader,
  ByteWriter,
  CapabilitiesWriter,
  Game,
  JsonWriter,
  OK,
  ONE_BET,
  Observation,
  Random,
} from '../../sdk/assembly';
import { Field, payFor } from './field';
import { BEST_REVEALS, MINE_COUNTS, RETURN_MILLIONTHS, TILES } from './maths';

/** The places in the capabilities' list: what opens each mode, then cashing out, then the tiles. */
const CASH_OUT: i32 = MINE_COUNTS.length;
const FIRST_TILE: i32 = CASH_OUT + 1;
const NO_TILE: i32 = -1;

export class FieldObservation extends Observation {
  mines: i32 = 0;
  revealedMask: u32 = 0;
  /** Nothing until the round is over. */
  mineMask: u32 = 0;
  /** The tile of this step, or none. */
  tile: i32 = NO_TILE;
  hit: bool = false;
  cashOutMillionths: i64 = 0;
  /** What one more tile would make of it. */
  nextMillionths: i64 = 0;

  get revealed(): i32 {
    return popcnt(this.revealedMask);
  }
}

/** A field of 25 tiles with hidden mines. Each tile without one raises what can be cashed out; a mine takes it all. */
export class Mines extends Game<Field, u8, FieldObservation> {
  capabilities(told: CapabilitiesWriter): void {
    told.identity('mines', '1.1.0', 'mines:v1');
    for (let mode = 0; mode < MINE_COUNTS.length; mode++) {
      told.baseAction('open_' + MINE_COUNTS[mode].toString(), modeName(mode));
    }
    told.bonusAction('cash_out');
    for (let tile = 0; tile < TILES; tile++) told.bonusAction('reveal_' + tile.toString());
    for (let mode = 0; mode < MINE_COUNTS.length; mode++) {
      const mines = MINE_COUNTS[mode];
      told.mode(modeName(mode), ONE_BET, RETURN_MILLIONTHS[mode], payFor(mines, TILES - mines));
    }
    told.end(0, 1000000);
  }

  /** Opening, and with one mine every other tile. */
  maxHorizon(): u32 {
    return TILES;
  }

  modes(): i32 {
    return MINE_COUNTS.length;
  }

  newState(): Field {
    return new Field();
  }

  newObservation(): FieldObservation {
    return new FieldObservation();
  }

  reset(_config: ByteReader, state: Field, seen: FieldObservation): void {
    state.clear();
    this.show(state, NO_TILE, seen);
  }

  step(state: Field, action: u8, random: Random, seen: FieldObservation): i32 {
    if (state.open != <i32>action >= CASH_OUT) return BAD_ACTION;
    if (!state.open) {
      state.lay(MINE_COUNTS[action], random);
      this.show(state, NO_TILE, seen);
      return OK;
    }
    const tile = <i32>action - FIRST_TILE;
    if (tile >= 0) {
      if (state.isRevealed(tile)) return BAD_ACTION;
      if (!state.isMine(tile)) state.reveal(tile);
    }
    this.show(state, tile, seen);
    if (tile < 0 || seen.hit || state.cleared) this.end(state, seen);
    return OK;
  }

  /** Reveals the first tiles and cashes out when that is best. Where the mines are is even, so other tiles are no better. */
  automaticAction(mode: i32, seen: FieldObservation): u8 {
    if (!seen.bonusActive) return <u8>mode;
    return <u8>(seen.revealed < BEST_REVEALS[mode] ? FIRST_TILE + seen.revealed : CASH_OUT);
  }

  encodeState(state: Field, out: ByteWriter): void {
    state.encode(out);
  }

  decodeState(bytes: ByteReader, state: Field): void {
    state.decode(bytes);
  }

  decodeAction(bytes: ByteReader): u8 {
    const action = bytes.u8();
    if (<i32>action >= FIRST_TILE + TILES) bytes.fail();
    return action;
  }

  writeView(seen: FieldObservation, json: JsonWriter): void {
    json.beginObject();
    json.key('outcome');
    json.beginObject();
    if (seen.tile != NO_TILE) {
      json.integerField('tile', seen.tile);
      json.key('mine');
      json.boolean(seen.hit);
    }
    json.endObject();
    json.key('public_state');
    json.beginObject();
    json.integerField('mines', seen.mines);
    json.key('field');
    writeField(seen, json);
    json.key('cash_out_millionths');
    json.decimalString(seen.cashOutMillionths);
    json.key('next_millionths');
    json.decimalString(seen.nextMillionths);
    json.endObject();
    json.key('bonus_triggered');
    json.nothing();
    json.endObject();
  }

  private show(state: Field, tile: i32, seen: FieldObservation): void {
    seen.mines = state.mines;
    seen.revealedMask = state.revealedMask;
    seen.mineMask = 0;
    seen.tile = max(tile, NO_TILE);
    seen.hit = tile >= 0 && state.isMine(tile);
    seen.payoutMillionths = 0;
    seen.bonusTriggered = false;
    seen.bonusActive = state.open;
    seen.cashOutMillionths = state.open ? payFor(state.mines, state.revealed) : 0;
    seen.nextMillionths = state.open && !state.cleared ? payFor(state.mines, state.revealed + 1) : 0;
  }

  /** Pays what was reached, unless a mine was hit, and shows where the mines were. */
  private end(state: Field, seen: FieldObservation): void {
    seen.mineMask = state.mineMask;
    seen.payoutMillionths = seen.hit ? 0 : seen.cashOutMillionths;
    seen.cashOutMillionths = 0;
    seen.nextMillionths = 0;
    seen.bonusActive = false;
    state.clear();
  }
}

function modeName(mode: i32): string {
  return 'mines_' + MINE_COUNTS[mode].toString();
}

/** A character a tile, row by row: `?` hidden, `o` revealed, and when the round is over `.` hidden and safe, `*` a mine. */
function writeField(seen: FieldObservation, json: JsonWriter): void {
  const over = seen.mineMask != 0;
  json.beginString();
  for (let tile = 0; tile < TILES; tile++) {
    const revealed = ((seen.revealedMask >> tile) & 1) != 0;
    const mine = ((seen.mineMask >> tile) & 1) != 0;
    json.character(revealed ? 0x6f : mine ? 0x2a : over ? 0x2e : 0x3f);
  }
  json.endString();
}
