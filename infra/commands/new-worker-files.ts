/** These triggers start functions without a route, and several functions may have the same one. */
export type WorkerTrigger = 'daily' | 'domain-events';

/** Writes the files of a new worker. Until its handler is written, it logs that it was started. */
export function filesOfWorker(name: string, trigger: WorkerTrigger): Readonly<Record<string, string>> {
  return {
    'function.ts': entry(name, trigger),
    'handler.ts': trigger === 'daily' ? dailyHandler : eventHandler,
    'handler.test.ts': trigger === 'daily' ? dailyTest(name) : eventTest(name),
  };
}

function entry(name: string, trigger: WorkerTrigger): string {
  const constant = name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const purpose = name.replaceAll('-', ' ');
  return `import type { FunctionEntry } from '../../function-entry.ts';

export const ${constant}: FunctionEntry = {
  name: '${name}',
  purpose: '${purpose.charAt(0).toUpperCase()}${purpose.slice(1)}',
  trigger: { kind: '${trigger}' },
  size: 'worker',
  permissions: {},
  settings: [],
};
`;
}

const dailyHandler = `import { clock } from '../../_runtime/composition.ts';
import { logger } from '../../_runtime/observability.ts';
import { portsOf } from '../../_runtime/ports-of.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

const ports = portsOf({ clock });

export const handler = workerHandler(async (_event: unknown): Promise<void> => {
  logger.info('The daily run has started', { at: new Date(ports().clock.nowMs()).toISOString() });
});
`;

const eventHandler = `import { readEvent } from '../../_runtime/composition.ts';
import { logger } from '../../_runtime/observability.ts';
import { Delivery, parseInput } from '../../_runtime/parse-input.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

export const handler = workerHandler(async (delivered: unknown): Promise<void> => {
  const { 'detail-type': type, detail } = parseInput(Delivery, delivered);
  const event = readEvent(type, detail);
  logger.info('An event has arrived', { type: event.type, eventId: event.eventId });
});
`;

function dailyTest(name: string): string {
  return `import { expect, it, vi } from 'vitest';
import { lambdaContext } from '../../_runtime/http-event.fixture.ts';
import { logger } from '../../_runtime/observability.ts';
import { handler } from './handler.ts';

it('${name} logs when it was started', async () => {
  const info = vi.spyOn(logger, 'info');
  await handler({}, lambdaContext);
  expect(info).toHaveBeenCalledWith('The daily run has started', { at: expect.any(String) });
});
`;
}

function eventTest(name: string): string {
  return `import { expect, it } from 'vitest';
import { lambdaContext } from '../../_runtime/http-event.fixture.ts';
import { handler } from './handler.ts';

it('${name} refuses a delivery that is no event', async () => {
  await expect(handler({ detail: {} }, lambdaContext)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
});

it('${name} refuses an event that the product does not publish', async () => {
  const unknown = { 'detail-type': 'unknown', detail: {} };
  await expect(handler(unknown, lambdaContext)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
});
`;
}
