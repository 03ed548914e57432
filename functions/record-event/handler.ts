import type { EventBridgeEvent } from 'aws-lambda';
import * as compose from '../_runtime/composition.ts';
import { workerHandler } from '../_runtime/worker-handler.ts';

export const handler = workerHandler(async (delivered: EventBridgeEvent<string, unknown>): Promise<void> => {
  const event = compose.readEvent(delivered['detail-type'], delivered.detail);
  await compose.eventLog().appendEvent(event.log.operatorId, event);
});
