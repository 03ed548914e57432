import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readOffer } from './offer.ts';
import { MILLIONTHS } from '../../shared/money/money.ts';
import { buildEngine, engineNames } from '../../engines/build.ts';
import { GOLDEN_STEPS } from '../../engines/golden.ts';
import { playThrough } from '../../engines/playthrough.ts';
import { compileRaw, RawEngine } from '../../engines/raw-engine.ts';

const offered = engineNames()
  .map((name) => ({ name, file: `${import.meta.dirname}/../../engines/${name}/game.json` }))
  .filter(({ file }) => existsSync(file));

describe('a game, at every bet of every currency that it is offered for', () => {
  // Otherwise a win would be rounded, and the RTP of a small bet would differ from the declared one.
  it.each(offered)('$name pays whole minor units', async ({ name, file }) => {
    const engine = new RawEngine(await compileRaw((await buildEngine(name)).path));
    const played = playThrough(engine, engine.capabilities().actions, GOLDEN_STEPS);
    const payouts = new Set(played.map(({ answer }) => answer.payoutMillionths));
    expect(payouts.size).toBeGreaterThan(10);
    const { bets } = await readOffer(file);
    const rounded = bets.flatMap(({ currency, allowedMinor }) =>
      allowedMinor.flatMap((betMinor) =>
        [...payouts]
          .filter((payout) => (payout * betMinor) % MILLIONTHS !== 0n)
          .map((payout) => `${payout} millionths of ${betMinor} ${currency}`),
      ),
    );
    expect(rounded).toEqual([]);
  });
});
