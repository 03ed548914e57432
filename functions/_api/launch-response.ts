import type * as z from 'zod';
import type { LaunchedSession } from '../../shared/sessions/launch-session.ts';
import type { LaunchResponse } from './responses.ts';

/** Writes a launched session as the API answers it. */
export function launchResponse(launched: LaunchedSession): z.infer<typeof LaunchResponse> {
  const { session, publicState, balance, allowedBets, bonusActive, nextRoundNumber } = launched;
  return {
    session_id: session.sessionId,
    public_state: publicState,
    balance,
    currency: session.currency,
    allowed_bets: [...allowedBets],
    bonus_active: bonusActive,
    next_round_number: nextRoundNumber,
    expires_at: new Date(session.expiresAtMs).toISOString(),
  };
}
