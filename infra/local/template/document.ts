import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { TemplateError } from './error.ts';

/** `Condition` is not among the members: the stack has no conditions, and one that is skipped would change it. */
const resourceSchema = z.strictObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.unknown().optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  Metadata: z.unknown().optional(),
});

/** `Transform` would have macros rewrite the template in the cloud. `Conditions` and `Mappings` are used by no stack here. */
const documentSchema = z.strictObject({
  AWSTemplateFormatVersion: z.string().optional(),
  Description: z.string().optional(),
  Metadata: z.unknown().optional(),
  /** Assertions about parameters, and the parameters themselves: only a deployment knows their values. */
  Rules: z.unknown().optional(),
  Parameters: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z
    .record(z.string(), z.strictObject({ Value: z.unknown(), Description: z.string().optional() }))
    .default({}),
});

/** The document is a template with its intrinsic functions still in place. */
export type Document = z.output<typeof documentSchema>;

/** @throws TemplateError INVALID_TEMPLATE */
export function readDocument(path: string): Document {
  const parsed = documentSchema.safeParse(parseJson(readFileSync(path, 'utf8'), path));
  if (parsed.success) return parsed.data;
  throw new TemplateError('INVALID_TEMPLATE', path, z.prettifyError(parsed.error).replaceAll('\n', ' '));
}

/** @throws TemplateError INVALID_TEMPLATE, naming the file or the resource that the text is of */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TemplateError('INVALID_TEMPLATE', name, String(error));
  }
}
