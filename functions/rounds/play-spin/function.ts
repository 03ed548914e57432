import { idempotencyKey, roundNumber, winPending } from '../../_api/route-parts.ts';
import { GamePath, SpinRequest } from '../../_api/requests.ts';
import { RoundResponse } from '../../_api/responses.ts';
import type { FunctionEntry } from '../../function-entry.ts';
import { playErrors, playPermissions, playSettings } from '../play-entry.ts';

export const playSpin: FunctionEntry = {
  name: 'play-spin',
  purpose: 'Plays one simple round',
  trigger: {
    kind: 'route',
    method: 'POST',
    path: '/api/v1/games/{gameCode}/spin',
    summary: 'Play a spin',
    callers: 'who has the session id',
    pathParameters: GamePath,
    headers: [idempotencyKey, roundNumber],
    body: SpinRequest,
    success: { status: 200, description: 'The round', headers: [winPending], schema: RoundResponse },
    errors: [
      ...playErrors,
      'INVALID_AMOUNT',
      'AMOUNT_TOO_PRECISE',
      'BET_NOT_OFFERED',
      'BET_LINES_NOT_OFFERED',
      'CURRENCY_NOT_OFFERED',
      'OPERATOR_DISABLED',
      'GAME_DISABLED',
      'GAME_IS_REALTIME',
      'BONUS_ACTIVE',
      'INSUFFICIENT_FUNDS',
      'LIMIT_REACHED',
      'PLAYER_BLOCKED',
      'WALLET_REFUSED',
    ],
  },
  size: 'play',
  permissions: playPermissions,
  settings: playSettings,
};
