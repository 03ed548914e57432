import { eventLog, readEvent } from '../../_runtime/composition.ts';
import { Delivery, parseInput } from '../../_runtime/parse-input.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

export const handler = workerHandler(async (delivered: unknown): Promise<void> => {
  const { 'detail-type': type, detail } = parseInput(Delivery, delivered);
  const event = readEvent(type, detail);
  await eventLog().appendEvent(event.log.operatorId, event);
});
