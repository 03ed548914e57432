import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import {
  type _Object,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { currencyOf } from '../../money/currency.ts';
import { FaultError } from '../../foundation/errors.ts';
import {
  GameCode,
  MAX_ROUND_NUMBER,
  PlayerId,
  RoundId,
  type TransactionId,
  WalletId,
} from '../../foundation/ids.ts';
import { readJson } from '../../foundation/json-text.ts';
import { parseAmount } from '../../money/money.ts';
import type { RoundMacs } from '../../rounds/round-macs.ts';
import type { OwedMovement } from '../../rounds/accounted-round.ts';
import type { ArchivedPeriod, ArchivedRound, ArchivedRounds } from '../archived-rounds.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { hourFolder, minutePrefix, operatorOf } from './archive-keys.ts';
import { ARCHIVE_SCHEMA_VERSION } from './archive-record.ts';
import { signedRound } from './signed-line.ts';

const HOUR_MS = 3_600_000;
const LISTS_AT_ONCE = 8;
/** Names are ASCII, so this sorts after any of them. */
const AFTER_ANY_NAME = '\x7f';
/** This number of base64 characters holds 132 bits. */
const HASH_CHARACTERS = 22;
/** A batch of the ledger's stream is a tenth of this. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Reconciliation needs these fields of a line of archive-record.ts. */
const Line = z.object({
  schema_version: z.literal(ARCHIVE_SCHEMA_VERSION),
  operator_id: z.string(),
  player_id: PlayerId,
  game_code: GameCode,
  round_number: z.int().min(1).max(MAX_ROUND_NUMBER),
  round_id: RoundId,
  status: z.enum(['COMMITTED', 'CREDITED', 'REJECTED', 'FAILED', 'VOIDED']),
  currency: z.string(),
  stake: z.string(),
  wallet_id: WalletId,
  debit_transaction_id: z.string().brand<'TransactionId'>().nullable(),
  win: z.string().nullable(),
  credit_transaction_id: z.string().brand<'TransactionId'>().nullable(),
  previous_intent_mac: z.string(),
  intent_mac: z.string(),
  mac: z.string(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime(),
});

/** Reads the files that S3Archive writes, and checks each line. */
export class S3ArchivedRounds implements ArchivedRounds {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #macs: Pick<RoundMacs, 'check'>;

  constructor(s3: S3Client, bucket: string, macs: Pick<RoundMacs, 'check'>) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#macs = macs;
  }

  async *files(period: ArchivedPeriod): AsyncIterable<readonly string[]> {
    let left = listings(period);
    while (left.length > 0) {
      const pages = await Promise.all(left.slice(0, LISTS_AT_ONCE).map((listing) => this.#page(listing)));
      yield pages.flatMap(({ files }) => files);
      left = [...pages.flatMap(({ rest }) => rest ?? []), ...left.slice(LISTS_AT_ONCE)];
    }
  }

  async #page(listing: Listing): Promise<{ readonly files: string[]; readonly rest: Listing | undefined }> {
    const { request, endsBefore } = listing;
    const command = new ListObjectsV2Command({ Bucket: this.#bucket, ...request });
    const { Contents = [], NextContinuationToken } = await awsCall('S3', () => this.#s3.send(command));
    const isWithin = ({ Key = '' }: _Object) => Key < endsBefore;
    const goesOn = NextContinuationToken !== undefined && Contents.every(isWithin);
    return {
      files: Contents.filter(isWithin).flatMap(({ Key }) => Key ?? []),
      rest: goesOn
        ? { ...listing, request: { ...request, ContinuationToken: NextContinuationToken } }
        : undefined,
    };
  }

  async read(key: string): Promise<ArchivedRound[]> {
    const bytes = await awsCall('S3', async () => {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return Body?.transformToByteArray();
    });
    const read = await linesOf(key, bytes ?? new Uint8Array());
    const rounds: ArchivedRound[] = [];
    for (const { text, round } of read) {
      rounds.push({ ...round, isAuthentic: (await signedRound(this.#macs, text)) !== undefined });
    }
    return rounds;
  }
}

type ReadLine = Omit<ArchivedRound, 'isAuthentic'>;

/** @throws FaultError CORRUPT_RECORD */
async function linesOf(
  key: string,
  bytes: Uint8Array,
): Promise<{ readonly text: string; readonly round: ReadLine }[]> {
  try {
    const lines = await promisify(gunzip)(bytes, { maxOutputLength: MAX_FILE_BYTES });
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
      .decode(lines)
      .split('\n')
      .filter((line) => line !== '')
      .map((text) => ({ text, round: readLine(text, key) }));
  } catch (cause) {
    throw new FaultError('CORRUPT_RECORD', `The archive file ${key} does not have its form`, { cause });
  }
}

/** Lists names in order, beginning after `StartAfter`. */
interface Listing {
  readonly request: Omit<ListObjectsV2CommandInput, 'Bucket'>;
  readonly endsBefore: string;
}

/** Lists the part of each hour that lies in the period. */
function listings({ operatorId, fromMs, toMs }: ArchivedPeriod): Listing[] {
  const found: Listing[] = [];
  for (let hourMs = fromMs - (fromMs % HOUR_MS); hourMs < toMs; hourMs += HOUR_MS) {
    found.push({
      request: {
        Prefix: hourFolder(operatorId, hourMs),
        StartAfter: minutePrefix(operatorId, Math.max(hourMs, fromMs)),
      },
      endsBefore: minutePrefix(operatorId, Math.min(hourMs + HOUR_MS, toMs) - 1) + AFTER_ANY_NAME,
    });
  }
  return found;
}

function readLine(text: string, file: string): ReadLine {
  const line = Line.parse(readJson(text));
  if (line.operator_id !== operatorOf(file)) throw new Error('The line is of another operator');
  const currency = currencyOf(line.currency);
  const owed = (transactionId: TransactionId | null, amount: string | null): OwedMovement | undefined =>
    transactionId === null ? undefined : { transactionId, amountMinor: parseAmount(amount ?? '', currency) };
  return {
    roundId: line.round_id,
    playerId: line.player_id,
    gameCode: line.game_code,
    number: line.round_number,
    walletId: line.wallet_id,
    currency: line.currency,
    status: line.status,
    stake: owed(line.debit_transaction_id, line.stake),
    win: owed(line.credit_transaction_id, line.win),
    startedAtMs: Date.parse(line.started_at),
    updatedAtMs: Date.parse(line.ended_at),
    file,
    intentMac: line.intent_mac,
    previousIntentMac: line.previous_intent_mac,
    mac: line.mac,
    lineHash: hash('sha256', text, 'base64').slice(0, HASH_CHARACTERS),
  };
}
