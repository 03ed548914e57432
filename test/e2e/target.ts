import { inject } from 'vitest';

/** What the suite plays against: the local stack that it starts itself, or whatever the environment names. */
export interface Target {
  readonly apiUrl: string;
  readonly walletUrl: string;
  /** `demo` unless another is named. */
  readonly operatorId?: string;
  readonly operatorKey: string;
  /** By which the AWS SDK reaches the stack's tables and buckets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

declare module 'vitest' {
  interface ProvidedContext {
    target: Target;
  }
}

export function target(): Target {
  return inject('target');
}
