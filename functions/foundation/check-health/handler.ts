import { clock, healthProbes } from '../../_runtime/composition.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { logger } from '../../_runtime/observability.ts';

/** Anybody may ask for health, and often. The answer therefore holds for a few seconds. */
const FRESH_MS = 5_000;

interface DependencyState {
  readonly status: 'up' | 'down';
  readonly latency_ms: number;
}

let last: { readonly atMs: number; readonly states: Record<string, DependencyState> } | undefined;

export const handler = httpHandler(async () => {
  const atMs = clock().nowMs();
  if (!last || atMs - last.atMs >= FRESH_MS) last = { atMs, states: await checkAll() };
  const up = Object.values(last.states).every(({ status }) => status === 'up');
  return { status: up ? 200 : 503, body: { status: up ? 'up' : 'down', dependencies: last.states } };
});

async function checkAll(): Promise<Record<string, DependencyState>> {
  const checks = Object.entries(healthProbes());
  return Object.fromEntries(
    await Promise.all(checks.map(async ([name, probe]) => [name, await check(name, probe)])),
  );
}

async function check(name: string, probe: () => Promise<unknown>): Promise<DependencyState> {
  const startedAtMs = clock().nowMs();
  const status = await probe().then(
    () => 'up' as const,
    (error: unknown) => {
      logger.error('A dependency is down', { dependency: name, error });
      return 'down' as const;
    },
  );
  return { status, latency_ms: clock().nowMs() - startedAtMs };
}
