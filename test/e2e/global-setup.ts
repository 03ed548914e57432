import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { LocalStackProcess } from './local-stack.ts';
import type { Target } from './target.ts';

/**
 * Gives the suite something to play against: the stack that RGS_API_URL names, or else local ones. Each is started when the
 * first test asks for it by its name.
 * RGS_WALLET_URL then is the demo wallet that the stack's operator `demo` is registered with. RGS_OPERATOR_KEY is its key,
 * and RGS_OUTPUTS has the stack's outputs as JSON. The AWS SDK's own variables lead to the tables and buckets.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const named = namedTarget();
  const stacks = new Map<string, Promise<LocalStackProcess>>();
  async function targetOf(name: string): Promise<Target> {
    if (named) return named;
    const stack = stacks.get(name) ?? LocalStackProcess.start();
    stacks.set(name, stack);
    // Whoever asks next tries again.
    stack.catch(() => stacks.delete(name));
    return (await stack).target;
  }
  const server = createServer(({ url = '' }, response) => {
    targetOf(url).then(
      (target) => response.end(JSON.stringify(target)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  project.provide('targetsUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    // A stack that did not start has told the tests, and left nothing.
    const ends = [...stacks.values()].map((stack) =>
      stack.then(
        (started) => started.remove(),
        () => undefined,
      ),
    );
    await Promise.all(ends);
  };
}

function namedTarget(): Target | undefined {
  const { RGS_API_URL: apiUrl, RGS_WALLET_URL: walletUrl, RGS_OPERATOR_KEY: operatorKey } = process.env;
  if (!apiUrl || !walletUrl || !operatorKey) return undefined;
  const outputs = JSON.parse(process.env['RGS_OUTPUTS'] ?? '{}') as Record<string, string>;
  return { apiUrl, walletUrl, operatorKey, outputs, environment: {} };
}
