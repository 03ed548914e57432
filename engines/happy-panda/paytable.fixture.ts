import { LINE_PAYS, LINES, SCATTER_PAYS, SYMBOLS } from './assembly/maths.ts';

/** The rules once more and in the plainest way: what a grid (rows of letters, top first) pays, in line bets. */
export function payOfGrid(rows: readonly string[]): number {
  const linePays = LINES.map((line) =>
    payOfLine(line.split('').map((row, reel) => rows[Number(row)]?.[reel] ?? '')),
  );
  return linePays.reduce((sum, pay) => sum + pay, 0) + (SCATTER_PAYS[scattersOf(rows)] ?? 0);
}

export function scattersOf(rows: readonly string[]): number {
  return rows
    .join('')
    .split('')
    .filter((letter) => letter === 'S').length;
}

function payOfLine(letters: readonly string[]): number {
  const [first = ''] = letters;
  const end = letters.findIndex((letter) => letter !== first && letter !== 'W');
  const run = end === -1 ? letters.length : end;
  return LINE_PAYS[SYMBOLS.indexOf(first)]?.[run - 1] ?? 0;
}
