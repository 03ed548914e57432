import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { TemplateError } from './error.ts';

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
});

/** `Transform` would have macros rewrite the template in the cloud; so it is not among the sections. */
const documentSchema = z.strictObject({
  AWSTemplateFormatVersion: z.string().optional(),
  Description: z.string().optional(),
  Metadata: z.unknown().optional(),
  /** Assertions about parameters, which only a deployment knows. */
  Rules: z.unknown().optional(),
  Parameters: z
    .record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown().optional() }))
    .default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z
    .record(z.string(), z.looseObject({ Value: z.unknown(), Condition: z.string().optional() }))
    .default({}),
});

/** A template with its intrinsic functions still in place. */
export type Document = z.output<typeof documentSchema>;

/** @throws TemplateError INVALID_TEMPLATE */
export function readDocument(path: string): Document {
  const parsed = documentSchema.safeParse(parseJson(path));
  if (parsed.success) return parsed.data;
  throw new TemplateError('INVALID_TEMPLATE', path, z.prettifyError(parsed.error).replaceAll('\n', ' '));
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new TemplateError('INVALID_TEMPLATE', path, error instanceof Error ? error.message : String(error));
  }
}
