import { GamesResponse } from '../../_api/responses.ts';
import type { FunctionEntry } from '../../function-entry.ts';

export const listGames: FunctionEntry = {
  name: 'list-games',
  purpose: 'Lists the games an operator may offer',
  trigger: {
    kind: 'route',
    method: 'GET',
    path: '/api/v1/games',
    summary: 'List the games, their bets, engines and contracts',
    callers: 'anybody',
    headers: [],
    success: { status: 200, description: 'The games', schema: GamesResponse },
    errors: [],
  },
  size: 'query',
  permissions: {
    config: ['dynamodb:Query'],
    dataKeyItems: ['dynamodb:GetItem'],
    dataKey: ['kms:Decrypt'],
  },
  settings: [],
};
