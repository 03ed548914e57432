import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { EngineCapabilities } from '../../shared/engines/engines.ts';
import { buildEngine } from '../build.ts';
import { sha256 } from '../playthrough.ts';
import { compileRaw, RawEngine, readAnswer, stepBytes } from '../raw-engine.ts';
import { BEST_REVEALS, MINE_COUNTS, TILES } from './assembly/maths.ts';
import { strategiesOf } from './rtp.ts';

const amount = z.string().regex(/^\d+$/).transform(BigInt);
/** What README.md promises. */
const View = z.strictObject({
  outcome: z.union([z.strictObject({}), z.strictObject({ tile: z.int(), mine: z.boolean() })]),
  public_state: z.strictObject({
    mines: z.int(),
    field: z.string().regex(/^[?o]{25}$|^[o.*]{25}$/),
    cash_out_millionths: amount,
    next_millionths: amount,
  }),
  bonus_triggered: z.null(),
});

let engine: RawEngine;
let capabilities: EngineCapabilities;
beforeAll(async () => {
  engine = new RawEngine(await compileRaw((await buildEngine('mines')).path));
  capabilities = engine.capabilities();
});

function play(name: string, state: Uint8Array, round = 0, step = 0) {
  const action = capabilities.actions.find((candidate) => candidate.name === name)?.code ?? 255;
  const input = { seed: sha256(`mines ${round}`), stepIndex: BigInt(step), state, action };
  const output = engine.ask('rgs_step', stepBytes(input));
  if (typeof output === 'number') throw new Error(`${name} is refused with ${output}`);
  const answer = readAnswer(output);
  return { ...answer, seen: View.parse(JSON.parse(answer.view)) };
}

function open(mines: number, round = 0) {
  return play(`open_${mines}`, engine.reset().state, round);
}

/** Where the mines are, from the private state. */
function minesIn(state: Uint8Array): number[] {
  const mask = new DataView(state.buffer, state.byteOffset).getUint32(1, true);
  return Array.from({ length: TILES }, (_, tile) => tile).filter((tile) => ((mask >> tile) & 1) === 1);
}

describe('mines', () => {
  it.each(MINE_COUNTS)('lays %i mines, each tile as often as any other, and hides them', (mines) => {
    const rounds = 5_000;
    const counts = Array.from({ length: TILES }, () => 0);
    for (let round = 0; round < rounds; round++) {
      const { state, seen } = open(mines, round);
      const laid = minesIn(state);
      expect(laid).toHaveLength(mines);
      expect(seen.public_state.field).toBe('?'.repeat(TILES));
      for (const tile of laid) counts[tile] = (counts[tile] ?? 0) + 1;
    }
    const expected = (rounds * mines) / TILES;
    const distance = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The chi-square quantile at one in a thousand, 24 degrees of freedom.
    expect(distance).toBeLessThan(51.2);
  });

  it.each(MINE_COUNTS)(
    'pays for every safe tile of %i mines what the closed form says, and shows it before',
    (mines) => {
      const strategies = strategiesOf(mines);
      for (const [round, { reveals, payMillionths }] of strategies.entries()) {
        let last = open(mines, round);
        const safe = Array.from({ length: TILES }, (_, tile) => tile).filter(
          (tile) => !minesIn(last.state).includes(tile),
        );
        for (const [step, tile] of safe.slice(0, reveals).entries()) {
          const promised = last.seen.public_state.next_millionths;
          last = play(`reveal_${tile}`, last.state, round, step + 1);
          expect(last.seen.outcome).toEqual({ tile, mine: false });
          if (last.bonusActive) expect(last.seen.public_state.cash_out_millionths).toBe(promised);
        }
        // The last safe tile cashes out by itself.
        if (reveals < TILES - mines) last = play('cash_out', last.state, round, reveals + 1);
        expect(last.payoutMillionths).toBe(payMillionths);
        expect(last.bonusActive).toBe(false);
      }
    },
  );

  it('pays nothing for a mine, shows them all, and forgets the field', () => {
    const opened = open(3);
    const [mine = 0] = minesIn(opened.state);
    const hit = play(`reveal_${mine}`, opened.state, 0, 1);
    expect(hit).toMatchObject({ payoutMillionths: 0n, bonusActive: false });
    expect(hit.seen.outcome).toEqual({ tile: mine, mine: true });
    const shown = hit.seen.public_state.field.split('').flatMap((mark, tile) => (mark === '*' ? [tile] : []));
    expect(shown).toEqual(minesIn(opened.state));
    expect(hit.state).toEqual(new Uint8Array(9));
  });

  it('does not let chance into a reveal: the field is laid when it is paid for', () => {
    const { state } = open(5);
    const views = [1, 2, 3].map((round) => play('reveal_7', state, round, 1).view);
    expect(new Set(views).size).toBe(1);
  });

  it('refuses a tile twice, and opening or revealing out of turn', () => {
    const opened = open(1);
    const safe = minesIn(opened.state).includes(0) ? 1 : 0;
    const { state } = play(`reveal_${safe}`, opened.state, 0, 1);
    expect(() => play(`reveal_${safe}`, state)).toThrow('refused with -2');
    expect(() => play('open_3', state)).toThrow('refused with -2');
    expect(() => play('cash_out', engine.reset().state)).toThrow('refused with -2');
  });

  it.each([
    ['two mines', [2, 3, 0, 0, 0, 0, 0, 0, 0]],
    ['fewer mines than it says', [3, 3, 0, 0, 0, 0, 0, 0, 0]],
    ['a mine outside of the field', [1, 0, 0, 0, 2, 0, 0, 0, 0]],
    ['a revealed mine', [1, 1, 0, 0, 0, 1, 0, 0, 0]],
    ['a revealed tile outside of the field', [1, 1, 0, 0, 0, 0, 0, 0, 2]],
    ['every safe tile revealed', [1, 1, 0, 0, 0, 0xfe, 0xff, 0xff, 1]],
    ['mines and no round', [0, 1, 0, 0, 0, 0, 0, 0, 0]],
  ])('refuses a state with %s', (_, state) => {
    for (const action of ['open_1', 'cash_out'])
      expect(() => play(action, Uint8Array.from(state))).toThrow('refused with -3');
  });

  it('shows the view that README.md shows', async () => {
    const text = await readFile(new URL('README.md', import.meta.url), 'utf8');
    const example = View.parse(JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? ''));
    const opened = open(3);
    const safe = Array.from({ length: TILES }, (_, tile) => tile).filter(
      (tile) => !minesIn(opened.state).includes(tile),
    );
    const tile = 'tile' in example.outcome ? example.outcome.tile : -1;
    expect(safe).toContain(tile);
    expect(play(`reveal_${tile}`, opened.state, 0, 1).seen).toEqual(example);
  });
});

