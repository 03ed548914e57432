import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { buildEngine } from '../build.ts';
import { compileRaw, RawEngine, readAnswer, stepBytes } from '../raw-engine.ts';

const seed = new Uint8Array(32);
const bit = z.int().min(0).max(1);
/** What README.md promises. */
const View = z.strictObject({
  outcome: z.strictObject({ placed: z.int().min(0).max(8).nullable() }),
  public_state: z.strictObject({
    board: z.string().regex(/^[XO.]{9}$/),
    to_move: z.enum(['X', 'O']).nullable(),
    winner: z.enum(['X', 'O', 'draw']).nullable(),
    board_view: z.array(bit).length(18),
    legal_moves: z.array(bit).length(9),
  }),
  bonus_triggered: z.null(),
});

let engine: RawEngine;
beforeAll(async () => {
  engine = new RawEngine(await compileRaw((await buildEngine('tic-tac-toe')).path));
});

function place(state: Uint8Array, cell: number) {
  const output = engine.ask('rgs_step', stepBytes({ seed, stepIndex: 0n, state, action: cell }));
  if (typeof output === 'number') throw new Error(`Refused with ${output}`);
  const answer = readAnswer(output);
  return { ...answer, seen: View.parse(JSON.parse(answer.view)) };
}

function playAll(cells: readonly number[]) {
  let last = { ...engine.reset(), seen: View.parse(JSON.parse(engine.reset().view)) };
  for (const cell of cells) last = place(last.state, cell);
  return last;
}

const rows = ['012', '345', '678', '036', '147', '258', '048', '246'].map((row) => row.split('').map(Number));

const endings = { X: [1, 0, 0], O: [0, 1, 0], draw: [0, 0, 1] } as const;

/** Who has three in a row, by the rules once more. */
function winnerOf(board: string): keyof typeof endings | null {
  const won = (['X', 'O'] as const).find((player) =>
    rows.some((row) => row.every((cell) => board[cell] === player)),
  );
  return won ?? (board.includes('.') ? null : 'draw');
}

describe('tic-tac-toe', () => {
  it('plays every game that there is by the rules: 255,168 of them', () => {
    const counted = new Map<string, readonly [number, number, number]>();
    const gamesFrom = (state: Uint8Array, board: string): readonly [number, number, number] => {
      const known = counted.get(board);
      if (known) return known;
      const games: [number, number, number] = [0, 0, 0];
      const mover = board.replaceAll('.', '').length % 2 === 0 ? 'X' : 'O';
      for (let cell = 0; cell < 9; cell++) {
        if (board[cell] !== '.') continue;
        const after = `${board.slice(0, cell)}${mover}${board.slice(cell + 1)}`;
        const { seen, state: next, bonusActive } = place(state, cell);
        const winner = winnerOf(after);
        expect([seen.public_state.board, seen.public_state.winner, bonusActive]).toEqual([
          after,
          winner,
          winner === null,
        ]);
        const ends = winner === null ? gamesFrom(next, after) : endings[winner];
        for (const [how, count] of ends.entries()) games[how] = (games[how] ?? 0) + count;
      }
      counted.set(board, games);
      return games;
    };
    // How many games X wins, O wins, and nobody wins is well known.
    expect(gamesFrom(engine.reset().state, '.........')).toEqual([131_184, 77_904, 46_080]);
  });

  it('shows the board, whose turn it is, the masks for programs, and who won', () => {
    for (const cells of [[], [4], [0, 4], [0, 3, 1, 4, 2], [0, 1, 3, 4, 8, 7], [0, 1, 2, 4, 3, 5, 7, 6, 8]]) {
      const { seen, bonusActive } = playAll(cells);
      const { board, winner, to_move, board_view, legal_moves } = seen.public_state;
      const marks = board.split('');
      expect(winner).toBe(winnerOf(board));
      expect(to_move).toBe(winner === null ? (cells.length % 2 === 0 ? 'X' : 'O') : null);
      expect(board_view).toEqual(
        ['X', 'O'].flatMap((player) => marks.map((mark) => Number(mark === player))),
      );
      expect(legal_moves).toEqual(marks.map((mark) => Number(winner !== null || mark === '.')));
      expect(bonusActive).toBe(cells.length > 0 && winner === null);
      expect(seen.outcome.placed).toBe(cells.at(-1) ?? null);
    }
  });

  it('begins a new game with the first move after the end', () => {
    expect(place(playAll([0, 3, 1, 4, 2]).state, 1).seen.public_state.board).toBe('.X.......');
  });

  it('packs its state as nine cells, whose turn, and the winner', () => {
    expect([...playAll([]).state]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    expect([...playAll([4, 0]).state]).toEqual([2, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
    expect([...playAll([0, 3, 1, 4, 2]).state]).toEqual([1, 1, 1, 2, 2, 0, 0, 0, 0, 2, 1]);
  });

  it.each([
    ['a third player', [3, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0]],
    ['O before X', [2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]],
    ['a move too many', [1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0]],
    ['the wrong turn', [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]],
    ['a winner without three in a row', [1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1]],
    ['three in a row without a winner', [1, 1, 1, 2, 2, 0, 0, 0, 0, 2, 0]],
    ['a move after the end', [1, 1, 1, 2, 2, 2, 0, 0, 0, 1, 1]],
  ])('refuses a state with %s', (_, state) => {
    expect(() => place(Uint8Array.from(state), 8)).toThrow('Refused with -3');
  });

  it('shows the view that README.md shows', async () => {
    const text = await readFile(new URL('README.md', import.meta.url), 'utf8');
    const { seen } = playAll([0, 4]);
    expect(JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? '')).toEqual(seen);
  });
});
