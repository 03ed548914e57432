import { inject } from 'vitest';
import type { WalletCalls } from '../../shared/operators/operator.ts';

/** The suite plays against this: the local stack that it starts itself, or whatever the environment names. */
export interface Target {
  readonly apiUrl: string;
  readonly walletUrl: string;
  /** `demo` unless another is named. */
  readonly operatorId?: string;
  readonly operatorKey: string;
  /** How its wallet is called: `debit-credit` unless it says so. */
  readonly walletCalls?: WalletCalls;
  /** By which the AWS SDK reaches the stack's tables and buckets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a worker gets its target. */
    targetsUrl: string;
  }
}

/** Each name is another stack, unless the environment names one. It starts when it is first asked for. */
export async function targetNamed(name: string): Promise<Target> {
  const reply = await fetch(`${inject('targetsUrl')}/${name}`);
  if (!reply.ok) throw new Error(await reply.text());
  return (await reply.json()) as Target;
}
