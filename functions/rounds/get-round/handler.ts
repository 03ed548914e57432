import { SessionId } from '../../../shared/foundation/ids.ts';
import { readRound } from '../../../shared/rounds/read-rounds.ts';
import { roundRecord } from '../../_api/round-record.ts';
import { RoundPath } from '../../_api/requests.ts';
import { ledger, registry, sessions } from '../../_runtime/composition.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { headersOf, pathOf } from '../../_runtime/http-request.ts';
import { portsOf } from '../../_runtime/ports-of.ts';

const ports = portsOf({ ledger, registry, sessions });

export const handler = httpHandler(async (event) => {
  const { roundId } = pathOf(event, RoundPath);
  const headers = headersOf(event);
  const sessionId = SessionId.safeParse(headers.get('x-session-id')).data;
  const credentials = { operatorKey: headers.get('x-operator-key'), sessionId };
  return { status: 200, body: roundRecord(await readRound(ports(), credentials, roundId)) };
});
