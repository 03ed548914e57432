import { GamePath, SpinRequest } from '../../_api/requests.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { bodyOf, pathOf } from '../../_runtime/http-request.ts';
import { playReply } from '../../_runtime/play-handler.ts';

export const handler = httpHandler(async (event) => {
  const { gameCode } = pathOf(event, GamePath);
  const body = bodyOf(event, SpinRequest);
  return playReply(event, {
    gameCode,
    kind: 'spin',
    sessionId: body.session_id,
    betAmount: body.bet_amount,
    betLines: body.bet_lines,
  });
});
