import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileKitProbe, type KitProbe, readWords, wordsAsBytes } from './kit.fixture.ts';

const SYMBOLS = 4;
/** Stands for the others in half of the games; the other half has none. */
const WILD = 0;

interface Game {
  readonly reels: number;
  readonly rows: number;
  readonly wild: number;
  /** By symbol and run, from a run of 1. */
  readonly pays: readonly (readonly number[])[];
  /** By reel and row. */
  readonly window: readonly (readonly number[])[];
  /** By line and reel, the row. */
  readonly lines: readonly (readonly number[])[];
}

const games: fc.Arbitrary<Game> = fc
  .record({
    reels: fc.integer({ min: 1, max: 6 }),
    rows: fc.integer({ min: 1, max: 5 }),
    wild: fc.constantFrom(WILD, -1),
  })
  .chain(({ reels, rows, wild }) =>
    fc.record({
      reels: fc.constant(reels),
      rows: fc.constant(rows),
      wild: fc.constant(wild),
      pays: lists(fc.oneof(fc.constant(0), fc.nat(1_000)), SYMBOLS, reels),
      window: lists(fc.nat(SYMBOLS - 1), reels, rows),
      lines: lists(fc.nat(rows - 1), 8, reels),
    }),
  );

function lists(items: fc.Arbitrary<number>, outer: number, inner: number) {
  const list = fc.array(items, { minLength: inner, maxLength: inner });
  return fc.array(list, { minLength: outer, maxLength: outer });
}

interface Win {
  readonly symbol: number;
  readonly run: number;
  /** Ways, or lines as a mask. */
  readonly on: number;
}

let instantiate: () => KitProbe;
let probe: KitProbe;
let evaluations = 0;
beforeAll(async () => {
  instantiate = await compileKitProbe();
});

/** Its memory is never freed, and every evaluation makes an evaluator. */
function nextProbe(): KitProbe {
  if (evaluations++ % 100 === 0) probe = instantiate();
  return probe;
}

function answer({ output }: KitProbe): { total: number; wins: Win[] } {
  const wins = Array.from({ length: output.getUint32(8, true) }, (_, index) => {
    const [symbol = -1, run = -1, on = -1] = readWords(output, 3, 12 + index * 12);
    return { symbol, run, on: on >>> 0 };
  });
  return { total: Number(output.getBigInt64(0, true)), wins };
}

function order(wins: readonly Win[]): Win[] {
  return wins.toSorted((a, b) => a.symbol - b.symbol || a.run - b.run);
}

describe('the evaluation of ways', () => {
  it('pays what going through every way one by one pays', () => {
    fc.assert(
      fc.property(games, (game) => {
        const kit = nextProbe();
        kit.give(Buffer.concat([wordsAsBytes(game.pays.flat()), Uint8Array.from(game.window.flat())]));
        kit.evaluate_ways(SYMBOLS, game.reels, game.rows, game.wild);
        const { total, wins } = answer(kit);
        const expected = walkWays(game);
        expect(order(wins)).toEqual(order(expected));
        expect(total).toBe(expected.reduce((sum, win) => sum + payOf(game, win) * win.on, 0));
      }),
      { numRuns: 400 },
    );
  });
});

describe('the evaluation of lines', () => {
  it('pays each line for its best run, with wilds for any symbol or for themselves', () => {
    fc.assert(
      fc.property(games, (game) => {
        const kit = nextProbe();
        const input = [
          Uint8Array.from(game.lines.flat()),
          wordsAsBytes(game.pays.flat()),
          Uint8Array.from(game.window.flat()),
        ];
        kit.give(Buffer.concat(input));
        kit.evaluate_lines(game.lines.length, SYMBOLS, game.reels, game.rows, game.wild);
        const { total, wins } = answer(kit);
        expect(total).toBe(game.lines.reduce((sum, line) => sum + bestOfLine(game, line), 0));
        const shown = wins.reduce((sum, win) => sum + payOf(game, win) * countBits(win.on), 0);
        expect(shown).toBe(total);
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['pays that could add up to more than 31 bits', [0x4000_0000, 0, 0]],
    ['a pay below zero', [0, 0, -1]],
  ])('does not begin with %s', (_, pays) => {
    const kit = instantiate();
    const [lines, window] = [new Uint8Array(6), new Uint8Array(3)];
    kit.give(Buffer.concat([lines, wordsAsBytes(pays), window]));
    expect(() => kit.evaluate_lines(2, 1, 3, 1, -1)).toThrow(WebAssembly.RuntimeError);
  });
});

function payOf({ pays }: Game, { symbol, run }: Pick<Win, 'symbol' | 'run'>): number {
  return run === 0 ? 0 : (pays[symbol]?.[run - 1] ?? 0);
}

/** Every combination of one row a reel, cut where the symbol ends: the distinct cuts are the ways. */
function walkWays(game: Game): Win[] {
  return Array.from({ length: SYMBOLS }, (_, symbol) => symbol)
    .filter((symbol) => symbol !== game.wild)
    .map((symbol) => {
      let paths: number[][] = [[]];
      let run = 0;
      for (const [reel, cells] of game.window.entries()) {
        const rows = cells.flatMap((cell, row) =>
          cell === symbol || (reel > 0 && cell === game.wild) ? [row] : [],
        );
        if (rows.length === 0) break;
        paths = paths.flatMap((path) => rows.map((row) => [...path, row]));
        run += 1;
      }
      return { symbol, run, on: paths.length };
    })
    .filter((win) => payOf(game, win) > 0);
}

/**
 * The line's symbol is its first that is no wild. It pays the run of it and wilds, or what the wilds at the line's
 * beginning pay alone, whichever is more.
 */
function bestOfLine(game: Game, line: readonly number[]): number {
  const shown = line.map((row, reel) => game.window[reel]?.[row] ?? -1);
  const symbol = shown.find((cell) => cell !== game.wild) ?? game.wild;
  const lengthOf = (fits: (cell: number) => boolean): number => {
    const end = shown.findIndex((cell) => !fits(cell));
    return end === -1 ? shown.length : end;
  };
  const run = lengthOf((cell) => cell === symbol || cell === game.wild);
  const wilds = lengthOf((cell) => cell === game.wild);
  const own = payOf(game, { symbol, run });
  return game.wild < 0 ? own : Math.max(own, payOf(game, { symbol: game.wild, run: wilds }));
}

function countBits(mask: number): number {
  return mask.toString(2).replaceAll('0', '').length;
}
