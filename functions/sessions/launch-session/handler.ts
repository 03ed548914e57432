import { launchSession } from '../../../shared/sessions/launch-session.ts';
import { GamePath, LaunchRequest } from '../../_api/requests.ts';
import {
  clock,
  engines,
  played,
  random,
  registry,
  sessionStore,
  wallets,
} from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { bodyOf, headersOf, pathOf } from '../../_runtime/http-request.ts';
import { launchResponse } from '../../_api/launch-response.ts';
import { portsOf } from '../../_runtime/ports-of.ts';

const ports = portsOf({ clock, random, registry, sessions: sessionStore, played, engines, wallets });

export const handler = httpHandler(async (event) => {
  const { gameCode } = pathOf(event, GamePath);
  const body = bodyOf(event, LaunchRequest);
  const launched = await launchSession(ports(), setting('SESSION_TTL_SECONDS') * 1_000, {
    gameCode,
    operatorId: body.operator_id,
    playerId: body.player_id,
    currency: body.currency,
    token: body.token,
    operatorKey: headersOf(event).get('x-operator-key'),
  });
  return { status: 200, body: launchResponse(launched) };
});
