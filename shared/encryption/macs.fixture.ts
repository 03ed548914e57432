import { createSecretKey } from 'node:crypto';
import { KmsMacs } from './adapters/macs.ts';
import type { Macs } from './macs.ts';

/** Makes MACs as every stage does, under a key of its own for each month that no KMS keeps. */
export function macsOfTest(secret = 1): Macs {
  const of = async (keyId: number) => createSecretKey(Buffer.alloc(32, `${secret} ${keyId}`));
  return new KmsMacs({ of, byId: of });
}

/** Makes MACs under a key that everybody has, for tests of the code above it. */
export const openMacs: Macs = macsOfTest();
