import type { PortCall } from './faults.ts';
import { invocation } from './invocation.ts';
import { LEDGER_LIMITS } from './ledger-port.ts';
import type { JsonReply } from './memory-table.ts';

const exception = (status: number, name: string): JsonReply => ({
  status,
  body: { __type: `com.amazonaws.simulated#${name}`, message: 'Not now' },
});

/** An AWS service answers like this whether it has done what it was asked for or not. */
const FAILURES: readonly JsonReply[] = [
  exception(400, 'ProvisionedThroughputExceededException'),
  exception(400, 'ThrottlingException'),
  exception(400, 'AccessDeniedException'),
  exception(500, 'InternalServerError'),
  exception(503, 'ServiceUnavailable'),
];

/**
 * A request to an AWS service crosses the simulated network. Its reply may be a failure, or a connection that breaks.
 * @param ownFailure may draw a reply that only this service gives
 */
export function awsReply(
  call: PortCall,
  serve: () => JsonReply | Promise<JsonReply>,
  ownFailure: () => JsonReply | undefined = () => undefined,
): Promise<JsonReply> {
  const running = invocation();
  return running.call<JsonReply>(call, {
    ...LEDGER_LIMITS,
    effect: serve,
    fail: (heard) => {
      if (!heard) throw Object.assign(new Error('Timed out'), { name: 'TimeoutError' });
      if (running.random.chance(0.3)) throw Object.assign(new Error('Broken'), { code: 'ECONNRESET' });
      return ownFailure() ?? running.random.pick(FAILURES);
    },
  });
}
