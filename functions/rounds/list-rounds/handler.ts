import { listRounds } from '../../../shared/rounds/read-rounds.ts';
import { roundRecord } from '../../_api/round-record.ts';
import { RoundsQuery, SessionPath } from '../../_api/requests.ts';
import { clock, ledger, registry, sessions } from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { headersOf, pathOf, queryOf } from '../../_runtime/http-request.ts';
import { portsOf } from '../../_runtime/ports-of.ts';

const ports = portsOf({ clock, ledger, registry, sessions });

export const handler = httpHandler(async (event) => {
  const { sessionId } = pathOf(event, SessionPath);
  const { cursor, limit } = queryOf(event, RoundsQuery);
  const operatorKey = headersOf(event).get('x-operator-key');
  const settings = { sessionIdleMs: setting('SESSION_IDLE_SECONDS') * 1_000 };
  const page = await listRounds(ports(), settings, { sessionId, operatorKey, cursor, limit });
  return {
    status: 200,
    body: { rounds: page.rounds.map(roundRecord), next_cursor: page.nextCursor ?? null },
  };
});
