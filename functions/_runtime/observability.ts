import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { EngineMeasure, EngineTelemetry, Telemetry } from '../../shared/foundation/telemetry.ts';

/** Each sandbox has one logger for JSON lines, and one set of metrics in the embedded metric format. */
export const logger = new Logger();
export const metrics = new Metrics();

const unitOf = {
  EngineStepMicroseconds: MetricUnit.Microseconds,
  EngineStepFuel: MetricUnit.Count,
  RealtimeCallMicroseconds: MetricUnit.Microseconds,
  RealtimeCallFuel: MetricUnit.Count,
  EngineMemoryPages: MetricUnit.Count,
  EngineInstances: MetricUnit.Count,
} as const satisfies Record<EngineMeasure, string>;

export const telemetry: Telemetry & EngineTelemetry = {
  count: (event) => metrics.addMetric(event, MetricUnit.Count, 1),
  measure: (what, value) => metrics.addMetric(what, unitOf[what], value),
  countFailure: (code) => {
    // This metric is written at once and by itself, because no other metric has its dimension.
    const failures = metrics.singleMetric();
    failures.addDimension('code', code);
    failures.addMetric('EngineFailures', MetricUnit.Count, 1);
  },
  warn: (message, fields) => logger.warn(message, { ...fields }),
};

/** It writes each count at once. A function that is killed before its end then loses none. */
export const promptTelemetry: Telemetry = {
  count: (event) => void metrics.singleMetric().addMetric(event, MetricUnit.Count, 1),
  warn: (message, fields) => telemetry.warn(message, fields),
};
