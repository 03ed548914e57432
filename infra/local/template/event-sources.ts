import * as z from 'zod';
import type { QueueMappingModel, StreamMappingModel } from '../model.ts';
import type { Addresses } from './addresses.ts';
import { TemplateError } from './error.ts';
import type { Functions } from './functions.ts';
import type { Resource, Template } from './template.ts';

const common = {
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
};

const queueSchema = z.object({
  ...common,
  /** One request to SQS brings no more. */
  BatchSize: z.int().min(1).max(10).default(10),
  ScalingConfig: z.strictObject({ MaximumConcurrency: z.int().min(2) }).optional(),
});

const streamSchema = z.object({
  ...common,
  BatchSize: z.int().min(1).default(100),
  MaximumBatchingWindowInSeconds: z.int().min(0).default(0),
  BisectBatchOnFunctionError: z.boolean().default(false),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }) }).optional(),
  MaximumRecordAgeInSeconds: z.int().min(60).optional(),
  MaximumRetryAttempts: z.int().min(0).optional(),
  StartingPosition: z.literal('TRIM_HORIZON'),
});

/** @throws TemplateError */
export function readEventSources(template: Template, functions: Functions, addresses: Addresses) {
  const queueMappings: QueueMappingModel[] = [];
  const streamMappings: StreamMappingModel[] = [];
  for (const resource of template.ofType('AWS::Lambda::EventSourceMapping')) {
    const source = String(resource.property('EventSourceArn'));
    const [tableName, queueUrl] = [addresses.tableOfStream(source), addresses.queueUrl(source)];
    if (tableName !== undefined)
      streamMappings.push(streamMapping(resource, tableName, functions, addresses));
    else if (queueUrl !== undefined) queueMappings.push(queueMapping(resource, queueUrl, functions));
    else
      throw new TemplateError(
        'UNKNOWN_REFERENCE',
        resource.logicalId,
        `reads ${source}, which is no queue or stream of this stack`,
      );
  }
  return { queueMappings, streamMappings };
}

function queueMapping(resource: Resource, queueUrl: string, functions: Functions): QueueMappingModel {
  const mapping = resource.read(queueSchema, []);
  return {
    functionName: functions.named(mapping.FunctionName, resource.logicalId).name,
    queueUrl,
    queueArn: mapping.EventSourceArn,
    batchSize: mapping.BatchSize,
    reportsBatchItemFailures: mapping.FunctionResponseTypes.length > 0,
    maxConcurrency: mapping.ScalingConfig?.MaximumConcurrency,
  };
}

function streamMapping(
  resource: Resource,
  tableName: string,
  functions: Functions,
  addresses: Addresses,
): StreamMappingModel {
  const mapping = resource.read(streamSchema, []);
  const failureArn = mapping.DestinationConfig?.OnFailure.Destination;
  return {
    functionName: functions.named(mapping.FunctionName, resource.logicalId).name,
    tableName,
    batchSize: mapping.BatchSize,
    batchWindowMs: mapping.MaximumBatchingWindowInSeconds * 1000,
    bisectsOnError: mapping.BisectBatchOnFunctionError,
    maxRetries: mapping.MaximumRetryAttempts,
    maxRecordAgeMs: mapping.MaximumRecordAgeInSeconds && mapping.MaximumRecordAgeInSeconds * 1000,
    reportsBatchItemFailures: mapping.FunctionResponseTypes.length > 0,
    failureQueueUrl: failureArn && addresses.requireQueueUrl(failureArn, resource.logicalId),
  };
}
