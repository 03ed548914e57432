/** Runs the synthesised stack on this machine: the template that `cdk deploy` would send, and nothing beside it. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { bundleChangedFunctions } from '../bundle.ts';
import { LOCAL_DEPLOYMENT_FILE } from '../commands/deployment.ts';
import { startDemoWallet } from '../demo-wallet/server.ts';
import type { StackModel } from './model.ts';
import { type ApiServer, startApiServer } from './runtime/api-server.ts';
import { startEventSources } from './runtime/event-sources.ts';
import { shortName } from './runtime/function-environment.ts';
import { createFunctions, type Debugging, type Functions } from './runtime/functions.ts';
import type { Invoke } from './runtime/invocation.ts';
import { LONGEST_TIMER_MS } from './runtime/function-process.ts';
import { createLocalClients } from './runtime/local-clients.ts';
import { createRuntimeLog } from './runtime/runtime-log.ts';
import { startStateMachines } from './runtime/state-machines.ts';
import { type Endpoints, endpointEnvironment } from './services/endpoints.ts';
import { provision } from './services/provision.ts';
import { type Services, startServices } from './services/start-services.ts';
import { prepareSynthesis } from './synthesis.ts';
import { readStack } from './template/read-stack.ts';

/** What is still in flight when the stack stops gets this long to end by itself. */
const GRACE_MS = 1_000;

const LOGS = 'logs';
/** Where bundling puts them. */
const SOURCE_MAPS = path.join(import.meta.dirname, '..', '..', '.rgs', 'source-maps');

export interface LocalStackOptions {
  /** Everything that is kept from run to run; made where it is missing. */
  readonly dataDirectory: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The demo operator's wallet, which is no part of the stack. Undefined: none is started. */
  readonly wallet: { readonly port: number; readonly secret: string } | undefined;
  readonly stage?: string;
  /** A server of `random.v1` that the seeds of rounds come from; otherwise they come from this machine. */
  readonly randomUrl?: string | undefined;
  /** Shows what functions print on this console instead of writing it to their logs. */
  readonly verbose?: boolean;
  readonly debugging?: Pick<Debugging, 'names' | 'onAddress'> | undefined;
  readonly onProgress?: (progress: Progress) => void;
  /** Runs when all but the API serves already: the API answers 503 until this has resolved. */
  readonly seed?: (stack: SeedTarget) => Promise<void>;
}

/** A step of the start is reported when it begins, without a duration, and again when it has ended. */
export interface Progress {
  readonly name: string;
  readonly durationMs?: number;
}

export interface SeedTarget {
  /** Absolute; the commands find this run by it (RGS_DATA). */
  readonly dataDirectory: string;
  readonly outputs: StackModel['outputs'];
  /** The variables that lead AWS clients to this machine's services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined where no wallet was started. */
  readonly walletUrl: string | undefined;
}

export interface LocalStack extends SeedTarget {
  /** Of the API, without a trailing slash. */
  readonly url: string;
  readonly model: StackModel;
  readonly endpoints: Endpoints;
  readonly logDirectory: string;
  /** Takes the name that the function is deployed under, or that of its folder. */
  readonly invoke: Invoke;
  /** The listener hears, once and in words for people, should a service die on its own. */
  onFailure(listener: (message: string) => void): void;
  /** Ends within about two seconds and leaves no process behind. */
  stop(): Promise<void>;
}

