/** What makes an empty local run playable: the demo game, and an operator whose wallet is the demo wallet. */
import { type Deployment, deploymentOf } from '../commands/deployment.ts';
import { engineSource } from '../commands/engine-source.ts';
import { activateEngine, publishEngine } from '../commands/publish-engine.ts';
import { registerOperator } from '../commands/register-operator.ts';
import { DEMO_OPERATOR_KEY } from '../commands/seed-demo.ts';
import type { SeedTarget } from './stack.ts';

/** The demo wallet signs and checks requests with this. It protects nothing but play money on this machine. */
export const DEMO_WALLET_SECRET = 'demo-wallet-secret-for-this-machine-only';

/**
 * Publishes the demo game and registers the demo operator; neither does harm where it was done before, so that it can
 * run at every start.
 * @returns the demo operator's key
 */
export async function seedDemo({ outputs, environment, walletUrl }: SeedTarget): Promise<string> {
  if (walletUrl === undefined) throw new Error('The demo operator needs a wallet');
  const demo = {
    operatorId: 'demo',
    name: 'Demo operator',
    walletId: 'main',
    walletUrl,
    walletSecret: DEMO_WALLET_SECRET,
    operatorKey: DEMO_OPERATOR_KEY,
  };
  await withEnvironment(environment, async () => {
    // Not looked for: with AWS_ENDPOINT_URL set, the stage `local` is found on an emulator.
    const deployment = deploymentOf('local', outputs);
    await Promise.all([publishDemoGame(deployment), registerOperator(deployment, demo)]);
  });
  return DEMO_OPERATOR_KEY;
}

/** A version that is new becomes the active one; of those that were there, somebody may have chosen another. */
async function publishDemoGame(deployment: Deployment): Promise<void> {
  const published = await publishEngine(deployment, await engineSource('engines/happy-panda', {}));
  if (published.isNew) await activateEngine(deployment, published);
}

/** The commands find AWS by the environment; afterwards this process has its own again. */
async function withEnvironment(
  environment: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    await work();
  } finally {
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}
