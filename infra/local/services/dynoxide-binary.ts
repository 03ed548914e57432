import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ServiceError } from './error.ts';

/**
 * Finds the binary for this machine, in the optional package of its platform.
 * @throws ServiceError DYNAMODB_MISSING saying what to install, or that the platform has none.
 */
export function findDynoxide(
  platform: string = process.platform,
  architecture: string = process.arch,
): string {
  const packageName = `@dynoxide/${platform}-${architecture}`;
  const resolve = createRequire(import.meta.url).resolve;
  try {
    const binary = join(dirname(resolve(`${packageName}/package.json`)), 'dynoxide');
    accessSync(binary, constants.X_OK);
    return binary;
  } catch (error) {
    throw new ServiceError(
      'DYNAMODB_MISSING',
      `The local run needs the package ${packageName}, which is not installed. On linux-x64 "npm ci" brings it; on another platform, install it or set AWS_ENDPOINT_URL_DYNAMODB to a DynamoDB Local that runs already.`,
      error,
    );
  }
}
