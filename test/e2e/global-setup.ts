import type { TestProject } from 'vitest/node';
import { LocalStackProcess } from './local-stack.ts';

/**
 * Gives the suite something to play against: the stack that RGS_API_URL names, or else a local one of its own.
 * RGS_WALLET_URL then is the demo wallet that the stack's operator `demo` is registered with, RGS_OPERATOR_KEY its key,
 * RGS_OUTPUTS the stack's outputs as JSON; the AWS SDK's own variables lead to the tables and buckets.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { RGS_API_URL: apiUrl, RGS_WALLET_URL: walletUrl, RGS_OPERATOR_KEY: operatorKey } = process.env;
  if (apiUrl && walletUrl && operatorKey) {
    const outputs = JSON.parse(process.env['RGS_OUTPUTS'] ?? '{}') as Record<string, string>;
    project.provide('target', { apiUrl, walletUrl, operatorKey, outputs, environment: {} });
    return async () => undefined;
  }
  const stack = await LocalStackProcess.start();
  project.provide('target', stack.target);
  return () => stack.remove();
}
