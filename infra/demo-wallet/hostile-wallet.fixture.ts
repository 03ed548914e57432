import { mainWallet, sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { minorAmount } from '../../shared/money/money.ts';
import { type Post, postOverHttp } from '../../shared/wallets/adapters/wallet-transport.ts';
import { httpWallets } from '../../shared/wallets/adapters/wallets.ts';
import type { Wallet, WalletTransaction } from '../../shared/wallets/wallet.ts';
import { type DemoWallet, startDemoWallet } from './server.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const SECRET = 'a secret shared by two';

export interface BookEntry {
  readonly kind: string;
  readonly transaction_id: string;
  readonly amount: string;
  readonly change: string;
  readonly refusal: string | null;
}

/** A demo wallet on a port and in a folder of its own, with the game server's own client in front of it. */
/** A call on a kept connection that is closed comes once more, so that a fault would strike the wrong one. */
const onNewConnection: Post = (request) =>
  postOverHttp({ ...request, headers: { ...request.headers, connection: 'close' } });

export class TestWallet {
  readonly #directory: string;
  readonly #server: DemoWallet;
  readonly client: Wallet;

  private constructor(directory: string, server: DemoWallet, timeoutMs: number) {
    this.#directory = directory;
    this.#server = server;
    const operator = sampleOperator({ walletUrl: server.url, walletSecretName: 'demo' });
    const telemetry = { count: () => {}, warn: () => {} };
    const clock = { nowMs: () => Date.now() };
    const secret = async () => SECRET;
    this.client = httpWallets({ secret, clock, timeoutMs, telemetry, post: onNewConnection }).of(
      operator,
      mainWallet,
    );
  }

  static async start(timeoutMs: number): Promise<TestWallet> {
    const directory = mkdtempSync(join(tmpdir(), 'hostile-'));
    const server = await startDemoWallet({ port: 0, dataDirectory: directory, secret: SECRET });
    return new TestWallet(directory, server, timeoutMs);
  }

  get url(): string {
    return this.#server.url;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#directory, { recursive: true });
  }

  async faults(method: string, body?: unknown): Promise<{ readonly status: number; readonly json: unknown }> {
    const init = {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body) ?? null,
    };
    const response = await fetch(`${this.url}/faults`, init);
    return { status: response.status, json: await response.json() };
  }

  /** The rules, in the place of those before. */
  async plan(...rules: readonly object[]): Promise<void> {
    const { status, json } = await this.faults('PUT', { rules });
    if (status !== 200) throw new Error(JSON.stringify(json));
  }

  async createPlayer(balance = '100.00'): Promise<string> {
    const playerId = `player-${randomUUID()}`;
    const body = { player_id: playerId, currency: 'EUR', balance, token: 'token' };
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const { status } = await fetch(`${this.url}/players`, init);
    if (status !== 201) throw new Error(`no player but ${status}`);
    return playerId;
  }

  /** What the books hold of a player, without the deposit. */
  async entries(playerId: string): Promise<BookEntry[]> {
    const response = await fetch(`${this.url}/transactions?player_id=${playerId}`);
    const { transactions } = (await response.json()) as { transactions: BookEntry[] };
    return transactions.filter(({ kind }) => kind !== 'deposit');
  }

  async balance(playerId: string): Promise<string> {
    const response = await fetch(`${this.url}/players/${playerId}`);
    return ((await response.json()) as { balance: string }).balance;
  }
}

/** Makes a transaction of 1.00 EUR, unless another amount is given. */
export function transactionOf(playerId: string, given: Partial<WalletTransaction> = {}): WalletTransaction {
  const roundId = ids.randomRound();
  return {
    transactionId: ids.transaction(`${roundId}:movement`),
    roundId,
    playerId: ids.player(playerId),
    gameCode: ids.game('happy-panda'),
    sessionId: ids.session(randomUUID()),
    currency: 'EUR',
    amountMinor: minorAmount(100n),
    ...given,
  };
}
