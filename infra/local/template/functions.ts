import * as z from 'zod';
import type { FunctionModel } from '../model.ts';
import { TemplateError } from './error.ts';
import type { Resource, Template } from './template.ts';

const schema = z.object({
  FunctionName: z.string().optional(),
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.string().startsWith('nodejs'),
  Timeout: z.int().default(3),
  MemorySize: z.int().default(128),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
  DeadLetterConfig: z.strictObject({ TargetArn: z.string() }).optional(),
});

const WITHOUT_MEANING = ['Architectures', 'Description', 'LoggingConfig', 'RecursiveLoop', 'Role', 'Tags'];

/** @throws TemplateError */
export function readFunctions(
  template: Template,
  assetDirectories: ReadonlyMap<string, string>,
): FunctionModel[] {
  return template.ofType('AWS::Lambda::Function').map((resource) => {
    const properties = resource.read(schema, WITHOUT_MEANING);
    return {
      name: resource.identity.ref,
      codeDirectory: codeDirectory(resource, properties.Code.S3Key, assetDirectories),
      handler: properties.Handler,
      timeoutMs: properties.Timeout * 1000,
      memoryMb: properties.MemorySize,
      environment: properties.Environment?.Variables ?? {},
    };
  });
}

/** Finds the queue that gets the events which a function failed at, where it is invoked asynchronously. */
export function deadLetterQueueUrl(template: Template, resource: Resource): string | undefined {
  const { DeadLetterConfig } = resource.read(schema, WITHOUT_MEANING);
  return (
    DeadLetterConfig &&
    template.named('AWS::SQS::Queue', DeadLetterConfig.TargetArn, resource.logicalId).identity.ref
  );
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
