import type * as z from 'zod';
import { listRounds } from '../../../shared/rounds/read-rounds.ts';
import { roundRecord } from '../../_api/round-record.ts';
import type { RoundsResponse } from '../../_api/responses.ts';
import { RoundsQuery, SessionPath } from '../../_api/requests.ts';
import { clock, registry, roundPages, sessions, telemetry } from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { headersOf, pathOf, queryOf } from '../../_runtime/http-request.ts';
import { portsOf } from '../../_runtime/ports-of.ts';

const ports = portsOf({ clock, pages: roundPages, registry, sessions });

export const handler = httpHandler(async (event) => {
  const { sessionId } = pathOf(event, SessionPath);
  const { cursor, limit } = queryOf(event, RoundsQuery);
  const operatorKey = headersOf(event).get('x-operator-key');
  const settings = { sessionIdleMs: setting('SESSION_IDLE_SECONDS') * 1_000 };
  const page = await listRounds(ports(), settings, { sessionId, operatorKey, cursor, limit });
  if (page.unreadableNumbers.length > 0) telemetry().count('RecordCorrupt');
  const body: z.infer<typeof RoundsResponse> = {
    rounds: page.rounds.map(roundRecord),
    unreadable_numbers: [...page.unreadableNumbers],
    next_cursor: page.nextCursor ?? null,
  };
  return { status: 200, body };
});
