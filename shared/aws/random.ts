import { randomBytes, randomUUID } from 'node:crypto';
import type { Random } from '../foundation/random.ts';

/** OpenSSL's generator, which is seeded and reseeded from the kernel's entropy (GLI-19 V3.0, 3.3). */
export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  uuid: () => randomUUID(),
};
