import * as z from 'zod';

/**
 * What is run here of the Amazon States Language: a distributed map that reads its items from S3, and tasks that invoke a
 * function. Anything else is refused when the template is read, so that no state is skipped or half done.
 */

/** `$` or `$.name.other`: no filters, no wildcards, no functions. */
const path = z.string().regex(/^\$(\.[A-Za-z_]\w*)*$/, 'must be $ or $.name');
/** Likewise, and `$$.Map.Item.Value` for the item. */
const itemPath = z.union([path, z.string().regex(/^\$\$\.Map\.Item\.Value(\.[A-Za-z_]\w*)*$/)]);

const retrier = z.strictObject({
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: z.int().min(1).default(1),
  MaxAttempts: z.int().min(0).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.int().positive().optional(),
  JitterStrategy: z.enum(['NONE', 'FULL']).default('NONE'),
});

const following = {
  Next: z.string().optional(),
  End: z.literal(true).optional(),
  Comment: z.string().optional(),
};

const task = z.strictObject({
  Type: z.literal('Task'),
  Resource: z.literal('arn:aws:states:::lambda:invoke'),
  Parameters: z.strictObject({ FunctionName: z.string(), 'Payload.$': path }),
  /** Null: an empty object is answered. */
  OutputPath: path.nullable().default('$'),
  Retry: z.array(retrier).default([]),
  ...following,
});

const map = z.strictObject({
  Type: z.literal('Map'),
  ItemReader: z.strictObject({
    Resource: z.literal('arn:aws:states:::s3:getObject'),
    ReaderConfig: z.strictObject({ InputType: z.literal('JSON') }),
    Parameters: z.strictObject({ Bucket: z.string(), 'Key.$': path }),
  }),
  ItemSelector: z.record(z.string().endsWith('.$'), itemPath),
  ItemProcessor: z.strictObject({
    ProcessorConfig: z.strictObject({ Mode: z.literal('DISTRIBUTED'), ExecutionType: z.literal('STANDARD') }),
    StartAt: z.string(),
    States: z.record(z.string(), task),
  }),
  MaxConcurrency: z.int().positive().default(10_000),
  /** The answers of the items are dropped, after they have been put together. */
  ResultPath: z.null(),
  ...following,
});

export const Definition = z.strictObject({
  Comment: z.string().optional(),
  StartAt: z.string(),
  States: z.record(z.string(), z.discriminatedUnion('Type', [task, map])),
  TimeoutSeconds: z.int().positive().optional(),
});

export type Definition = z.output<typeof Definition>;
/** A workflow is a definition, or the part of a map that runs for each item. */
export type Workflow = Pick<Definition, 'StartAt' | 'States'>;
export type TaskState = z.output<typeof task>;
export type MapState = z.output<typeof map>;
export type Retrier = z.output<typeof retrier>;
