import { createHash } from 'node:crypto';

/** The longest names that the services take. */
export const NAME_LIMITS = {
  bucket: 63,
  bus: 256,
  function: 64,
  queue: 80,
  rule: 64,
  stateMachine: 80,
  table: 255,
} as const;

const SUFFIX_CHARACTERS = 12;

/**
 * A name like the ones CloudFormation makes, but always the same for a resource of a stack, so that a restart
 * finds its data.
 */
export function physicalName(stackName: string, logicalId: string, maxLength: number): string {
  const suffix = digest(stackName, logicalId).slice(0, SUFFIX_CHARACTERS).toUpperCase();
  const room = maxLength - SUFFIX_CHARACTERS - 1;
  return `${`${stackName}-${logicalId}`.slice(0, room)}-${suffix}`;
}

/** A key id in the form of KMS's. */
export function keyIdOf(stackName: string, logicalId: string): string {
  const hex = digest(stackName, logicalId);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/** An API's id in the form of API Gateway's. */
export function apiIdOf(stackName: string, logicalId: string): string {
  return digest(stackName, logicalId).slice(0, 10);
}

function digest(stackName: string, logicalId: string): string {
  return createHash('sha256').update(`${stackName}\n${logicalId}`).digest('hex');
}
