/** Templates of the real stack for tests, with placeholders in place of the functions' code. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { FUNCTIONS } from '../functions/functions.ts';
import { synthesise } from './synthesise.ts';

/** A part of a template. A test reads what it expects in it, and fails where that is not there. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Json;
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Readonly<Record<string, { readonly Value: Json }>>;
}

const created: string[] = [];
// The hook is registered here and not where folders are made. Inside a test or another hook it would never run.
afterAll(() => {
  for (const directory of created) rmSync(directory, { recursive: true, force: true });
});

/** Makes a folder that is removed when the file's tests have run. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rgs-infra-'));
  created.push(directory);
  return directory;
}

/** Makes bundles that differ from each other, so that each function has an asset of its own. */
export function placeholderBundles(): string {
  const directory = temporaryDirectory();
  for (const { name } of FUNCTIONS) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'handler.mjs'), `export const handler = async () => '${name}';\n`);
  }
  return directory;
}

/** It takes about a second: make one for each file and kind. `checked-app.test.ts` runs the checks, which take longer. */
export function templateOf(stage: string, api?: 'http' | 'rest'): Template {
  const outdir = temporaryDirectory();
  const { templatePath } = synthesise(stage, outdir, { api, bundlesDirectory: placeholderBundles() });
  const { Resources, Outputs } = JSON.parse(readFileSync(templatePath, 'utf8'));
  return { resources: Resources, outputs: Outputs };
}

export function resourcesOf(template: Template, type: string): [string, TemplateResource][] {
  return Object.entries(template.resources).filter(([, resource]) => resource.Type === type);
}

/** The one resource of a type whose logical id, without the library's hash, is `name`. */
export function resource(template: Template, type: string, name: string): TemplateResource {
  const found = resourcesOf(template, type).filter(([id]) => withoutHash(id) === name);
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} are called ${name}`);
  return found[0]?.[1] as TemplateResource;
}

/** An intrinsic value as text: `TablesLedger.Arn`, `BucketsEngines.Arn/*`, `arn:AWS::Partition:…`. */
export function readable(value: Json): string {
  if (typeof value === 'string') return value;
  if (value.Ref) return value.Ref.startsWith('AWS::') ? value.Ref : withoutHash(value.Ref);
  if (value['Fn::GetAtt']) return `${withoutHash(value['Fn::GetAtt'][0])}.${value['Fn::GetAtt'][1]}`;
  if (value['Fn::Join']) return value['Fn::Join'][1].map(readable).join(value['Fn::Join'][0]);
  throw new Error(`Not readable: ${JSON.stringify(value)}`);
}

/** The function's own name, which its environment has, for the logical id that a template refers to. */
export function functionName(template: Template, reference: Json): string {
  const id = reference.Ref ?? reference['Fn::GetAtt'][0];
  return template.resources[id]?.Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME;
}

export function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}
