import { parseArgs } from 'node:util';
import { findDeployment } from './deployment.ts';
import { engineSource } from './engine-source.ts';
import { activateEngine, publishEngine } from './publish-engine.ts';
import { registerOperator } from './register-operator.ts';
import { runCommand } from './run-command.ts';

/** The demo operator's key, for the local run only: it is public. */
export const DEMO_OPERATOR_KEY = 'demo-operator-key';

if (import.meta.main) {
  await runCommand(async () => {
    const { values } = parseArgs({
      options: {
        stage: { type: 'string', default: 'local' },
        'wallet-url': { type: 'string', default: 'http://127.0.0.1:8081' },
        'wallet-secret': { type: 'string' },
      },
    });
    const walletSecret = values['wallet-secret'];
    if (!walletSecret) throw new Error('Give the secret of the demo wallet with --wallet-secret');
    const deployment = await findDeployment(values.stage);
    await Promise.all([
      publishEngine(deployment, await engineSource('engines/happy-panda', {})).then((published) =>
        activateEngine(deployment, published),
      ),
      registerOperator(deployment, {
        operatorId: 'demo',
        name: 'Demo operator',
        walletUrl: values['wallet-url'],
        walletSecret,
        operatorKey: DEMO_OPERATOR_KEY,
      }),
    ]);
  });
}
