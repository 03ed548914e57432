import {
  BAD_ACTION,
  ByteReader,
  ByteWriter,
  CapabilitiesWriter,
  Game,
  JsonWriter,
  OK,
  Observation,
  Random,
} from '../../sdk/assembly';
import { Board, CELLS, DRAW, EMPTY, O, X } from './board';

const NONE: i32 = -1;

/** The board after a move, and the move. */
export class BoardObservation extends Observation {
  readonly cells: StaticArray<u8> = new StaticArray<u8>(CELLS);
  toMove: u8 = X;
  winner: u8 = EMPTY;
  placed: i32 = NONE;
}

/**
 * Two players, nine cells, no chance and no money: the smallest game with a state, and the one that Cartridge's document
 * takes as its reference. A round is a whole game; each move is a step of it.
 */
export class TicTacToe extends Game<Board, u8, BoardObservation> {
  capabilities(told: CapabilitiesWriter): void {
    told.identity('tic-tac-toe', '1.0.0', 'packed_u8:v1');
    for (let cell = 0; cell < CELLS; cell++) told.anyAction('place_' + cell.toString(), 'base');
    told.mode('base', 0, 0, 0);
    told.end(0, 32);
  }

  maxHorizon(): u32 {
    return CELLS;
  }

  newState(): Board {
    return new Board();
  }

  newObservation(): BoardObservation {
    return new BoardObservation();
  }

  reset(_config: ByteReader, state: Board, seen: BoardObservation): void {
    state.clear();
    this.show(state, NONE, seen);
    seen.bonusActive = false;
  }

  step(state: Board, action: u8, _random: Random, seen: BoardObservation): i32 {
    if (!state.allows(action)) return BAD_ACTION;
    state.place(action);
    this.show(state, action, seen);
    seen.bonusActive = !state.over;
    return OK;
  }

  /** The first cell that is free. */
  automaticAction(_mode: i32, seen: BoardObservation): u8 {
    if (!seen.bonusActive) return 0;
    let cell: u8 = 0;
    while (seen.cells[cell] != EMPTY) cell++;
    return cell;
  }

  encodeState(state: Board, out: ByteWriter): void {
    state.encode(out);
  }

  decodeState(bytes: ByteReader, state: Board): void {
    state.decode(bytes);
  }

  decodeAction(bytes: ByteReader): u8 {
    const cell = bytes.u8();
    if (<i32>cell >= CELLS) bytes.fail();
    return cell;
  }

  writeView(seen: BoardObservation, json: JsonWriter): void {
    json.beginObject();
    json.key('outcome');
    json.beginObject();
    json.key('placed');
    if (seen.placed == NONE) json.nothing();
    else json.integer(seen.placed);
    json.endObject();
    json.key('public_state');
    writeBoard(seen, json);
    json.key('bonus_triggered');
    json.nothing();
    json.endObject();
  }

  private show(state: Board, placed: i32, seen: BoardObservation): void {
    for (let cell = 0; cell < CELLS; cell++) seen.cells[cell] = state.cells[cell];
    seen.toMove = state.toMove;
    seen.winner = state.winner;
    seen.placed = placed;
    seen.payoutMillionths = 0;
    seen.bonusTriggered = false;
  }
}

/** For people first, then for programs that learn: a mask of the cells of each player, and one of what may be played. */
function writeBoard(seen: BoardObservation, json: JsonWriter): void {
  const over = seen.winner != EMPTY;
  json.beginObject();
  json.key('board');
  json.beginString();
  for (let cell = 0; cell < CELLS; cell++) json.character(letter(seen.cells[cell]));
  json.endString();
  json.key('to_move');
  if (over) json.nothing();
  else writePlayer(seen.toMove, json);
  json.key('winner');
  if (!over) json.nothing();
  else if (seen.winner == DRAW) json.string('draw');
  else writePlayer(seen.winner, json);
  json.key('board_view');
  json.beginArray();
  for (let cell = 0; cell < CELLS; cell++) json.integer(<i64>(seen.cells[cell] == X));
  for (let cell = 0; cell < CELLS; cell++) json.integer(<i64>(seen.cells[cell] == O));
  json.endArray();
  json.key('legal_moves');
  json.beginArray();
  for (let cell = 0; cell < CELLS; cell++) json.integer(<i64>(over || seen.cells[cell] == EMPTY));
  json.endArray();
  json.endObject();
}

function writePlayer(player: u8, json: JsonWriter): void {
  json.beginString();
  json.character(letter(player));
  json.endString();
}

function letter(mark: u8): i32 {
  return mark == X ? 0x58 : mark == O ? 0x4f : 0x2e;
}
