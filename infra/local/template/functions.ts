import * as z from 'zod';
import type { FunctionModel } from '../model.ts';
import { TemplateError } from './error.ts';
import type { Resource, Template } from './template.ts';

/** The functions of a stack, and the ways in which other resources name them. */
export interface Functions {
  readonly models: readonly FunctionModel[];
  /** By name or ARN. @throws TemplateError */
  named(reference: string, user: string): FunctionModel;
  /** How asynchronous invocations of a function are retried. */
  asynchrony(name: string): Asynchrony;
}

export interface Asynchrony {
  readonly maxRetries: number;
  readonly maxEventAgeMs: number;
  readonly deadLetterArn: string | undefined;
}

const schema = z.object({
  FunctionName: z.string().optional(),
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.string().startsWith('nodejs'),
  Timeout: z.int().default(3),
  MemorySize: z.int().default(128),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
  ReservedConcurrentExecutions: z.int().optional(),
  DeadLetterConfig: z.strictObject({ TargetArn: z.string() }).optional(),
});

const WITHOUT_MEANING = [
  'Architectures',
  'Description',
  'EphemeralStorage',
  'KmsKeyArn',
  'LoggingConfig',
  'RecursiveLoop',
  'Role',
  'RuntimeManagementConfig',
  'Tags',
  'TracingConfig',
  'VpcConfig',
];

const invokeConfigSchema = z.object({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST'),
  MaximumRetryAttempts: z.int().min(0).max(2).optional(),
  MaximumEventAgeInSeconds: z.int().optional(),
});

/** What Lambda does with an asynchronous invocation where nothing else is set. */
const DEFAULT_RETRIES = 2;
const DEFAULT_EVENT_AGE_SECONDS = 6 * 60 * 60;

/** @throws TemplateError */
export function readFunctions(template: Template, assetDirectories: ReadonlyMap<string, string>): Functions {
  const entries = template
    .ofType('AWS::Lambda::Function')
    .map((resource) => readFunction(resource, assetDirectories));
  const byReference = new Map(
    entries.flatMap((entry) => entry.references.map((reference) => [reference, entry.model])),
  );
  const named = (reference: string, user: string) => {
    const found = byReference.get(reference);
    if (found) return found;
    throw new TemplateError(
      'UNKNOWN_REFERENCE',
      user,
      `names ${reference}, which is no function of this stack`,
    );
  };
  const invokeConfigs = new Map(
    template.ofType('AWS::Lambda::EventInvokeConfig').map((resource) => {
      const config = resource.read(invokeConfigSchema, []);
      return [named(config.FunctionName, resource.logicalId).name, config];
    }),
  );
  const deadLetterArns = new Map(entries.map(({ model, deadLetterArn }) => [model.name, deadLetterArn]));
  return {
    models: entries.map(({ model }) => model),
    named,
    asynchrony: (name) => ({
      maxRetries: invokeConfigs.get(name)?.MaximumRetryAttempts ?? DEFAULT_RETRIES,
      maxEventAgeMs: (invokeConfigs.get(name)?.MaximumEventAgeInSeconds ?? DEFAULT_EVENT_AGE_SECONDS) * 1000,
      deadLetterArn: deadLetterArns.get(name),
    }),
  };
}

function readFunction(resource: Resource, assetDirectories: ReadonlyMap<string, string>) {
  const properties = resource.read(schema, WITHOUT_MEANING);
  const model: FunctionModel = {
    name: resource.identity.ref,
    codeDirectory: codeDirectory(resource, properties.Code.S3Key, assetDirectories),
    handler: properties.Handler,
    timeoutMs: properties.Timeout * 1000,
    memoryMb: properties.MemorySize,
    environment: properties.Environment?.Variables ?? {},
    maxConcurrency: properties.ReservedConcurrentExecutions,
  };
  const references = [model.name, resource.identity.attributes.Arn ?? model.name];
  return { model, references, deadLetterArn: properties.DeadLetterConfig?.TargetArn };
}

function codeDirectory(
  resource: Resource,
  key: string,
  assetDirectories: ReadonlyMap<string, string>,
): string {
  const directory = assetDirectories.get(key.replace(/\.zip$/, ''));
  if (directory !== undefined) return directory;
  throw new TemplateError(
    'MISSING_CODE',
    resource.logicalId,
    `has its code in ${key}, which is no asset of this stack`,
  );
}
