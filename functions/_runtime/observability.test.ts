import { afterEach, describe, expect, it } from 'vitest';
import { metrics, telemetry } from './observability.ts';

afterEach(() => metrics.clearMetrics());

describe('what is measured of an engine', () => {
  it('is written with its unit, every value of it', () => {
    telemetry.measure('EngineStepMicroseconds', 2.5);
    telemetry.measure('EngineStepMicroseconds', 4);
    telemetry.measure('EngineStepFuel', 12_700);
    telemetry.measure('EngineMemoryPages', 3);
    telemetry.measure('EngineInstances', 1);
    const written = metrics.serializeMetrics();
    expect(written).toMatchObject({
      EngineStepMicroseconds: [2.5, 4],
      EngineStepFuel: 12_700,
      EngineMemoryPages: 3,
      EngineInstances: 1,
    });
    expect(written._aws.CloudWatchMetrics[0]?.Metrics.map(({ Name, Unit }) => [Name, Unit])).toEqual([
      ['EngineStepMicroseconds', 'Microseconds'],
      ['EngineStepFuel', 'Count'],
      ['EngineMemoryPages', 'Count'],
      ['EngineInstances', 'Count'],
    ]);
  });
});
