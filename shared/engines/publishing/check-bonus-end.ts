import type { EngineCapabilities } from '../engines.ts';
import { wrong } from './nonconformity.ts';

/**
 * Checks what a game declares for a bonus that an operator has to end. Players must know it before they play. So a game
 * with bonus actions is not published without it, and it is no more than a round of the game can win.
 * @param bonusEndMillionths is undefined where the game declares nothing
 * @throws EngineError BAD_OUTPUT
 */
export function checkBonusEnd(
  { actions, modes }: Pick<EngineCapabilities, 'actions' | 'modes'>,
  bonusEndMillionths: bigint | undefined,
): void {
  const hasBonus = actions.some(({ phase }) => phase !== 'base');
  if (hasBonus && bonusEndMillionths === undefined) {
    throw wrong(
      'it has bonus actions; declare in game.json what a bonus pays that an operator ends: "bonus_end": "forfeit" or {"pay": "12.5"}',
    );
  }
  const tooMuch = modes.find(({ maxWinMillionths }) => (bonusEndMillionths ?? 0n) > maxWinMillionths);
  if (tooMuch) throw wrong(`"bonus_end" pays more than a round of the mode ${tooMuch.name} can win`);
}
