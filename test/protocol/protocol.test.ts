import { describe, expect, it } from 'vitest';
import { explore } from './explore.ts';
import { mistakes } from './mistakes.ts';
import { walletKinds } from './model-wallet.ts';

/** A share of what `npm run verify:protocol` visits: all that a few moves can lead to. */
const SHARE = 1_500;

describe('the round protocol', () => {
  it.each(Object.keys(walletKinds))(
    'holds in the first states that a round can reach with a wallet that %s',
    async (wallet) => {
      const { states, finding } = await explore(
        { wallet, wins: true, mistake: undefined },
        { mostStates: SHARE },
      );
      expect(finding).toBeUndefined();
      expect(states).toBeGreaterThanOrEqual(SHARE);
    },
    60_000,
  );
});

describe('a planted mistake', () => {
  it.each(mistakes)(
    'is found: %s',
    async (mistake) => {
      const found = [];
      for (const wallet of Object.keys(walletKinds)) {
        if (found.length > 0) break;
        const { finding } = await explore({ wallet, wins: true, mistake }, { mostStates: 20_000 });
        if (finding) found.push(finding);
      }
      expect(found[0]?.trace.length).toBeGreaterThan(0);
    },
    120_000,
  );
});
