import { currencyOf } from '../../../shared/money/currency.ts';
import type { Game } from '../../../shared/games/game.ts';
import { formatAmount } from '../../../shared/money/money.ts';
import { registry } from '../../_runtime/composition.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';

export const handler = httpHandler(async () => {
  const games = await registry().games();
  return { status: 200, body: { games: games.map(offered) } };
});

function offered({ gameCode, title, enabled, contract, engineHash, bets }: Game) {
  return {
    game_code: gameCode,
    title,
    enabled,
    contract: contract ?? 'wire',
    engine_hash: engineHash,
    bets: bets.map(({ currency, allowedMinor }) => ({
      currency,
      allowed_bets: allowedMinor.map((betMinor) => formatAmount(betMinor, currencyOf(currency))),
    })),
  };
}
