import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import type { Deployment } from '../../infra/commands/deployment.ts';
import { type OperatorRegistration, registerOperator } from '../../infra/commands/register-operator.ts';
import { DEMO_WALLET_SECRET } from '../../infra/local/seed.ts';
import type { Target } from './target.ts';

/** The environment belongs to the whole process, so that one registration waits for the one before. */
let registered: Promise<unknown> = Promise.resolve();

/** Registers as the command does, on the stack that is played against. @returns the operator's key */
export function registerAt(at: Target, registration: OperatorRegistration): Promise<string> {
  const registering = registered.then(() => registerNow(at, registration));
  registered = registering.catch(() => {});
  return registering;
}

async function registerNow(
  { environment, outputs }: Target,
  registration: OperatorRegistration,
): Promise<string> {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  try {
    const deployment = { stage: 'local', outputs: outputs as Deployment['outputs'] };
    const { newKey } = await registerOperator(deployment, { ...registration, makeKey: true });
    if (newKey === undefined) throw new Error('the operator keeps a key that nobody knows');
    return newKey;
  } finally {
    vi.unstubAllEnvs();
  }
}

/**
 * The same stack as a new operator's: nobody else plays as it, so that its rounds can be reconciled and its wallet may fail.
 * @param walletUrl where its wallet is reached: the demo wallet's own address unless another is given
 */
export async function withOwnOperator(target: Target, walletUrl = target.walletUrl): Promise<Target> {
  const operatorId = `own-${randomUUID().slice(0, 8)}`;
  const operatorKey = await registerAt(target, {
    operatorId,
    name: 'An operator of one test',
    walletUrl,
    walletSecret: DEMO_WALLET_SECRET,
  });
  return { ...target, operatorId, operatorKey };
}

/** The same stack and demo wallet as another operator's, whose wallet takes stake and win in one call. */
export async function withOneCallOperator(target: Target): Promise<Target> {
  const operatorId = 'one-call';
  const operatorKey = await registerAt(target, {
    operatorId,
    name: 'An operator whose wallet takes stake and win in one call',
    walletId: 'main',
    walletUrl: target.walletUrl,
    walletSecret: DEMO_WALLET_SECRET,
    walletCalls: 'bet-win',
  });
  return { ...target, operatorId, operatorKey, walletCalls: 'bet-win' };
}
