import { bodyErrors, engineErrors, operatorKey, winPending } from '../../_api/route-parts.ts';
import { EndBonusRequest, GamePlayerPath } from '../../_api/requests.ts';
import { EndedBonusResponse } from '../../_api/responses.ts';
import type { FunctionEntry } from '../../function-entry.ts';
import { playPermissions } from '../play-entry.ts';

const { sessions: _, ...permissions } = playPermissions;

export const endBonus: FunctionEntry = {
  name: 'end-bonus',
  purpose: 'Ends a bonus that cannot go on, and pays what the game declares for it',
  trigger: {
    kind: 'route',
    method: 'POST',
    path: '/api/v1/games/{gameCode}/players/{playerId}/bonus/end',
    summary: "End a player's bonus that cannot go on",
    callers: "the operator's key",
    pathParameters: GamePlayerPath,
    headers: [operatorKey],
    body: EndBonusRequest,
    success: { status: 200, description: 'The round', headers: [winPending], schema: EndedBonusResponse },
    errors: [
      ...bodyErrors,
      ...engineErrors,
      'MISSING_CREDENTIALS',
      'INVALID_OPERATOR_KEY',
      'UNKNOWN_GAME',
      'UNKNOWN_CURRENCY',
      'ACCOUNT_CURRENCY_MISMATCH',
      'NO_ACTIVE_BONUS',
      'BONUS_CAN_GO_ON',
      'ROUND_IN_FLIGHT',
      'LOG_FROZEN',
      'WALLET_UNAVAILABLE',
    ],
  },
  size: 'play',
  permissions,
  settings: ['WALLET_TIMEOUT_MS', 'GRPC_TIMEOUT_MS', 'RANDOM_URL', 'ROUND_LEASE_MS'],
};
