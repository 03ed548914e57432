import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { WalletRefusal } from './refusal.ts';

/** The game server's clock and this one may be so far apart. */
export const TIMESTAMP_WINDOW_MS = 5 * 60 * 1000;

interface SignedCall {
  readonly headers: IncomingHttpHeaders;
  /** From `/wallet` on. */
  readonly path: string;
  readonly body: Uint8Array;
}

/**
 * Checks who sent a request and when, by docs/wallet-api.md, before anything in its body is believed.
 * @returns the operator that signed it
 * @throws WalletRefusal INVALID_SIGNATURE, STALE_TIMESTAMP
 */
export function verifySignature(secret: string, { headers, path, body }: SignedCall, nowMs: number): string {
  const operator = header(headers, 'x-rgs-operator', /^[a-z0-9][a-z0-9-]{0,31}$/);
  const timestamp = header(headers, 'x-rgs-timestamp', /^\d{1,15}$/);
  const signature = header(headers, 'x-rgs-signature', /^v1=[0-9a-f]{64}$/);
  const expected = createHmac('sha256', secret)
    .update(`${timestamp}.${operator}.POST.${path}.`)
    .update(body)
    .digest();
  if (!timingSafeEqual(Buffer.from(signature.slice('v1='.length), 'hex'), expected)) {
    throw new WalletRefusal('INVALID_SIGNATURE', 'The signature is not that of this request');
  }
  if (Math.abs(nowMs - Number(timestamp)) > TIMESTAMP_WINDOW_MS) {
    throw new WalletRefusal('STALE_TIMESTAMP', 'The timestamp is more than five minutes from the time here');
  }
  return operator;
}

function header(headers: IncomingHttpHeaders, name: string, form: RegExp): string {
  const value = headers[name];
  if (typeof value !== 'string' || !form.test(value)) {
    throw new WalletRefusal('INVALID_SIGNATURE', `The header ${name} is missing or malformed`);
  }
  return value;
}
