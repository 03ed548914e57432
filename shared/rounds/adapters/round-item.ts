import * as z from 'zod';
import { KnownCurrencyCode } from '../../money/currency.ts';
import { SessionId, WalletId } from '../../foundation/ids.ts';
import { uuidText } from '../../foundation/bytes.ts';
import { MAX_AMOUNT_MINOR } from '../../money/money.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { StoredInstant } from '../../aws/stored.ts';

/** The version rises when an attribute changes its meaning. A record of another version is refused, not guessed at. */
export const ROUND_ITEM_VERSION = 4n;

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'not bytes');
const text = z.string().min(1);
const amount = z.bigint().min(0n).max(MAX_AMOUNT_MINOR).brand<'MinorAmount'>();
const StoredSeconds = z.bigint().min(0n).max(8_640_000_000_000n);
/** DynamoDB keeps 38 digits. */
const integer = z
  .bigint()
  .gt(-(10n ** 38n))
  .lt(10n ** 38n);
/** A balance is the wallet's own affair, its sign included. */
const balance = integer.brand<'MinorAmount'>();
const count = z.bigint().min(0n).max(BigInt(Number.MAX_SAFE_INTEGER));

/** These attributes are written with the intent and by no later write. */
const start = {
  pk: text,
  sk: text,
  v: z.literal(ROUND_ITEM_VERSION),
  /** Operator, player and game. The partition's key is only their hash. */
  log: text,
  /** The 16 bytes of the UUID take 20 fewer than its text. */
  session: bytes.refine(isSessionId, 'not the bytes of a session id'),
  kind: z.enum(['spin', 'bonus']),
  action: text,
  currency: KnownCurrencyCode,
  baseBet: amount,
  stake: amount,
  wallet: WalletId,
  /** Only rounds of wallets that take stake and win in one call have it. */
  betWin: z.literal(true).exactOptional(),
  engine: bytes.refine((hash) => hash.length === 32, 'a SHA-256 has 32 bytes'),
  /** Only bonus actions have these three, and they have them together. */
  openedBy: text.exactOptional(),
  gameSteps: count.exactOptional(),
  gamePayout: integer.min(0n).exactOptional(),
  start: bytes,
  key: bytes,
  request: bytes,
  keys: bytes,
  startedAt: StoredInstant,
  previous: bytes,
};

const progress = {
  epoch: count,
  updatedAt: StoredInstant,
  mac: bytes,
  /** The table's time to live, in seconds. An archived round has these two, and has them together. */
  expiresAt: StoredSeconds.exactOptional(),
  expiryMac: bytes.exactOptional(),
};

const outcome = {
  payout: integer.min(0n),
  win: amount,
  after: bytes,
  /** The view is text as it is, or deflated bytes where these are shorter. */
  view: z.union([z.string(), bytes]),
  bonus: z.boolean(),
  before: balance,
  balance,
};

const reason = z.enum(['DEBIT_UNKNOWN', 'REFUSED_AFTER_UNKNOWN', 'ENGINE_FAILED_AFTER_UNKNOWN', 'ABANDONED']);
const refusal = z.enum([
  'INSUFFICIENT_FUNDS',
  'LIMIT_REACHED',
  'PLAYER_BLOCKED',
  'WALLET_REFUSED',
  'WALLET_UNAVAILABLE',
]);

/**
 * A round as the ledger's table holds it. Names are short because they count towards the item's size, and the size
 * decides the cost of a write. Its marks are not named here, and are left alone.
 */
export const RoundItem = z.discriminatedUnion('status', [
  z.object({ ...start, ...progress, status: z.literal('INTENT') }),
  z.object({ ...start, ...progress, status: z.literal('COMMITTED'), ...outcome }),
  z.object({ ...start, ...progress, status: z.literal('CREDITED'), ...outcome }),
  z.object({ ...start, ...progress, status: z.literal('REJECTED'), refusal }),
  z.object({ ...start, ...progress, status: z.literal('FAILED'), failure: z.string() }),
  z.object({ ...start, ...progress, status: z.literal('VOIDING'), reason }),
  z.object({ ...start, ...progress, status: z.literal('VOIDED'), reason }),
]);

export type RoundItem = z.infer<typeof RoundItem>;
export type StartAttributes = Omit<
  Extract<RoundItem, { status: 'INTENT' }>,
  'status' | keyof typeof progress
>;
export type OutcomeAttributes = Pick<Extract<RoundItem, { status: 'COMMITTED' }>, keyof typeof outcome>;
/** A transition may change these attributes. */
export type ProgressAttributes = RoundItem extends infer Item
  ? Item extends RoundItem
    ? Omit<Item, keyof StartAttributes>
    : never
  : never;

function isSessionId(uuid: Uint8Array): boolean {
  return SessionId.safeParse(uuidText(uuid)).success;
}

export function progressOf(item: RoundItem): NativeItem {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !Object.hasOwn(start, name)));
}
