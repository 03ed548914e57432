import { findDeployment } from './deployment.ts';
import { engineSource } from './engine-source.ts';
import { activateEngine, publishEngine } from './publish-engine.ts';
import { registerOperator } from './register-operator.ts';

/** The demo operator has this key in the local run only, because it is public. */
export const DEMO_OPERATOR_KEY = 'demo-operator-key';

export interface SeedOptions {
  readonly stage: string;
  readonly 'wallet-url': string;
  readonly 'wallet-secret': string;
}

/** Publishes the demo game on a stage, and registers the demo operator with its wallet. */
export async function seedStage(options: SeedOptions): Promise<void> {
  const deployment = await findDeployment(options.stage);
  await Promise.all([
    publishEngine(deployment, await engineSource('engines/happy-panda', {})).then((published) =>
      activateEngine(deployment, published),
    ),
    registerOperator(deployment, {
      operatorId: 'demo',
      name: 'Demo operator',
      walletId: 'main',
      walletUrl: options['wallet-url'],
      walletSecret: options['wallet-secret'],
      operatorKey: DEMO_OPERATOR_KEY,
    }),
  ]);
}
