import { inject } from 'vitest';
import type { WalletCalls } from '../../shared/operators/operator.ts';

/** What the suite plays against: the local stack that it starts itself, or whatever the environment names. */
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

async function targetOfWorker(): Promise<Target> {
  const reply = await fetch(`${inject('targetsUrl')}/${process.env['VITEST_POOL_ID']}`);
  if (!reply.ok) throw new Error(await reply.text());
  return (await reply.json()) as Target;
}

const given = await targetOfWorker();

/** Nobody else plays against it at the same time: files that run side by side have a stack each. */
export function target(): Target {
  return given;
}
