import { createHmac } from 'node:crypto';
import type { OperatorId } from '../../foundation/ids.ts';

export interface SignedRequest {
  /** The path begins at `/wallet`, so that a proxy in front of the wallet may add or strip a prefix. */
  readonly path: string;
  readonly operatorId: OperatorId;
  readonly timestampMs: number;
  readonly body: Uint8Array;
}

/**
 * Makes the headers that prove who sent a request, to which operation, and when. docs/wallet-api.md has a test vector.
 * The path is signed because a debit and its rollback have the same body. Without it, one could be replayed as the
 * other.
 * @param secret is the HMAC key; text stands for its UTF-8 bytes
 */
export function signatureHeaders(
  secret: Uint8Array | string,
  { path, operatorId, timestampMs, body }: SignedRequest,
): Record<string, string> {
  const signature = createHmac('sha256', secret)
    .update(`${timestampMs}.${operatorId}.POST.${path}.`)
    .update(body)
    .digest('hex');
  return {
    'x-rgs-operator': operatorId,
    'x-rgs-timestamp': String(timestampMs),
    'x-rgs-signature': `v1=${signature}`,
  };
}
