import * as z from 'zod';
import {
  CurrencyCode,
  GameCode,
  OperatorId,
  PlayerId,
  RoundId,
  SessionId,
  Sha256Hex,
  WalletId,
} from '../../shared/foundation/ids.ts';
import { differenceKinds } from '../../shared/reconciliation/reconciliation.ts';
import { findingKinds } from '../../shared/reconciliation/findings.ts';
import { Amount } from './requests.ts';

const SignedAmount = z.string().meta({ description: 'The same, with a sign where it is below zero' });
const Timestamp = z.iso.datetime({ precision: 3 });
const NextRoundNumber = z.int().min(1).meta({ description: "The next round's Round-Number" });
const JsonObject = z.record(z.string(), z.unknown());

export const LaunchResponse = z.strictObject({
  session_id: SessionId,
  public_state: z.unknown(),
  balance: Amount,
  currency: CurrencyCode,
  allowed_bets: z.array(Amount),
  bonus_active: z.boolean(),
  next_round_number: NextRoundNumber,
  expires_at: Timestamp,
});

export const RoundResponse = z.strictObject({
  success: z.literal(true),
  round_id: RoundId,
  outcome: JsonObject,
  public_state: JsonObject,
  win_amount: Amount,
  balance: Amount,
  bonus_triggered: JsonObject.nullable(),
  bonus_active: z.boolean().meta({ description: 'The next round must be played through /bonus' }),
  next_round_number: NextRoundNumber,
});

export const EndedBonusResponse = RoundResponse.extend({
  currency: CurrencyCode.meta({ description: 'The currency of the bonus, of win_amount and of balance' }),
  balance: Amount.nullable().meta({ description: 'Null where the player has no account in this currency' }),
});

export const SessionResponse = z.strictObject({
  session_id: SessionId,
  operator_id: OperatorId,
  player_id: PlayerId,
  game_code: GameCode,
  currency: CurrencyCode,
  created_at: Timestamp,
  expires_at: Timestamp,
  bonus_active: z.boolean(),
  round_in_flight: z.boolean(),
});

export const RoundRecord = z.strictObject({
  round_id: RoundId,
  number: z.int().min(1),
  session_id: SessionId,
  operator_id: OperatorId,
  player_id: PlayerId,
  game_code: GameCode,
  engine_hash: Sha256Hex,
  kind: z.enum(['spin', 'bonus']),
  action: z.string(),
  status: z.enum(['INTENT', 'COMMITTED', 'CREDITED', 'REJECTED', 'FAILED', 'VOIDING', 'VOIDED']),
  final: z.boolean(),
  reason: z.string().nullable().meta({ description: 'Why the round has no outcome, where it has none' }),
  currency: CurrencyCode,
  base_bet: Amount,
  stake: Amount,
  win: Amount.nullable(),
  balance_before: Amount.nullable(),
  balance_after: Amount.nullable(),
  outcome: JsonObject.nullable(),
  public_state: JsonObject.nullable(),
  bonus_triggered: JsonObject.nullable(),
  started_at: Timestamp,
  updated_at: Timestamp,
});

export const RoundsResponse = z.strictObject({
  rounds: z
    .array(RoundRecord)
    .meta({ description: 'May be fewer than the limit, or none, also before the last page' }),
  unreadable_numbers: z
    .array(z.int().min(1))
    .meta({ description: 'Somebody changed the stored rounds of these numbers, so they are not shown' }),
  next_cursor: z.string().nullable().meta({ description: 'Null on the last page, and only there' }),
});

const Transaction = {
  transaction_id: z.string(),
  player_id: z.string(),
  amount: Amount,
  currency: CurrencyCode,
};
export const ReconciliationResponse = z.strictObject({
  operator_id: OperatorId,
  from: Timestamp,
  to: Timestamp,
  as_of: Timestamp,
  provisional: z.boolean().meta({ description: 'The period has hardly ended: ask again later' }),
  wallet_list: z.enum(['compared', 'not-offered']),
  rounds_in_progress: z.int().min(0),
  totals: z.array(
    z.strictObject({
      currency: CurrencyCode,
      rgs: z.strictObject({
        rounds: z.int().min(0),
        stakes: Amount,
        wins: Amount,
        voided: Amount,
        net: SignedAmount,
      }),
      wallet: z
        .strictObject({
          transactions: z.int().min(0),
          debits: Amount,
          credits: Amount,
          rollbacks: SignedAmount,
          net: SignedAmount,
        })
        .nullable(),
    }),
  ),
  difference_counts: z.partialRecord(z.enum(differenceKinds), z.int().min(1)),
  differences: z.array(
    z.strictObject({
      kind: z.enum(differenceKinds),
      round_id: z.string(),
      wallet_id: WalletId.meta({ description: 'The wallet whose books differ' }),
      round_status: RoundRecord.shape.status.nullable(),
      expected: z.strictObject(Transaction).nullable().meta({ description: 'What the round asks for' }),
      found: z
        .strictObject({ ...Transaction, at: Timestamp })
        .nullable()
        .meta({ description: 'What the wallet has' }),
    }),
  ),
  finding_counts: z.partialRecord(z.enum(findingKinds), z.int().min(1)),
  findings: z
    .array(
      z.strictObject({
        kind: z.enum(findingKinds),
        player_id: z.string(),
        game_code: z.string(),
        first_number: z.int().min(1),
        last_number: z.int().min(1).meta({ description: 'The same, unless several in a row are missing' }),
        round_ids: z.array(z.string()),
        files: z
          .array(z.string())
          .meta({ description: 'Files of the archive with the lines that the finding is about' }),
      }),
    )
    .meta({ description: 'What is wrong with the records themselves' }),
});

export const GamesResponse = z.strictObject({
  games: z.array(
    z.strictObject({
      game_code: GameCode,
      title: z.string(),
      enabled: z.boolean(),
      contract: z.enum(['wire', 'realtime']).meta({ description: 'wire: played in rounds' }),
      engine_hash: Sha256Hex,
      bets: z.array(z.strictObject({ currency: CurrencyCode, allowed_bets: z.array(Amount) })),
    }),
  ),
});

const DependencyState = z.strictObject({ status: z.enum(['up', 'down']), latency_ms: z.int().min(0) });
export const HealthResponse = z.strictObject({
  status: z.enum(['up', 'down']),
  dependencies: z.record(z.string(), DependencyState),
});

/**
 * RFC 9457, with a stable `code`. The request's id is in the header `X-Request-Id`, so that a repeated answer has the
 * same bytes.
 */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  retryable: z.boolean(),
  round_id: RoundId.optional(),
  next_round_number: NextRoundNumber.optional(),
  bound_to: z.strictObject({ bet_amount: Amount, currency: CurrencyCode }).optional(),
  errors: z.array(z.strictObject({ at: z.string(), message: z.string() })).optional(),
});
