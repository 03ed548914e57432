import { debuggerLine, failureLine, progressLine, readyMessage } from './start-messages.ts';
import type { Progress } from './stack.ts';
import { checkSettings, readSettings, type StartOptions, type StartSettings } from './start-settings.ts';

/** A stop that takes longer is cut short. Services and functions end with this process, however it ends. */
const STOP_LIMIT_MS = 5_000;

let verbose = false;
let stop: (() => Promise<void>) | undefined;

function fail(error: unknown): never {
  console.error(`\n  ✘ ${failureLine(error)}`);
  if (verbose) console.error(error);
  process.exit(1);
}

async function stopOnSignal(): Promise<void> {
  // A second signal, or one before there is anything to stop in order, ends it at once.
  if (stop === undefined) process.exit(130);
  const stopping = stop;
  stop = undefined;
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
  console.log('\nStopping …');
  await stopping();
  console.log('Stopped.');
  process.exit(0);
}

async function start(settings: StartSettings): Promise<void> {
  const { port, walletPort, dataDirectory, randomUrl, inspect } = settings;
  const startedMs = performance.now();
  console.log('serverless-rgs on this machine\n');
  await checkSettings(settings);
  // Loaded late, so that a package that is missing can be told of in one line.
  const { createSteps, startLocalStack } = await import('./stack.ts');
  const { DEMO_WALLET_SECRET, seedDemo } = await import('./seed.ts');
  const { buildEngines } = await import('../../engines/build.ts');
  const onProgress = ({ name, durationMs }: Progress) => console.log(progressLine(name, durationMs));
  // The first start compiles for seconds: beside the other steps, and a failure is told when the games are published.
  const engines = Promise.allSettled([
    createSteps(onProgress)('Compile the engines', async () => void (await buildEngines())),
  ]);
  let operatorKey = '';
  const stack = await startLocalStack({
    dataDirectory,
    port,
    randomUrl,
    wallet: { port: walletPort, secret: DEMO_WALLET_SECRET },
    verbose,
    debugging:
      inspect.length === 0
        ? undefined
        : { names: inspect, onAddress: (name, url) => console.log(debuggerLine(name, url)) },
    onProgress,
    seed: async (target) => {
      await engines;
      operatorKey = await seedDemo(target);
    },
  });
  stop = () => stack.stop();
  stack.onFailure((message) => fail(new Error(message)));
  const { url, walletUrl, logDirectory } = stack;
  const tookMs = performance.now() - startedMs;
  console.log(readyMessage({ url, walletUrl, dataDirectory, logDirectory, operatorKey, tookMs }));
}

/** Starts the whole product on this machine. A failure is one line and ends the process with code 1; a signal stops it in order. */
export async function startHere(options: StartOptions): Promise<void> {
  ({ verbose } = options);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stopOnSignal().catch(fail));
  process.on('uncaughtException', fail);
  try {
    await start(readSettings(process.env, options));
  } catch (error) {
    fail(error);
  }
}
