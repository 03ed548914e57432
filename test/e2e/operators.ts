import { vi } from 'vitest';
import type { Deployment } from '../../infra/commands/deployment.ts';
import { type OperatorRegistration, registerOperator } from '../../infra/commands/register-operator.ts';
import { DEMO_WALLET_SECRET } from '../../infra/local/seed.ts';
import type { Target } from './target.ts';

/** As the command does it, on the stack that is played against. @returns the operator's key */
export async function registerAt(
  { environment, outputs }: Target,
  registration: OperatorRegistration,
): Promise<string> {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const deployment = { stage: 'local', outputs: outputs as Deployment['outputs'] };
  const operatorKey = await registerOperator(deployment, registration);
  vi.unstubAllEnvs();
  return operatorKey;
}

/** The same stack and demo wallet as another operator's, whose wallet takes stake and win in one call. */
export async function withOneCallOperator(target: Target): Promise<Target> {
  const operatorId = 'one-call';
  const operatorKey = await registerAt(target, {
    operatorId,
    name: 'An operator whose wallet takes stake and win in one call',
    walletUrl: target.walletUrl,
    walletSecret: DEMO_WALLET_SECRET,
    walletCalls: 'bet-win',
  });
  return { ...target, operatorId, operatorKey, walletCalls: 'bet-win' };
}