/**
 * Starts the whole product; what had been started is stopped again where a step fails.
 * @throws ServiceError, TemplateError, FaultError (the wallet), the system's error where the port cannot be had
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  await using cleanup = new AsyncDisposableStack();
  const step = createSteps(options.onProgress);
  const dataDirectory = path.resolve(options.dataDirectory);
  const api = await startApiServer({
    port: options.port,
    // Whoever holds a function at a breakpoint still wants its answer.
    ...(options.debugging && { integrationTimeoutMs: LONGEST_TIMER_MS }),
  });
  cleanup.defer(() => api.stop());

  const outdir = path.join(dataDirectory, 'cdk.out');
  const synthesis = prepareSynthesis({
    stage: options.stage ?? 'local',
    outdir,
    randomUrl: options.randomUrl,
  });
  cleanup.defer(() => synthesis.stop());
  const services = await startServicesAndBundle(dataDirectory, step, cleanup);
  const { model, resources } = await step('Synthesise the stack', async () => {
    // What an earlier run left would pile up: every change of a function is a folder with a name of its own.
    await rm(outdir, { recursive: true, force: true });
    return readStack({ ...(await synthesis.run()), apiUrl: api.url, endpoints: services.endpoints });
  });
  await step('Create tables, queues and buckets', () => provision(resources, services));
  const walletUrl = await startWallet(options, dataDirectory, step, cleanup);
  const functions = startFunctions(model, services, { ...options, dataDirectory }, { api, cleanup });
  const debugged = options.debugging?.names ?? [];
  const atOnce = [...playingFunctions(model), ...debugged.map((name) => deployedName(model, name))];
  await step('Load the functions that play', () => functions.warm(new Set(atOnce)));

  const { endpoints } = services;
  const target = {
    dataDirectory,
    outputs: model.outputs,
    environment: endpointEnvironment(endpoints),
    walletUrl,
  };
  await announce(target, cleanup);
  const { seed } = options;
  if (seed !== undefined) await step('Publish the games, register the operator', () => seed(target));
  api.serve(model.routes, functions.invoke);
  const running = cleanup.move();
  return {
    ...target,
    url: api.url,
    model,
    endpoints,
    logDirectory: path.join(dataDirectory, LOGS),
    invoke: (name, event) => functions.invoke(deployedName(model, name), event),
    onFailure: (listener) => services.onFailure(listener),
    stop: () => running.disposeAsync(),
  };
}

type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Reports the steps that it runs. A step that fails is reported as begun only. */
export function createSteps(onProgress: LocalStackOptions['onProgress']): Step {
  return async (name, work) => {
    onProgress?.({ name });
    const startedMs = performance.now();
    const result = await work();
    onProgress?.({ name, durationMs: performance.now() - startedMs });
    return result;
  };
}

async function startServicesAndBundle(
  dataDirectory: string,
  step: Step,
  cleanup: AsyncDisposableStack,
): Promise<Services> {
  const bundling = step('Bundle the functions', () => bundleChangedFunctions());
  // Its failure is told below, when the services are there to be stopped.
  bundling.catch(() => {});
  const services = await step('Start the database, queues and other services', () =>
    startServices(dataDirectory),
  );
  cleanup.defer(() => services.stop());
  await bundling;
  return services;
}

async function startWallet(
  { wallet }: LocalStackOptions,
  dataDirectory: string,
  step: Step,
  cleanup: AsyncDisposableStack,
): Promise<string | undefined> {
  if (wallet === undefined) return undefined;
  const walletDirectory = path.join(dataDirectory, 'wallet');
  const running = await step('Start the demo wallet', () =>
    startDemoWallet({ ...wallet, dataDirectory: walletDirectory }),
  );
  cleanup.defer(() => running.stop());
  return running.url;
}

/** Starts the functions and all that calls them, and says how that ends again. */
function startFunctions(
  model: StackModel,
  services: Services,
  { dataDirectory, verbose = false, debugging }: LocalStackOptions,
  { api, cleanup }: { readonly api: ApiServer; readonly cleanup: AsyncDisposableStack },
): Functions {
  const logDirectory = path.join(dataDirectory, LOGS);
  const log = createRuntimeLog(path.join(logDirectory, 'local-run.log'));
  const functions = createFunctions(model.functions, {
    environment: endpointEnvironment(services.endpoints),
    logDirectory,
    compileCacheDirectory: path.join(dataDirectory, 'compile-cache'),
    verbose,
    log,
    debugging: debugging && {
      ...debugging,
      copies: path.join(dataDirectory, 'debugged'),
      sourceMaps: SOURCE_MAPS,
    },
  });
  const { invoke } = functions;
  const clients = cleanup.use(createLocalClients(services.endpoints));
  cleanup.use(startStateMachines(model.stateMachines, { services, s3: clients.s3, invoke }));
  const stateDirectory = path.join(dataDirectory, 'positions');
  const sources = startEventSources(model, { services, clients, invoke, log, stateDirectory });
  cleanup.defer(async () => {
    const drained = Promise.all([api.stop(), sources.stop()]);
    await Promise.race([drained, setTimeout(GRACE_MS)]);
    // Whatever has not ended by now fails, which ends it.
    await functions.stop();
    await drained;
  });
  return functions;
}

function deployedName({ functions }: StackModel, name: string): string {
  return functions.find((model) => shortName(model) === name)?.name ?? name;
}

/** Those that change something: the first spin should not have to wait for a cold start. */
function playingFunctions({ routes }: StackModel): Set<string> {
  return new Set(routes.filter(({ method }) => method === 'POST').map(({ functionName }) => functionName));
}

/** Tells the commands (publishing, registering) where the services of this run are, for as long as they are there. */
async function announce(
  { dataDirectory, outputs, environment }: SeedTarget,
  cleanup: AsyncDisposableStack,
): Promise<void> {
  const file = path.join(dataDirectory, LOCAL_DEPLOYMENT_FILE);
  await writeFile(file, JSON.stringify({ outputs, environment }, null, 2));
  cleanup.defer(() => rm(file, { force: true }));
}
