import type { Operator } from './operator.ts';

/** Operators as they are configured. A read may be some seconds old. */
export interface Operators {
  operator(operatorId: string): Promise<Operator | undefined>;
  /** `keyHash`: SHA-256 of the key, hex; the key itself is nowhere stored. */
  operatorByKey(keyHash: string): Promise<Operator | undefined>;
}
