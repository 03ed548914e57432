import * as z from 'zod';
import type { QueueMappingModel, StreamMappingModel } from '../model.ts';
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
export function readEventSources(template: Template) {
  const queueMappings: QueueMappingModel[] = [];
  const streamMappings: StreamMappingModel[] = [];
  for (const resource of template.ofType('AWS::Lambda::EventSourceMapping')) {
    const source = String(resource.property('EventSourceArn'));
    const table = template.find('AWS::DynamoDB::Table', source);
    if (table) streamMappings.push(streamMapping(template, resource, table));
    else {
      const queue = template.named('AWS::SQS::Queue', source, resource.logicalId);
      queueMappings.push(queueMapping(template, resource, queue));
    }
  }
  return { queueMappings, streamMappings };
}

function queueMapping(template: Template, resource: Resource, queue: Resource): QueueMappingModel {
  const mapping = resource.read(queueSchema, []);
  const { logicalId } = resource;
  return {
    functionName: template.named('AWS::Lambda::Function', mapping.FunctionName, logicalId).identity.ref,
    queueUrl: queue.identity.ref,
    queueArn: mapping.EventSourceArn,
    batchSize: mapping.BatchSize,
    reportsBatchItemFailures: mapping.FunctionResponseTypes.length > 0,
    maxConcurrency: mapping.ScalingConfig?.MaximumConcurrency,
  };
}

function streamMapping(template: Template, resource: Resource, table: Resource): StreamMappingModel {
  const mapping = resource.read(streamSchema, []);
  const { logicalId } = resource;
  const failureArn = mapping.DestinationConfig?.OnFailure.Destination;
  return {
    functionName: template.named('AWS::Lambda::Function', mapping.FunctionName, logicalId).identity.ref,
    tableName: table.identity.ref,
    batchSize: mapping.BatchSize,
    batchWindowMs: mapping.MaximumBatchingWindowInSeconds * 1000,
    bisectsOnError: mapping.BisectBatchOnFunctionError,
    maxRetries: mapping.MaximumRetryAttempts,
    maxRecordAgeMs: mapping.MaximumRecordAgeInSeconds && mapping.MaximumRecordAgeInSeconds * 1000,
    reportsBatchItemFailures: mapping.FunctionResponseTypes.length > 0,
    failureQueueUrl: failureArn && template.named('AWS::SQS::Queue', failureArn, logicalId).identity.ref,
  };
}
