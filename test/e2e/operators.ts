import { vi } from 'vitest';
import type { Deployment } from '../../infra/commands/deployment.ts';
import { registerOperator } from '../../infra/commands/register-operator.ts';
import { DEMO_WALLET_SECRET } from '../../infra/local/seed.ts';
import type { Target } from './target.ts';

/** The same stack and demo wallet as another operator's, whose wallet takes stake and win in one call. */
export async function withOneCallOperator(target: Target): Promise<Target> {
  for (const [name, value] of Object.entries(target.environment)) vi.stubEnv(name, value);
  const operatorId = 'one-call';
  const operatorKey = await registerOperator(
    { stage: 'local', outputs: target.outputs as Deployment['outputs'] },
    {
      operatorId,
      name: 'An operator whose wallet takes stake and win in one call',
      walletUrl: target.walletUrl,
      walletSecret: DEMO_WALLET_SECRET,
      walletCalls: 'bet-win',
    },
  );
  vi.unstubAllEnvs();
  return { ...target, operatorId, operatorKey, walletCalls: 'bet-win' };
}
