import type { FunctionEntry } from '../../function-entry.ts';

export const recordEvent: FunctionEntry = {
  name: 'record-event',
  purpose: "Writes an operator's event log, from which streams are resumed",
  trigger: { kind: 'domain-events' },
  size: 'worker',
  permissions: { events: ['dynamodb:PutItem'] },
  settings: [],
};
