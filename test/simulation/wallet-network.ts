import type { PortCall } from './faults.ts';
import { type Call, invocation } from './invocation.ts';
import type { WorldView } from './world-view.ts';

/** How long a request may be on its way to a wallet after its sender has given up. */
const LATEST_MS = 10 * 60_000;

/** One call over the network between the product and a wallet, and what may become of it. */
export interface WalletExchange<T> {
  readonly effect: () => T;
  /** `heard`: an answer came, but none that says anything. */
  readonly fail: (heard: boolean) => T;
  readonly refuse: () => T;
  /** No connection was made, and the caller knows. */
  readonly notSent: () => T;
  /** The wallet closes a kept connection when the call comes, or has closed it before. */
  readonly stale: () => T;
  /** Instead of all the time that a call of a wallet has. */
  readonly timeoutMs?: number;
}

/** Calls and answers are lost, late and doubled, and a wallet can be down. */
export function callWallet<T>(
  world: WorldView,
  operatorId: string,
  name: PortCall,
  exchange: WalletExchange<T>,
): Promise<T> {
  const { effect, fail, refuse, notSent, stale, timeoutMs = world.settings.walletTimeoutMs } = exchange;
  const [least, most] = world.plan.walletLatencyMs;
  const limits = {
    timeoutMs,
    latestMs: LATEST_MS,
    latencyMs: [Math.min(least, timeoutMs), Math.min(most, timeoutMs)] as const,
  };
  const outage = world
    .operatorOf(operatorId)
    .outages.find(
      ({ fromMs, untilMs, only = name }) =>
        only === name && world.timeline.nowMs >= fromMs && world.timeline.nowMs < untilMs,
    );
  // Nothing reaches a wallet that is down; what more could go wrong with the call makes no difference.
  if (outage?.silent) return unreachable(world, name, () => fail(false), limits.timeoutMs);
  if (outage) return unreachable(world, name, notSent, limits.latencyMs[1]);
  return invocation().call<T>(name, {
    ...limits,
    effect,
    fail,
    own: { refused: refuse, unsent: notSent, stale },
  } satisfies Call<T>);
}

function unreachable<T>(world: WorldView, name: PortCall, fail: () => T, afterMs: number): Promise<T> {
  const running = invocation();
  world.note(() => `${running.name}: ${name} does not reach the wallet, which is down`);
  return new Promise((resolve, reject) => {
    world.timeline.after(afterMs, () => {
      if (running.dead) return;
      try {
        resolve(fail());
      } catch (error) {
        reject(error);
      }
    });
  });
}