describe("mines' declared figures", () => {
  it('are the best return that a strategy has, and the most that it can win', () => {
    for (const [index, mines] of MINE_COUNTS.entries()) {
      const strategies = strategiesOf(mines);
      const best = strategies.reduce(
        (most, { rtpMillionths }) => (rtpMillionths > most ? rtpMillionths : most),
        0n,
      );
      const largest = strategies.at(-1)?.payMillionths ?? 0n;
      expect(capabilities.modes[index]).toMatchObject({ rtpMillionths: best, maxWinMillionths: largest });
      expect(strategies[BEST_REVEALS[index] ?? 0]?.rtpMillionths).toBe(best);
    }
  });

  it('are at most a twentieth more than what the worst strategy returns', () => {
    for (const [index, mines] of MINE_COUNTS.entries()) {
      const declared = capabilities.modes[index]?.rtpMillionths ?? 0n;
      for (const { rtpMillionths } of strategiesOf(mines)) {
        expect(rtpMillionths).toBeGreaterThan(declared - 50_000n);
      }
    }
  });

  it('are those of README.md', async () => {
    const text = await readFile(new URL('README.md', import.meta.url), 'utf8');
    const percent = (millionths: bigint) => `${Number(millionths) / 10_000} %`;
    const row = (title: string, cellOf: (mines: number, index: number) => string) => {
      const cells = text
        .split('\n')
        .find((line) => line.startsWith(`| ${title} `))
        ?.split('|')
        .slice(2, -1);
      expect(cells?.map((cell) => cell.trim())).toEqual(MINE_COUNTS.map(cellOf));
    };
    const returns = (mines: number) => strategiesOf(mines).map(({ rtpMillionths }) => Number(rtpMillionths));
    row('return, played best', (mines) => percent(BigInt(Math.max(...returns(mines)))));
    row('return, played worst', (mines) => percent(BigInt(Math.min(...returns(mines)))));
    row('by revealing', (_, index) => `${BEST_REVEALS[index]} tiles`);
    row('most that it can win', (mines) => {
      const most = Number(strategiesOf(mines).at(-1)?.payMillionths) / 1e6;
      return `${most.toLocaleString('en')} bets`;
    });
  });

  it('come from chances that counting all layouts of three mines gives', () => {
    for (const { reveals, ways, of } of strategiesOf(3)) {
      let survived = 0n;
      let layouts = 0n;
      for (let a = 0; a < TILES; a++)
        for (let b = 0; b < a; b++)
          for (let c = 0; c < b; c++) {
            layouts += 1n;
            if (c >= reveals) survived += 1n;
          }
      expect([survived, layouts]).toEqual([ways, of]);
    }
  });
});
