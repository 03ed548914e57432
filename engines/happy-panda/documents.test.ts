import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readText } from '../../shared/engines/wire-format.ts';
import { loadBuiltEngine } from '../built-engine.ts';
import { LINE_BET_MILLIONTHS } from './assembly/maths.ts';
import { payOfGrid } from './paytable.fixture.ts';

/** Reads the first JSON of a page that has this field. */
async function exampleIn(document: string, field: string): Promise<unknown> {
  const text = await readFile(new URL(document, import.meta.url), 'utf8');
  const examples = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json);
  return JSON.parse(examples.find((json) => json.includes(`"${field}"`)) ?? '');
}

it('docs/engines.md shows the capabilities that the engine tells', async () => {
  const engine = await loadBuiltEngine('happy-panda');
  const told = engine.withInstance((instance) => readText(instance, instance.describe()));
  expect(await exampleIn('../../docs/engines.md', 'abi')).toEqual(JSON.parse(told));
});

it('README.md shows a view with the wins that its grid pays', async () => {
  const { outcome } = (await exampleIn('README.md', 'outcome')) as {
    outcome: { grid: string; wins: { payout_millionths: number }[] };
  };
  const shown = outcome.wins.reduce((sum, win) => sum + win.payout_millionths, 0);
  expect(shown).toBe(payOfGrid(outcome.grid.split('/')) * LINE_BET_MILLIONTHS);
});
