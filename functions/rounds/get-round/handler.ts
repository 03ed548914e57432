import { SessionId } from '../../../shared/foundation/ids.ts';
import { readRound } from '../../../shared/rounds/read-rounds.ts';
import { roundRecord } from '../../_api/round-record.ts';
import { RoundPath } from '../../_api/requests.ts';
import { clock, ledger, registry, roundPages, sessions } from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { headersOf, pathOf } from '../../_runtime/http-request.ts';
import { portsOf } from '../../_runtime/ports-of.ts';

const ports = portsOf({ clock, ledger, pages: roundPages, registry, sessions });

export const handler = httpHandler(async (event) => {
  const { roundId } = pathOf(event, RoundPath);
  const headers = headersOf(event);
  const sessionId = SessionId.safeParse(headers.get('x-session-id')).data;
  const credentials = { operatorKey: headers.get('x-operator-key'), sessionId };
  const settings = { sessionIdleMs: setting('SESSION_IDLE_SECONDS') * 1_000 };
  return { status: 200, body: roundRecord(await readRound(ports(), settings, credentials, roundId)) };
});
