import { type Target, targetNamed } from './targets.ts';

const given = await targetNamed(`worker-${process.env['VITEST_POOL_ID']}`);

/** A stack that no other file plays against at the same time: one for each worker whose files ask for it. */
export function target(): Target {
  return given;
}
