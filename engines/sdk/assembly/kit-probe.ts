/** A module of its own, so that what games are built from can be compared with other implementations. */
import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { JsonWriter } from './json-writer';
import { LineEvaluator, LineWins } from './line-evaluator';
import { share, plus, times } from './payout';
import { Random } from './random';
import { Window } from './reels';
import { shuffleFirst } from './shuffle';
import { WaysEvaluator, WaysWins } from './ways-evaluator';
import { WeightedChoice } from './weighted-choice';
import { BUFFER_BYTES, INPUT, OUTPUT } from './wire';

const random = new Random();
const bytes = new ByteReader();
const out = new ByteWriter();
const json = new JsonWriter(out);

export function input_at(): i32 {
  return <i32>INPUT;
}

export function output_at(): i32 {
  return <i32>OUTPUT;
}

/** The seed is the first 32 bytes of the input; what else a call reads stands behind it. */
export function start_step(nonce: u64): void {
  random.takeSeed();
  random.startStep(nonce);
}

/** Reads `count` weights, writes `draws` choices. */
export function choose(count: i32, draws: i32): void {
  open();
  const weights: i32[] = [];
  for (let i = 0; i < count; i++) weights.push(<i32>bytes.u32());
  const choice = new WeightedChoice(weights);
  for (let draw = 0; draw < draws; draw++) out.u32(<u32>choice.choose(random));
}

/** Writes the numbers below `count`, the first `drawn` of them drawn. */
export function draw(count: i32, drawn: i32): void {
  open();
  const items = new StaticArray<u32>(count);
  for (let i = 0; i < count; i++) items[i] = i;
  shuffleFirst<u32>(items, drawn, random);
  for (let i = 0; i < count; i++) out.u32(items[i]);
}

/** Reads pays (u32 a run) for each symbol and the cells of a window; writes the total, then symbol, run, ways of each win. */
export function evaluate_ways(symbols: i32, reels: i32, rows: i32, wild: i32): void {
  open();
  const pays: i64[][] = [];
  for (let symbol = 0; symbol < symbols; symbol++) {
    const runs: i64[] = [];
    for (let run = 0; run < reels; run++) runs.push(<i64>bytes.u32());
    pays.push(runs);
  }
  const window = new Window(reels, rows);
  for (let cell = 0; cell < reels * rows; cell++) window.cells[cell] = bytes.u8();
  const wins = new WaysWins(symbols);
  out.u64(<u64>new WaysEvaluator(pays, reels, wild).evaluate(window, wins));
  out.u32(<u32>wins.length);
  for (let win = 0; win < wins.length; win++) {
    out.u32(<u32>wins.symbol(win));
    out.u32(<u32>wins.run(win));
    out.u32(wins.ways(win));
  }
}

/** Reads `lines` lines of a digit a reel, pays and a window; writes the total, then symbol, run, line mask of each win. */
export function evaluate_lines(lines: i32, symbols: i32, reels: i32, rows: i32, wild: i32): void {
  open();
  const paths: string[] = [];
  for (let line = 0; line < lines; line++) {
    let path = '';
    for (let reel = 0; reel < reels; reel++) path += (<i32>bytes.u8()).toString();
    paths.push(path);
  }
  const pays: i32[][] = [];
  for (let symbol = 0; symbol < symbols; symbol++) {
    const runs: i32[] = [];
    for (let run = 0; run < reels; run++) runs.push(<i32>bytes.u32());
    pays.push(runs);
  }
  const window = new Window(reels, rows);
  for (let cell = 0; cell < reels * rows; cell++) window.cells[cell] = bytes.u8();
  const wins = new LineWins(symbols, reels);
  out.u64(<u64>new LineEvaluator(paths, rows, pays, wild).evaluate(window, wins));
  out.u32(<u32>wins.length);
  for (let win = 0; win < wins.length; win++) {
    out.u32(<u32>wins.symbol(win));
    out.u32(<u32>wins.run(win));
    out.u32(wins.lineMask(win));
  }
}

export function payout_plus(payout: i64, other: i64): i64 {
  return plus(payout, other);
}

export function payout_times(payout: i64, factor: u32): i64 {
  return times(payout, factor);
}

export function payout_share(payout: i64, numerator: u32, denominator: u32): i64 {
  return share(payout, numerator, denominator);
}

/** Reads `units` UTF-16 units; writes them as a JSON string in an array behind a number; answers the length. */
export function write_json(number: i64, units: i32): i32 {
  open();
  json.start();
  json.beginArray();
  json.integer(number);
  json.decimalString(number);
  json.beginString();
  for (let i = 0; i < units; i++) json.character(<i32>bytes.u32());
  json.endString();
  json.nothing();
  json.boolean(number < 0);
  json.endArray();
  return out.length;
}

function open(): void {
  bytes.open(INPUT + 32, BUFFER_BYTES - 32);
  out.open(OUTPUT, BUFFER_BYTES);
}
