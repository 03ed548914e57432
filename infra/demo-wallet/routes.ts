import { currencyOf } from '../../shared/money/currency.ts';
import { PlayerId } from '../../shared/foundation/ids.ts';
import { formatAmount } from '../../shared/money/money.ts';
import type { Accounts, Player } from './accounts.ts';
import type { Entry, Movement } from './entry.ts';
import { type RefusalCode, WalletRefusal } from './refusal.ts';
import {
  Authentication,
  BalanceQuery,
  EntriesQuery,
  NewPlayer,
  parse,
  readAmount,
  readBetWin,
  readBookQuery,
  readFields,
  readMovement,
  readQuery,
} from './request.ts';

export interface Call {
  /** What stands in the path where the route's pattern has a group. */
  readonly pathParameter: string;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
  /** Who signed it; empty where nobody did. */
  readonly operatorId: string;
  /** Why the plan of faults refuses a stake that is not known yet, or a token. */
  readonly refusal?: RefusalCode | undefined;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: RegExp;
  /** `signed`: the game server's, proved by its signature. `local`: a tester's on this machine. */
  readonly access: 'open' | 'signed' | 'local';
  /** @throws WalletRefusal */
  readonly answer: (accounts: Accounts, call: Call) => Reply;
}

export const routes: readonly Route[] = [
  { method: 'GET', path: /^\/health$/, access: 'open', answer: () => ok({ status: 'ok' }) },
  { method: 'POST', path: /^\/wallet\/authenticate$/, access: 'signed', answer: authenticate },
  { method: 'POST', path: /^\/wallet\/balance$/, access: 'signed', answer: balance },
  { method: 'POST', path: /^\/wallet\/debit$/, access: 'signed', answer: move('debit', readMovement) },
  { method: 'POST', path: /^\/wallet\/credit$/, access: 'signed', answer: move('credit', readMovement) },
  { method: 'POST', path: /^\/wallet\/rollback$/, access: 'signed', answer: move('rollback', readMovement) },
  { method: 'POST', path: /^\/wallet\/bet-win$/, access: 'signed', answer: move('betWin', readBetWin) },
  { method: 'POST', path: /^\/wallet\/transactions$/, access: 'signed', answer: listBooked },
  { method: 'POST', path: /^\/players$/, access: 'local', answer: createPlayer },
  { method: 'GET', path: /^\/players\/([^/]+)$/, access: 'local', answer: readPlayer },
  { method: 'GET', path: /^\/transactions$/, access: 'local', answer: listTransactions },
];

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function authenticate(accounts: Accounts, { body, refusal }: Call): Reply {
  const { token, player_id } = readFields(Authentication, body);
  // The same answer for no such player and for somebody else's token, so that neither can be found by trying.
  if (!accounts.hasToken(player_id, token)) {
    throw new WalletRefusal('INVALID_TOKEN', 'The token is not one of this player');
  }
  if (refusal) throw new WalletRefusal(refusal, 'The player is blocked');
  return ok(accountView(accounts.get(player_id)));
}

function balance(accounts: Accounts, { body }: Call): Reply {
  const { player_id, currency } = readFields(BalanceQuery, body);
  return ok(accountView(accounts.get(player_id, currency)));
}

function move(call: 'debit' | 'credit' | 'betWin' | 'rollback', read: (body: Uint8Array) => Movement) {
  return (accounts: Accounts, { body, operatorId, refusal }: Call): Reply => {
    const movement = { ...read(body), operatorId };
    const { transactionId, balanceMinor, currency } = accounts[call](movement, refusal);
    const balance = formatAmount(balanceMinor, currencyOf(currency));
    return ok({ transaction_id: transactionId, balance, currency });
  };
}

/** The optional call of the contract, for reconciliation. */
function listBooked(accounts: Accounts, { body, operatorId }: Call): Reply {
  const { selection, after, limit } = readBookQuery(body);
  const entries = accounts.bookedFor(operatorId, selection, { after, limit });
  const last = entries.at(-1);
  return ok({
    transactions: entries.map(bookedView),
    next: last && entries.length === limit ? String(last.sequence) : null,
  });
}

function createPlayer(accounts: Accounts, { body }: Call): Reply {
  const fields = readFields(NewPlayer, body);
  const { player_id: playerId, currency, token } = fields;
  const player = { playerId, currency, balanceMinor: readAmount(fields.balance, currency) };
  accounts.createPlayer(player, token);
  return { status: 201, body: accountView(player) };
}

function readPlayer(accounts: Accounts, { pathParameter }: Call): Reply {
  return ok(accountView(accounts.get(parse(PlayerId, pathParameter))));
}

function listTransactions(accounts: Accounts, { query }: Call): Reply {
  const { player_id: playerId, after, limit } = readQuery(EntriesQuery, query);
  const entries = accounts.entries(playerId, { after, limit });
  return ok({
    transactions: entries.map(entryView),
    // Where to go on; a full page may be the last one, and the next then is empty.
    next: entries.length === limit ? (entries.at(-1)?.sequence ?? null) : null,
  });
}

function accountView({ playerId, balanceMinor, currency }: Player) {
  return { player_id: playerId, balance: formatAmount(balanceMinor, currencyOf(currency)), currency };
}

function entryView(entry: Entry) {
  const currency = currencyOf(entry.currency);
  return {
    sequence: entry.sequence,
    ...bookedView(entry),
    round_id: entry.roundId || null,
    session_id: entry.sessionId || null,
    game_code: entry.gameCode || null,
    change: formatAmount(entry.changeMinor, currency),
    // What was refused may name a currency that the account does not have.
    balance: entry.refusal === undefined ? formatAmount(entry.balanceMinor, currency) : null,
  };
}

function bookedView(entry: Entry) {
  const currency = currencyOf(entry.currency);
  return {
    at: new Date(entry.atMs).toISOString(),
    kind: entry.kind,
    transaction_id: entry.transactionId,
    round_id: entry.roundId,
    player_id: entry.playerId,
    game_code: entry.gameCode,
    amount: formatAmount(entry.amountMinor, currency),
    win: entry.winMinor === undefined ? null : formatAmount(entry.winMinor, currency),
    currency: entry.currency,
    refusal: entry.refusal ?? null,
  };
}
