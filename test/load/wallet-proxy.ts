/**
 * Stands between the functions and the wallet, passes everything on as it is, and notes how long each call took: from its
 * arrival here until the answer is complete. A thread of its own, so that no player's work delays it.
 */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { parentPort, workerData } from 'node:worker_threads';
import { nowMs } from './clock.ts';
import type { WalletCall } from './wallet-calls.ts';

const { upstream } = workerData as { readonly upstream: string };
const agent = new Agent({ keepAlive: true });
let calls: WalletCall[] = [];

const server = createServer((incoming, outgoing) => {
  const startedAtMs = nowMs();
  pass(incoming, outgoing, startedAtMs).catch(() => outgoing.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  parentPort?.postMessage(`http://127.0.0.1:${port}`);
});
parentPort?.on('message', () => {
  parentPort?.postMessage(calls);
  calls = [];
});

async function pass(incoming: IncomingMessage, outgoing: ServerResponse, startedAtMs: number): Promise<void> {
  const body = await buffer(incoming);
  const answer = await forward(incoming, body);
  const reply = await buffer(answer);
  const endedAtMs = nowMs();
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(reply);
  const { player_id: playerId, round_id: roundId } = JSON.parse(body.toString()) as Record<string, string>;
  calls.push({ playerId: playerId ?? '', roundId, startedAtMs, endedAtMs });
}

function forward({ url, method, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const forwarded = request(new URL(url ?? '/', upstream), { method, headers, agent }, resolve);
    forwarded.on('error', reject);
    forwarded.end(body);
  });
}
