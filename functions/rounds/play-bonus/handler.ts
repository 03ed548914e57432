import { BonusRequest, GamePath } from '../../_api/requests.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { bodyOf, pathOf } from '../../_runtime/http-request.ts';
import { playReply } from '../../_runtime/play-handler.ts';

export const handler = httpHandler(async (event) => {
  const { gameCode } = pathOf(event, GamePath);
  const body = bodyOf(event, BonusRequest);
  return playReply(event, {
    gameCode,
    kind: 'bonus',
    sessionId: body.session_id,
    betAmount: undefined,
    betLines: undefined,
  });
});
