import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Telemetry } from '../../shared/ports/telemetry.ts';

/** One of each per sandbox: JSON lines, and metrics in the embedded metric format. */
export const logger = new Logger();
export const metrics = new Metrics();

export const telemetry: Telemetry = {
  count: (event) => metrics.addMetric(event, MetricUnit.Count, 1),
  warn: (message, fields) => logger.warn(message, { ...fields }),
};
