import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { codeOf, eventually, minor, netMinor, Player, type Record_ } from './client.ts';
import { withOwnOperator } from './operators.ts';
import { target } from './target.ts';

/** What the network does to a call of the wallet. It may cut the call off before it arrives, or cut off or hold back the answer. */
type Fault = 'none' | 'unreachable' | 'answer lost' | 'answer held back';

/** A proxy between the game server and the wallet. */
class FaultyNetwork {
  readonly #server: Server;
  readonly #walletUrl: string;
  /** The fault for each operation of the wallet. `*` is every other operation. */
  faults: Readonly<Record<string, Fault>> = {};

  private constructor(walletUrl: string) {
    this.#walletUrl = walletUrl;
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  static async start(walletUrl: string): Promise<FaultyNetwork> {
    const network = new FaultyNetwork(walletUrl);
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.faults[request.url?.split('/').at(-1) ?? ''] ?? this.faults['*'] ?? 'none';
    if (fault === 'unreachable') {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const reply = await fetch(`${this.#walletUrl}${request.url}`, {
      method: request.method ?? 'POST',
      headers: headers as Record<string, string>,
      body: Buffer.concat(chunks),
    });
    const body = Buffer.from(await reply.arrayBuffer());
    if (fault === 'answer lost') request.socket.destroy();
    else if (fault === 'none')
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(body);
    // Otherwise the caller waits until it gives up.
  }
}

/** A player, and the network between the game server and the wallet of its operator. */
interface Seat {
  readonly network: FaultyNetwork;
  readonly player: Player;
}

const networks: FaultyNetwork[] = [];
afterAll(() => Promise.all(networks.map((network) => network.stop())));

/** Each test has an operator of its own, so that none waits for the faults of another one. */
async function seat(): Promise<Seat> {
  const network = await FaultyNetwork.start(target().walletUrl);
  networks.push(network);
  return { network, player: await Player.open(await withOwnOperator(target(), network.url)) };
}

interface JournalEntry {
  readonly kind: string;
  readonly change: string;
  readonly round_id: string | null;
}

/** What the wallet has on its books for the player, without the deposit. */
async function journalOf({ playerId }: Player): Promise<JournalEntry[]> {
  const reply = await fetch(`${target().walletUrl}/transactions?player_id=${playerId}`);
  const { transactions } = (await reply.json()) as { transactions: JournalEntry[] };
  return transactions
    .filter(({ kind }) => kind !== 'deposit')
    .map(({ kind, change, round_id }) => ({ kind, change, round_id }));
}

const START_MINOR = 100_000n;

async function whenAllAreFinal(player: Player): Promise<Record_[]> {
  return eventually(async () => {
    const rounds = await player.rounds();
    return rounds.every(({ final }) => final) ? rounds : undefined;
  }, 120_000);
}

/** Every win is credited once, and every stake but those of voided rounds is kept. */
function expectBooksToMatch(rounds: readonly Record_[], entries: readonly JournalEntry[]): void {
  const moved = (kind: string) => entries.filter((entry) => entry.kind === kind && entry.change !== '0.00');
  const won = rounds.filter((round) => minor(round.win) > 0n);
  const paid = moved('credit');
  expect(paid).toHaveLength(won.length);
  expect(new Map(paid.map(({ round_id, change }) => [round_id, change]))).toEqual(
    new Map(won.map(({ round_id, win }) => [round_id, win])),
  );
  const staked = rounds.filter(({ status, stake }) => status !== 'VOIDED' && minor(stake) > 0n);
  const returned = moved('rollback').map(({ round_id }) => round_id);
  const kept = moved('debit').filter(({ round_id }) => !returned.includes(round_id));
  expect(kept).toHaveLength(staked.length);
  expect(new Set(kept.map(({ round_id }) => round_id))).toEqual(
    new Set(staked.map(({ round_id }) => round_id)),
  );
}

// Both mostly wait until recovery comes back to them.
describe.concurrent('a wallet that takes stakes, but whose credits do not come through', () => {
  it.each([
    ['the calls do not arrive', 'unreachable'],
    ['the answers do not come back', 'answer lost'],
  ] as const)('is owed every win, and gets each exactly once when it is back: %s', async (_, fault) => {
    const { network, player } = await seat();
    network.faults = { credit: fault };
    let wonMinor = 0n;
    for (let round = 0; round < 40 || wonMinor === 0n; round += 1) {
      const reply = await player.playNext();
      expect(reply.status, reply.text).toBe(200);
      const winMinor = minor((reply.json as { win_amount: string }).win_amount);
      expect(reply.headers.get('win-pending')).toBe(winMinor > 0n ? 'true' : null);
      wonMinor += winMinor;
    }
    const during = await player.rounds();
    const owed = during.filter((round) => minor(round.win) > 0n);
    expect(owed.length).toBeGreaterThan(0);
    expect(new Set(owed.map(({ status }) => status))).toEqual(new Set(['COMMITTED']));

    network.faults = {};
    const rounds = await whenAllAreFinal(player);
    expect(rounds).toHaveLength(during.length);
    expect(rounds.reduce((sum, round) => sum + minor(round.win), 0n)).toBe(wonMinor);
    expectBooksToMatch(rounds, await journalOf(player));
    const net = rounds.reduce((sum, round) => sum + netMinor(round), 0n);
    expect(await player.walletBalanceMinor()).toBe(START_MINOR + net);
  });
});

describe('a wallet that takes the stake, but answers too late', () => {
  it('gets the round voided, and has given the stake back', async () => {
    const { network, player } = await seat();
    network.faults = { debit: 'answer held back' };
    const reply = await player.spin();
    expect(codeOf(reply)).toBe('ROUND_VOIDED');
    network.faults = {};
    const [round] = await whenAllAreFinal(player);
    expect(round).toMatchObject({ status: 'VOIDED', win: null, outcome: null });
    expect(await journalOf(player)).toEqual([
      { kind: 'debit', change: '-1.00', round_id: round?.round_id },
      { kind: 'rollback', change: '1.00', round_id: round?.round_id },
    ]);
    expect(await player.walletBalanceMinor()).toBe(START_MINOR);
    expect((await player.spin()).status).toBe(200);
  });

  it('still owes the stake where the rollback gets lost as well, and gives it back when it can be reached', async () => {
    const { network, player } = await seat();
    network.faults = { debit: 'answer lost', rollback: 'unreachable' };
    expect(codeOf(await player.spin())).toBe('ROUND_VOIDED');
    expect((await player.rounds()).map(({ status }) => status)).toEqual(['VOIDING']);
    expect(await player.walletBalanceMinor()).toBe(START_MINOR - 100n);
    expect(codeOf(await player.spin())).toBe('ROUND_IN_FLIGHT');

    network.faults = {};
    const rounds = await whenAllAreFinal(player);
    expect(rounds.map(({ status }) => status)).toEqual(['VOIDED']);
    expect(await player.walletBalanceMinor()).toBe(START_MINOR);
    expectBooksToMatch(rounds, await journalOf(player));
    expect((await player.spin()).status).toBe(200);
  });
});

describe('a wallet that cannot be reached at all', () => {
  it('takes nothing, and the player plays on when it is back', async () => {
    const { network, player } = await seat();
    network.faults = { '*': 'unreachable' };
    expect(codeOf(await player.spin())).toBe('ROUND_VOIDED');
    network.faults = {};
    const rounds = await whenAllAreFinal(player);
    expect(rounds.map(({ status }) => status)).toEqual(['VOIDED']);
    expect(await player.walletBalanceMinor()).toBe(START_MINOR);
    expect((await player.spin()).status).toBe(200);
  });
});
