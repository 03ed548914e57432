import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { currencyOf } from '../../domain/currency.ts';
import { FaultError } from '../../domain/errors.ts';
import { RoundId } from '../../domain/ids.ts';
import { parseAmount } from '../../domain/money.ts';
import type { AccountedRound, OwedMovement } from '../../domain/reconciliation.ts';
import type { ArchivedPeriod, ArchivedRounds } from '../../ports/archived-rounds.ts';
import { awsCall } from '../aws/aws-call.ts';
import { ARCHIVE_SCHEMA_VERSION } from './archive-record.ts';

const DAY_MS = 86_400_000;
/** S3 tells whole seconds, and its clock is not that of the functions. */
const CLOCK_MARGIN_MS = 60_000;
/** Files read at once. */
const AT_ONCE = 16;
/** A batch of the ledger's stream is a tenth of this. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** What reconciliation needs of a line of archive-record.ts. */
const Line = z.object({
  schema_version: z.int().min(1).max(ARCHIVE_SCHEMA_VERSION),
  player_id: z.string(),
  round_id: RoundId,
  status: z.enum(['COMMITTED', 'CREDITED', 'REJECTED', 'FAILED', 'VOIDED']),
  currency: z.string(),
  stake: z.string(),
  debit_transaction_id: z.string().nullable(),
  win: z.string().nullable(),
  credit_transaction_id: z.string().nullable(),
  ended_at: z.iso.datetime(),
});

/** Reads what S3Archive writes. */
export class S3ArchivedRounds implements ArchivedRounds {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  async *ended(period: ArchivedPeriod): AsyncIterable<readonly AccountedRound[]> {
    for await (const keys of this.#keys(period)) {
      for (let from = 0; from < keys.length; from += AT_ONCE) {
        const files = await Promise.all(keys.slice(from, from + AT_ONCE).map((key) => this.#read(key)));
        for (const rounds of files) {
          yield rounds.filter(({ updatedAtMs }) => updatedAtMs >= period.fromMs && updatedAtMs < period.toMs);
        }
      }
    }
  }

  /** A file lies in the day on which its rounds ended, and was written after the last of them. */
  async *#keys({ operatorId, fromMs, toMs, writtenBeforeMs }: ArchivedPeriod): AsyncIterable<string[]> {
    for (let dayMs = fromMs - (fromMs % DAY_MS); dayMs < toMs; dayMs += DAY_MS) {
      const Prefix = `rounds/operator=${operatorId}/date=${new Date(dayMs).toISOString().slice(0, 10)}/`;
      let ContinuationToken: string | undefined;
      do {
        const command = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix, ContinuationToken });
        const { Contents = [], NextContinuationToken } = await awsCall('S3', () => this.#s3.send(command));
        yield Contents.filter(({ LastModified }) => {
          const writtenAtMs = LastModified?.getTime() ?? fromMs;
          return writtenAtMs + CLOCK_MARGIN_MS >= fromMs && writtenAtMs - CLOCK_MARGIN_MS < writtenBeforeMs;
        }).flatMap(({ Key }) => Key ?? []);
        ContinuationToken = NextContinuationToken;
      } while (ContinuationToken);
    }
  }

  async #read(key: string): Promise<AccountedRound[]> {
    const bytes = await awsCall('S3', async () => {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return Body?.transformToByteArray();
    });
    try {
      const text = await promisify(gunzip)(bytes ?? new Uint8Array(), { maxOutputLength: MAX_FILE_BYTES });
      return text
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => accountedRound(Line.parse(JSON.parse(line))));
    } catch (cause) {
      throw new FaultError('CORRUPT_RECORD', `The archive file ${key} does not have its form`, { cause });
    }
  }
}

function accountedRound(line: z.output<typeof Line>): AccountedRound {
  const currency = currencyOf(line.currency);
  const owed = (transactionId: string | null, amount: string | null): OwedMovement | undefined =>
    transactionId === null ? undefined : { transactionId, amountMinor: parseAmount(amount ?? '', currency) };
  return {
    roundId: line.round_id,
    playerId: line.player_id,
    currency: line.currency,
    status: line.status,
    stake: owed(line.debit_transaction_id, line.stake),
    win: owed(line.credit_transaction_id, line.win),
    updatedAtMs: Date.parse(line.ended_at),
  };
}
