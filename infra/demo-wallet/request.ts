import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { currencyOf } from '../../shared/money/currency.ts';
import { RequestError } from '../../shared/foundation/errors.ts';
import { GameCode, PlayerId, RoundId, SessionId } from '../../shared/foundation/ids.ts';
import { type MinorAmount, parseAmount } from '../../shared/money/money.ts';
import type { BookSelection } from '../../shared/wallets/wallet-books.ts';
import type { Movement } from './entry.ts';
import { MAX_BALANCE_MINOR } from './journal.ts';
import { WalletRefusal } from './refusal.ts';

export const MAX_BODY_BYTES = 64 * 1024;

/** Half a character would be hashed as another one: in UTF-8 there is none. */
const Token = z
  .string()
  .min(1)
  .max(512)
  .refine((token) => token.isWellFormed(), 'not well-formed');
const Currency = z.string().max(12);
const Amount = z.string().max(40);

export const Authentication = z.strictObject({ token: Token, player_id: PlayerId });
export const BalanceQuery = z.strictObject({ player_id: PlayerId, currency: Currency });
export const NewPlayer = z.strictObject({
  player_id: PlayerId,
  currency: Currency,
  balance: Amount,
  token: Token,
});
export const MovementBody = z.strictObject({
  transaction_id: z.string().regex(/^[\x21-\x7e]{1,128}$/, 'printable ASCII, at most 128'),
  round_id: RoundId,
  player_id: PlayerId,
  session_id: SessionId,
  game_code: GameCode,
  amount: Amount,
  currency: Currency,
});
export const BetWinBody = MovementBody.extend({ win: Amount });
/** Digits only: Number() would also take an exponent, hex digits and spaces. */
const plainInteger = (most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'digits')
    .transform(Number)
    .pipe(z.int().max(most));
export const EntriesQuery = z.strictObject({
  player_id: PlayerId.optional(),
  after: plainInteger(1e15).default(0),
  limit: plainInteger(1000).pipe(z.int().min(1)).default(1000),
});

const Instant = z.iso.datetime({ offset: true }).transform((instant) => Date.parse(instant));
const bookPage = {
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'a "next" of this wallet')
    .default('0'),
  // A hundred stay within the 64 KiB of a reply.
  limit: z.int().min(1).max(100).default(100),
};
const BookQuery = z.union([
  z.strictObject({ ...bookPage, round_id: RoundId }),
  z.strictObject({ ...bookPage, from: Instant, to: Instant }),
]);

/** @throws WalletRefusal BODY_TOO_LARGE, whatever Content-Length says */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Not destroyed on return: the refusal still has to go out on the same socket.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length;
    if (length > MAX_BODY_BYTES) {
      throw new WalletRefusal('BODY_TOO_LARGE', `A body holds at most ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** @throws WalletRefusal INVALID_JSON, INVALID_REQUEST */
export function readFields<S extends z.ZodType>(schema: S, body: Uint8Array): z.output<S> {
  const object = readFlatObject(body);
  if (!object) {
    throw new WalletRefusal(
      'INVALID_JSON',
      'The body is not one flat JSON object with each name at most once',
    );
  }
  return parse(schema, object);
}

/** JSON.parse keeps the last of two equal names; whoever signed the body may have meant the first. */
function readFlatObject(body: Uint8Array): object | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const names = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined);
    return !Array.isArray(value) && names.length === Object.keys(value).length ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @throws WalletRefusal INVALID_REQUEST where a parameter is unknown, repeated or malformed */
export function readQuery<S extends z.ZodType>(schema: S, query: URLSearchParams): z.output<S> {
  const names = [...query.keys()];
  if (new Set(names).size !== names.length) {
    throw new WalletRefusal('INVALID_REQUEST', 'A query parameter is given more than once');
  }
  return parse(schema, Object.fromEntries(query));
}

/** @throws WalletRefusal INVALID_REQUEST naming each field that is wrong */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const flaws = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`.slice(0, 200));
  throw new WalletRefusal('INVALID_REQUEST', flaws.slice(0, 5).join('; '));
}

/** @throws WalletRefusal INVALID_AMOUNT, UNKNOWN_CURRENCY, BALANCE_LIMIT */
export function readAmount(amount: string, currency: string): MinorAmount {
  const amountMinor = parsed(amount, currency);
  if (amountMinor <= MAX_BALANCE_MINOR) return amountMinor;
  throw new WalletRefusal('BALANCE_LIMIT', 'The amount is more than this wallet can hold');
}

function parsed(amount: string, currency: string): MinorAmount {
  try {
    return parseAmount(amount, currencyOf(currency));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const code = error.code === 'UNKNOWN_CURRENCY' ? 'UNKNOWN_CURRENCY' : 'INVALID_AMOUNT';
    throw new WalletRefusal(code, error.message);
  }
}

/** @throws WalletRefusal INVALID_JSON, INVALID_REQUEST, INVALID_AMOUNT, UNKNOWN_CURRENCY, BALANCE_LIMIT */
export function readMovement(body: Uint8Array): Movement {
  return movementOf(readFields(MovementBody, body));
}

/** @throws WalletRefusal as `readMovement` does */
export function readBetWin(body: Uint8Array): Movement {
  const fields = readFields(BetWinBody, body);
  return { ...movementOf(fields), winMinor: readAmount(fields.win, fields.currency) };
}

/** @throws WalletRefusal INVALID_JSON, INVALID_REQUEST */
export function readBookQuery(body: Uint8Array) {
  const { after, limit, ...which } = readFields(BookQuery, body);
  const selection: BookSelection =
    'round_id' in which ? { roundId: which.round_id } : { fromMs: which.from, toMs: which.to };
  return { selection, after: Number(after), limit };
}

function movementOf(fields: z.output<typeof MovementBody>): Movement {
  const amountMinor = readAmount(fields.amount, fields.currency);
  if (amountMinor === 0n) throw new WalletRefusal('INVALID_AMOUNT', 'A movement of nothing is none');
  return {
    transactionId: fields.transaction_id,
    roundId: fields.round_id,
    playerId: fields.player_id,
    sessionId: fields.session_id,
    gameCode: fields.game_code,
    amountMinor,
    currency: fields.currency,
  };
}
