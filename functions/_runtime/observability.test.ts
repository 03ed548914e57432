import { afterEach, describe, expect, it, vi } from 'vitest';
import { metrics, promptTelemetry, telemetry } from './observability.ts';

afterEach(() => metrics.clearMetrics());

describe('a measure of an engine', () => {
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

  it('A prompt count is written at once, so that a function that is killed loses none', () => {
    const lines: string[] = [];
    const output = vi
      .spyOn(process.stdout, 'write')
      .mockImplementation((line) => lines.push(String(line)) > 0);
    promptTelemetry.count('CreditPendingLong');
    output.mockRestore();
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ service: expect.any(String), CreditPendingLong: 1 }),
    ]);
    expect(metrics.hasStoredMetrics()).toBe(false);
  });

  it('counts failures by their code, apart from the other measures', () => {
    const lines: string[] = [];
    const output = vi
      .spyOn(process.stdout, 'write')
      .mockImplementation((line) => lines.push(String(line)) > 0);
    telemetry.measure('EngineInstances', 1);
    telemetry.countFailure('OUT_OF_FUEL');
    output.mockRestore();
    const [written] = lines.map((line) => JSON.parse(line));
    expect(written).toMatchObject({ EngineFailures: 1, code: 'OUT_OF_FUEL' });
    expect(written._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service', 'code']]);
    expect(metrics.serializeMetrics()).not.toHaveProperty('code');
  });
});
