import { expect, describe, it } from 'vitest';
import { codeOf, type EngineParts, loadPublished, CONFORMING } from './hostile-engine.fixture.ts';
import type { EngineInput } from '../engines.ts';
import type { EngineTelemetry } from '../../foundation/telemetry.ts';
import type { CallLimits } from './engine-instance.ts';
import { CALL_LIMITS } from './loaded-engine.ts';

const input: EngineInput = { state: new Uint8Array(), action: 0, seed: new Uint8Array(32), stepIndex: 0 };
const OF_STEP = ['EngineStepMicroseconds', 'EngineStepFuel', 'EngineMemoryPages'];
/** The engine does `attack` where the state begins with 1. */
const attacking = (attack: string): Partial<EngineParts> => ({
  stepBody: `(if (i32.eq (i32.load8_u (i32.const 44)) (i32.const 1)) (then ${attack})) ${CONFORMING.stepBody}`,
});

async function measuring(parts: Partial<EngineParts>, limits: CallLimits = CALL_LIMITS) {
  const measured: [string, number][] = [];
  const failures: string[] = [];
  const telemetry: EngineTelemetry = {
    measure: (what, value) => void measured.push([what, value]),
    countFailure: (code) => void failures.push(code),
  };
  const engine = await loadPublished(parts, { telemetry, limits });
  const step = (...state: number[]) => codeOf(() => engine.step({ ...input, state: Uint8Array.from(state) }));
  return { step, measured, failures };
}

describe("The host's telemetry", () => {
  it("The telemetry has a step's time, fuel and memory, and each instance that the host makes", async () => {
    const { step, measured, failures } = await measuring(attacking('unreachable'));
    await step();
    await step();
    expect(measured.map(([what]) => what)).toEqual(['EngineInstances', ...OF_STEP, ...OF_STEP]);
    const [, [, micros] = [], [, fuel] = [], [, pages] = []] = measured;
    expect(micros).toBeGreaterThan(0);
    expect(micros).toBeLessThan(1_000_000);
    expect(fuel).toBeGreaterThan(0);
    expect(pages).toBe(4);
    expect(failures).toEqual([]);
    expect(await step(1)).toBe('ENGINE_TRAP');
    await step();
    expect(measured.filter(([what]) => what === 'EngineInstances')).toHaveLength(2);
  });

  it.each([
    ['ENGINE_TRAP', '(drop (memory.grow (i32.const 5))) unreachable'],
    ['OUT_OF_FUEL', '(drop (memory.grow (i32.const 5))) (loop $l (br $l))'],
    ['OUT_OF_MEMORY', '(drop (memory.grow (i32.const 5))) (drop (memory.grow (i32.const 1020)))'],
    ['BAD_OUTPUT', '(drop (memory.grow (i32.const 5))) (return (i32.const 0))'],
    ['ENGINE_REJECTED', '(drop (memory.grow (i32.const 5))) (return (i32.const -2))'],
  ])(
    "The telemetry has a step's time, fuel and memory also where it ends in %s, which is counted",
    async (code, attack) => {
      const { step, measured, failures } = await measuring(attacking(attack));
      await step();
      const cheap = measured.at(-2)?.[1] ?? 0;
      measured.length = 0;
      expect(await step(1)).toBe(code);
      expect(measured.map(([what]) => what)).toEqual(OF_STEP);
      const [[, micros] = [], [, fuel] = [], [, pages] = []] = measured;
      expect(micros).toBeGreaterThan(0);
      expect(fuel).toBeGreaterThan(cheap);
      expect(pages).toBe(9);
      expect(failures).toEqual([code]);
    },
  );

  it('The telemetry has the time of a step whose answer comes too late', async () => {
    const spin = `
      (local.set 1 (i32.const 300000000))
      (loop $l (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))`;
    const parts = { stepBody: `(local i32) ${attacking(spin).stepBody}` };
    const { step, measured, failures } = await measuring(parts, { fuel: 10n ** 11n, timeoutMs: 50 });
    expect(await step(1)).toBe('TIMEOUT');
    expect(measured.at(-3)?.[0]).toBe('EngineStepMicroseconds');
    expect(measured.at(-3)?.[1]).toBeGreaterThan(50_000);
    expect(failures).toEqual(['TIMEOUT']);
  });
});
