import type { Operator } from '../../operators/operator.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { UnknownReason } from '../wallet.ts';
import { type JsonObject, readJsonObject } from './json-object.ts';
import { signatureHeaders } from './wallet-signature.ts';

/** A wallet's reply is a few hundred bytes. Whatever answers more is no wallet. */
export const MAX_REPLY_BYTES = 64 * 1024;

export type WalletOperation =
  | 'authenticate'
  | 'debit'
  | 'credit'
  | 'bet-win'
  | 'rollback'
  | 'balance'
  | 'transactions';

export interface WalletConnection {
  /** Gives the key of a wallet by the name that its operator's record has for it. */
  readonly secret: (name: string) => Promise<Uint8Array | string>;
  readonly clock: Clock;
  /** Limits one attempt, from connecting to the last byte of the reply. */
  readonly timeoutMs: number;
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
  operator: Operator,
  operation: WalletOperation,
  fields: () => Readonly<Record<string, string | number>>,
): Promise<Exchange> {
  let timeout: AbortSignal | undefined;
  try {
    const request = await signedRequest(connection, operator, operation, JSON.stringify(fields()));
    timeout = AbortSignal.timeout(connection.timeoutMs);
    const response = await fetch(`${operator.walletUrl.replace(/\/+$/, '')}/wallet/${operation}`, {
      ...request,
      // A followed redirect would repeat a movement of money somewhere else, or turn it into a GET.
      redirect: 'manual',
      signal: timeout,
    });
    return await readReply(response);
  } catch (error) {
    return { kind: 'unknown', reason: timeout?.aborted ? 'TIMEOUT' : 'CONNECTION', cause: nameOf(error) };
  }
}

/** fetch hides the system's error code, such as ECONNREFUSED, in the cause of a TypeError. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = (error.cause ?? error) as { readonly code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

async function signedRequest(
  { secret, clock }: WalletConnection,
  { operatorId, walletSecretName }: Operator,
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
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...signature },
    body,
  };
}

async function readReply(response: Response): Promise<Exchange> {
  const { status } = response;
  const failure = failureOf(status);
  if (failure) {
    await response.body?.cancel();
    return { kind: 'unknown', reason: failure, status };
  }
  const bytes = await readCapped(response);
  const body = bytes && readJsonObject(bytes);
  return body ? { kind: 'answered', status, body } : { kind: 'unknown', reason: 'UNREADABLE', status };
}

/**
 * A proxy on the way may answer 408, 425 or 429 after it has passed the request on. These say nothing about the money.
 */
function failureOf(status: number): UnknownReason | undefined {
  if (status >= 500 || status === 408 || status === 425 || status === 429) return 'SERVER_ERROR';
  return status === 200 || status >= 400 ? undefined : 'UNREADABLE';
}

/**
 * Counts the bytes after decompression, whatever Content-Length says. The answer is undefined where they are too many.
 */
async function readCapped(response: Response): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(MAX_REPLY_BYTES);
  let length = 0;
  for await (const chunk of response.body ?? []) {
    if (length + chunk.length > MAX_REPLY_BYTES) return undefined;
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return bytes.subarray(0, length);
}
