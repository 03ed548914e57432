/** Turns the stage's settings and the bundled functions into a CloudFormation template, in this process. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import { FUNCTIONS } from '../functions/functions.ts';
import { RgsStack } from './stacks/rgs-stack.ts';
import { type StageOverrides, type StageSettings, stageSettings } from './stages.ts';

export const ROOT = join(import.meta.dirname, '..');
export const BUNDLES_DIRECTORY = join(ROOT, '.rgs', 'bundles');

export interface SynthesisOptions extends StageOverrides {
  /** The folder that has one folder for each function. The build's folder is the default. */
  readonly bundlesDirectory?: string;
}

export interface Synthesised {
  readonly stackName: string;
  readonly settings: StageSettings;
  readonly templatePath: string;
  /** The folders that would be zipped and uploaded, by the hashes that the template names them with. */
  readonly assetDirectories: ReadonlyMap<string, string>;
}

export class MissingBundlesError extends Error {
  override readonly name = 'MissingBundlesError';
}

/**
 * Makes an app with the feature flags of cdk.json, which the CLI would hand to it. Nothing checks its templates. The
 * CDK's own validation takes five seconds of processor time, which a local run and most tests do without.
 * `newCheckedApp` has it.
 */
export function newApp(outdir?: string, props: AppProps = { builtinCloudFormationValidation: false }): App {
  return new App({
    analyticsReporting: false,
    context: featureFlags(),
    ...(outdir !== undefined && { outdir }),
    ...props,
  });
}

/**
 * Adds the stack of a stage to an app.
 * @throws MissingBundlesError
 */
export function addStack(app: App, settings: StageSettings, options: SynthesisOptions = {}): RgsStack {
  const bundlesDirectory = options.bundlesDirectory ?? BUNDLES_DIRECTORY;
  requireBundles(bundlesDirectory);
  return new RgsStack(app, `rgs-${settings.stage}`, { settings, bundlesDirectory });
}

/**
 * Synthesises the stack of a stage into `outdir`, as `cdk synth` would, but without its checks.
 * @throws InvalidStageError, MissingBundlesError
 */
export function synthesise(stage: string, outdir: string, options: SynthesisOptions = {}): Synthesised {
  const settings = stageSettings(stage, options);
  const app = newApp(outdir);
  const { stackName } = addStack(app, settings, options);
  const { templateFullPath } = app.synth().getStackByName(stackName);
  return {
    stackName,
    settings,
    templatePath: templateFullPath,
    assetDirectories: assetDirectories(outdir, stackName),
  };
}

function assetDirectories(outdir: string, stackName: string): ReadonlyMap<string, string> {
  const { files } = JSON.parse(
    readFileSync(join(outdir, `${stackName}.assets.json`), 'utf8'),
  ) as AssetManifest;
  const folders = Object.entries(files).filter(([, { source }]) => source.packaging === 'zip');
  return new Map(folders.map(([hash, { source }]) => [hash, join(outdir, source.path)]));
}

interface AssetManifest {
  readonly files: Readonly<
    Record<string, { readonly source: { readonly path: string; readonly packaging: string } }>
  >;
}

function requireBundles(bundlesDirectory: string): void {
  const missing = FUNCTIONS.filter(({ name }) => !existsSync(join(bundlesDirectory, name, 'handler.mjs')));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new MissingBundlesError(
    `No bundle in ${bundlesDirectory} for: ${names}. Each needs functions/<room>/<name>/handler.ts.`,
  );
}

function featureFlags(): Record<string, unknown> {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as {
    context: Record<string, unknown>;
  };
  return context;
}
