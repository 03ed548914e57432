import { describe, expect, it } from 'vitest';
import { explore } from './explore.ts';
import { circumstancesOf, planted, scenarios } from './scenarios.ts';

/** A share of what `npm run verify:protocol` visits: all that a few moves can lead to. */
const SHARE = 300;

const most = scenarios
  .filter(({ wins, next, forgeries }) => wins || next || forgeries)
  .map((scenario) => [circumstancesOf(scenario), scenario] as const);

describe('the round protocol', () => {
  it.each(most)(
    'holds in the first states that a round can reach with %s',
    async (_, scenario) => {
      const { states, finding } = await explore(scenario, { mostStates: SHARE });
      expect(finding).toBeUndefined();
      expect(states).toBeGreaterThanOrEqual(SHARE);
    },
    60_000,
  );
});

describe('a planted mistake', () => {
  it.each(planted)(
    'is found: $mistake',
    async (scenario) => {
      const { finding } = await explore(scenario, { mostStates: 5_000 });
      expect(finding?.trace.length).toBeGreaterThan(0);
    },
    120_000,
  );
});
