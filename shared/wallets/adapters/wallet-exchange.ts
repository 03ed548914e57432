import type { OperatorId, WalletId } from '../../foundation/ids.ts';
import { type Operator, type OperatorWallet, walletOf } from '../../operators/operator.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { UnknownReason } from '../wallet.ts';
import { type JsonObject, readJsonObject } from './json-object.ts';
import { signatureHeaders } from './wallet-signature.ts';
import { type Post, type Posted, postOverHttp } from './wallet-transport.ts';

export type WalletOperation =
  | 'authenticate'
  | 'debit'
  | 'credit'
  | 'bet-win'
  | 'rollback'
  | 'balance'
  | 'transactions';

export interface WalletConnection {
  /** Gives the key of a wallet by the name that the operator's record has for it. */
  readonly secret: (name: string) => Promise<Uint8Array | string>;
  readonly clock: Clock;
  /** Limits one attempt, from connecting to the last byte of the reply. */
  readonly timeoutMs: number;
  /** Sends the bytes: over HTTP, unless it is given. */
  readonly post?: Post;
}

/** A wallet with the operator in whose name it is called. */
export interface CalledWallet extends OperatorWallet {
  readonly operatorId: OperatorId;
}

/** @throws DependencyError SERVICE_UNAVAILABLE where the operator has no such wallet */
export function calledWallet(operator: Operator, walletId: WalletId): CalledWallet {
  return { ...walletOf(operator, walletId), operatorId: operator.operatorId };
}

/** A reply that was understood as HTTP and JSON, or the reason why there is none. */
export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly body: JsonObject }
  | {
      readonly kind: 'unknown';
      readonly reason: UnknownReason;
      readonly status?: number;
      /** Names what went wrong, and never what was sent or received. */
      readonly cause?: string;
    };

/**
 * Posts one request to a wallet, once. It never throws, whatever the wallet does.
 * @param fields are sent as JSON in the order given
 */
export async function exchange(
  connection: WalletConnection,
  called: CalledWallet,
  operation: WalletOperation,
  fields: () => Readonly<Record<string, string | number>>,
): Promise<Exchange> {
  let request: Awaited<ReturnType<typeof signedRequest>>;
  try {
    request = await signedRequest(connection, called, operation, JSON.stringify(fields()));
  } catch (error) {
    return { kind: 'unknown', reason: 'NOT_SENT', cause: nameOf(error) };
  }
  const url = `${called.walletUrl.replace(/\/+$/, '')}/wallet/${operation}`;
  const { post = postOverHttp, timeoutMs } = connection;
  return readReply(await post({ url, ...request, timeoutMs }));
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

async function signedRequest(
  { secret, clock }: WalletConnection,
  { operatorId, walletSecretName }: CalledWallet,
  operation: WalletOperation,
  text: string,
) {
  const body = new TextEncoder().encode(text);
  const path = `/wallet/${operation}`;
  const signature = signatureHeaders(await secret(walletSecretName), {
    path,
    operatorId,
    timestampMs: clock.nowMs(),
    body,
  });
  return {
    headers: { accept: 'application/json', 'content-type': 'application/json', ...signature },
    body,
  };
}

function readReply(posted: Posted): Exchange {
  if (posted.kind === 'failed')
    return { kind: 'unknown', reason: reasonOf(posted), cause: nameOf(posted.error) };
  const { status, bytes, isRepeated } = posted;
  const failure = isRepeated && status >= 400 ? 'SERVER_ERROR' : failureOf(status);
  if (failure) return { kind: 'unknown', reason: failure, status };
  const body = bytes && readJsonObject(bytes);
  return body ? { kind: 'answered', status, body } : { kind: 'unknown', reason: 'UNREADABLE', status };
}

function reasonOf({ mayBeSent, timedOut }: Extract<Posted, { kind: 'failed' }>): UnknownReason {
  if (!mayBeSent) return 'NOT_SENT';
  return timedOut ? 'TIMEOUT' : 'CONNECTION';
}

/**
 * A proxy on the way may answer 408, 425 or 429 after it has passed the request on. These say nothing about the money.
 */
function failureOf(status: number): UnknownReason | undefined {
  if (status >= 500 || status === 408 || status === 425 || status === 429) return 'SERVER_ERROR';
  return status === 200 || status >= 400 ? undefined : 'UNREADABLE';
}
