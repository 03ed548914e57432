import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import {
  LaunchResponse,
  Problem,
  RoundRecord,
  RoundResponse,
  RoundsResponse,
} from '../../functions/_api/responses.ts';
import type { Target } from './target.ts';

export type Round = z.infer<typeof RoundResponse>;
export type Record_ = z.infer<typeof RoundRecord>;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** Makes one HTTP call, and answers whatever comes back. */
export async function call(
  target: Pick<Target, 'apiUrl'>,
  method: string,
  path: string,
  options: {
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
    readonly raw?: string | Uint8Array<ArrayBuffer>;
  } = {},
): Promise<Reply> {
  const { body, headers, raw } = options;
  const send = method === 'GET' ? fetchSafely : fetch;
  const response = await send(`${target.apiUrl.replace(/\/$/, '')}${path}`, {
    method,
    headers: {
      ...((body !== undefined || raw !== undefined) && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...((body !== undefined || raw !== undefined) && { body: raw ?? JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

/** Makes a call that may be sent twice. A server may close an idle connection just when it is used again. */
export async function fetchSafely(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, init).catch(() => fetch(url, init));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The code of a problem. It fails the test where the reply is no problem, or not of the documented form. */
export function codeOf(reply: Reply): string {
  if (reply.headers.get('content-type') !== 'application/problem+json') {
    throw new Error(`no problem but ${reply.status} ${reply.text.slice(0, 300)}`);
  }
  const problem = Problem.parse(reply.json);
  if (problem.status !== reply.status)
    throw new Error(`status ${reply.status} but the problem says ${problem.status}`);
  return problem.code;
}

/** One player of the demo wallet with a session at happy-panda. */
export class Player {
  readonly target: Target;
  readonly playerId: string;
  readonly sessionId: string;
  /** Nothing was played before. */
  readonly openedAtMs: number;
  bonusActive = false;

  private constructor(target: Target, playerId: string, sessionId: string, openedAtMs: number) {
    this.target = target;
    this.playerId = playerId;
    this.sessionId = sessionId;
    this.openedAtMs = openedAtMs;
  }

  static async open(target: Target, balance = '1000.00', currency = 'EUR'): Promise<Player> {
    const openedAtMs = Date.now();
    const playerId = `player-${randomUUID()}`;
    const created = await fetch(`${target.walletUrl}/players`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ player_id: playerId, currency, balance, token: `token-${playerId}` }),
    });
    if (!created.ok)
      throw new Error(`the demo wallet made no player: ${created.status} ${await created.text()}`);
    const { session_id } = await Player.launch(target, playerId, currency);
    return new Player(target, playerId, session_id, openedAtMs);
  }

  static async launch(target: Target, playerId: string, currency = 'EUR') {
    const reply = await call(target, 'POST', '/api/v1/games/happy-panda/session', {
      body: { player_id: playerId, currency, operator_id: target.operatorId ?? 'demo' },
      headers: { 'x-operator-key': target.operatorKey },
    });
    if (reply.status !== 200) throw new Error(`no session: ${reply.status} ${reply.text}`);
    return LaunchResponse.parse(reply.json);
  }

  /** The same player and session, on a stack that was started again. */
  on(target: Target): Player {
    return new Player(target, this.playerId, this.sessionId, this.openedAtMs);
  }

  spin(
    options: { readonly betAmount?: string; readonly key?: string; readonly number?: number } = {},
  ): Promise<Reply> {
    return this.#play(
      'spin',
      { session_id: this.sessionId, bet_amount: options.betAmount ?? '1.00' },
      options.key,
      options.number,
    );
  }

  bonus(key?: string): Promise<Reply> {
    return this.#play('bonus', { session_id: this.sessionId }, key);
  }

  /** The next round that the game asks for. */
  async playNext(key?: string): Promise<Reply> {
    const reply = await (this.bonusActive ? this.bonus(key) : this.spin(key === undefined ? {} : { key }));
    if (reply.status === 200) this.bonusActive = RoundResponse.parse(reply.json).bonus_active;
    return reply;
  }

  #play(
    route: 'spin' | 'bonus',
    body: unknown,
    key = randomUUID() as string,
    number?: number,
  ): Promise<Reply> {
    return call(this.target, 'POST', `/api/v1/games/happy-panda/${route}`, {
      body,
      headers: { 'idempotency-key': key, ...(number !== undefined && { 'round-number': String(number) }) },
    });
  }

  /** Every round of the session as the API tells it, newest first. */
  async rounds(): Promise<Record_[]> {
    const rounds: Record_[] = [];
    for (let cursor = ''; ; ) {
      const reply = await call(
        this.target,
        'GET',
        `/api/v1/sessions/${this.sessionId}/rounds?limit=100${cursor}`,
      );
      const page = RoundsResponse.parse(reply.json);
      rounds.push(...page.rounds);
      if (page.next_cursor === null) return rounds;
      cursor = `&cursor=${page.next_cursor}`;
    }
  }

  /** The balance on the wallet's own books, in minor units. */
  async walletBalanceMinor(): Promise<bigint> {
    const reply = await fetchSafely(`${this.target.walletUrl}/players/${this.playerId}`);
    const { balance } = (await reply.json()) as { balance: string };
    return minor(balance);
  }
}

/** Reads a decimal string with two decimals as cents, for sums in tests. */
export function minor(amount: string | null): bigint {
  return amount === null ? 0n : BigInt(amount.replace('.', ''));
}

/** Computes from the record of a round what it gave to the wallet, less what it took. */
export function netMinor(round: Record_): bigint {
  return round.status === 'COMMITTED' || round.status === 'CREDITED'
    ? minor(round.win) - minor(round.stake)
    : 0n;
}

/** Waits for what must become true. The time is a bound for failing, not a pause. */
export async function eventually<T>(probe: () => Promise<T | undefined>, withinMs = 60_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
