import { type CodeOf, EngineError } from '../../shared/foundation/errors.ts';
import type { Engine, Engines, EngineStep } from '../../shared/engines/engines.ts';
import { ALWAYS_WINS, MOST_WIN_MILLIONTHS, simulatedEngine } from './engine.ts';
import { engineFailures, type PortCall } from './faults.ts';
import { invocation } from './invocation.ts';
import { LEDGER_LIMITS } from './ledger-port.ts';
import type { WorldView } from './world-view.ts';

const failing = (code: CodeOf<'engine'>) => (): never => {
  throw new EngineError(code, 'The engine failed');
};
const unavailable = failing('ENGINE_UNAVAILABLE');
const timedOut = failing('TIMEOUT');
const failures = Object.fromEntries(
  Object.entries(engineFailures).map(([fault, code]) => [fault, failing(code)]),
);

/** Modules and engines on servers in one: whatever either can do to a caller. */
export function enginesPort({ settings }: WorldView): Engines {
  const engines = [1, 2, ALWAYS_WINS].map((version) =>
    called(simulatedEngine(version), settings.grpcTimeoutMs),
  );
  return {
    load: (hash) =>
      invocation().call('engines.load', {
        ...LEDGER_LIMITS,
        latencyMs: [0, 2],
        // Each process has an engine of its own. What it remembers of the engine dies with it, a call under way included.
        effect: () => ({ ...(engines.find((engine) => engine.hash === hash) ?? unavailable()) }),
        fail: unavailable,
        own: failures,
      }),
  };
}

function called(engine: ReturnType<typeof simulatedEngine>, timeoutMs: number): Engine {
  function call(name: PortCall, effect: () => EngineStep): Promise<EngineStep> {
    return invocation().call<EngineStep>(name, {
      latencyMs: [0, 1],
      timeoutMs,
      latestMs: 0,
      effect,
      fail: (heard) => (heard ? unavailable() : timedOut()),
      own: {
        ...failures,
        'wins-too-much': () => ({ ...effect(), payoutMillionths: MOST_WIN_MILLIONTHS + 1n }),
      },
    });
  }
  return {
    ...engine,
    reset: () => call('engine.reset', engine.reset),
    step: (input) => call('engine.step', () => engine.step(input)),
  };
}
