import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readText } from '../../shared/engines/wire-format.ts';
import { loadBuiltEngine } from '../built-engine.ts';
import { LINE_BET_MILLIONTHS } from './assembly/maths.ts';
import { payOfGrid } from './paytable.fixture.ts';

async function exampleIn(document: string): Promise<unknown> {
  const text = await readFile(new URL(document, import.meta.url), 'utf8');
  return JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? '');
}

it('docs/engines.md shows the capabilities that the engine tells', async () => {
  const engine = await loadBuiltEngine('happy-panda');
  const told = engine.withInstance((instance) => readText(instance, instance.describe()));
  expect(await exampleIn('../../docs/engines.md')).toEqual(JSON.parse(told));
});

it('README.md shows a view with the wins that its grid pays', async () => {
  const { outcome } = (await exampleIn('README.md')) as {
    outcome: { grid: string; wins: { payout_millionths: number }[] };
  };
  const shown = outcome.wins.reduce((sum, win) => sum + win.payout_millionths, 0);
  expect(shown).toBe(payOfGrid(outcome.grid.split('/')) * LINE_BET_MILLIONTHS);
});
