import * as z from 'zod';
import type { FunctionModel } from '../model.ts';
import { TemplateError } from './error.ts';
import type { Resource, Template } from './template.ts';

/** The functions of a stack, and the ways in which other resources name them. */
export interface Functions {
  readonly models: readonly FunctionModel[];
  /** By name or ARN. @throws TemplateError */
  named(reference: string, user: string): FunctionModel;
  /** The queue that gets the events which the function failed at, where it is invoked asynchronously. */
  deadLetterArn(name: string): string | undefined;
}

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
  const deadLetterArns = new Map(entries.map(({ model, deadLetterArn }) => [model.name, deadLetterArn]));
  return {
    models: entries.map(({ model }) => model),
    named,
    deadLetterArn: (name) => deadLetterArns.get(name),
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
