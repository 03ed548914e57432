import { idempotencyKey, roundNumber, winPending } from '../../_api/route-parts.ts';
import { BonusRequest, GamePath } from '../../_api/requests.ts';
import { RoundResponse } from '../../_api/responses.ts';
import type { FunctionEntry } from '../../function-entry.ts';
import { playErrors, playPermissions, playSettings } from '../play-entry.ts';

export const playBonus: FunctionEntry = {
  name: 'play-bonus',
  purpose: 'Plays one action of the active bonus',
  trigger: {
    kind: 'route',
    method: 'POST',
    path: '/api/v1/games/{gameCode}/bonus',
    summary: 'Play the next action of the active bonus',
    callers: 'who has the session id',
    pathParameters: GamePath,
    headers: [idempotencyKey, roundNumber],
    body: BonusRequest,
    success: { status: 200, description: 'The round', headers: [winPending], schema: RoundResponse },
    errors: [...playErrors, 'NO_ACTIVE_BONUS', 'BONUS_CURRENCY_MISMATCH'],
  },
  size: 'play',
  permissions: playPermissions,
  settings: playSettings,
};
