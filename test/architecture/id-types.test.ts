import { logHashOf } from '../../shared/rounds/round-address.ts';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  GameCode,
  OperatorId,
  PlayerId,
  RoundId,
  type RoundLog,
  SessionId,
  type TransactionId,
} from '../../shared/foundation/ids.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import type { Ledger } from '../../shared/rounds/ledger.ts';
import { transactionId } from '../../shared/rounds/transaction-id.ts';
import type { Session } from '../../shared/sessions/session.ts';
import type { Sessions } from '../../shared/sessions/sessions.ts';
import type { Wallet, WalletTransaction } from '../../shared/wallets/wallet.ts';

/*
 * The compiler checks this file: `npm run check` fails where a line that is marked as an error compiles. A change that
 * lets two ids be swapped is therefore noticed.
 */

const uuid = '3f1c2a4e-0b1d-4c5e-8f90-a1b2c3d4e5f6';

const address = '3f1c2a4e-0b1d-8c5e-8000-0001a1b2c3d4';

describe('the types of ids', () => {
  it('do not let one id stand for another one', () => {
    expectTypeOf<OperatorId>().not.toExtend<PlayerId>();
    expectTypeOf<PlayerId>().not.toExtend<OperatorId>();
    expectTypeOf<PlayerId>().not.toExtend<SessionId>();
    expectTypeOf<SessionId>().not.toExtend<RoundId>();
    expectTypeOf<RoundId>().not.toExtend<SessionId>();
    expectTypeOf<RoundId>().not.toExtend<TransactionId>();
    expectTypeOf<TransactionId>().not.toExtend<RoundId>();
    expectTypeOf<GameCode>().not.toExtend<OperatorId>();
    expectTypeOf<GameCode>().not.toExtend<PlayerId>();
  });

  it('do not let text pass as an id before a schema has checked it', () => {
    expectTypeOf<string>().not.toExtend<OperatorId>();
    expectTypeOf<string>().not.toExtend<PlayerId>();
    expectTypeOf<string>().not.toExtend<SessionId>();
    expectTypeOf<string>().not.toExtend<RoundId>();
    expectTypeOf<string>().not.toExtend<TransactionId>();
    expectTypeOf<string>().not.toExtend<GameCode>();
    expectTypeOf(OperatorId.parse('demo')).toEqualTypeOf<OperatorId>();
    expectTypeOf(PlayerId.parse('player123')).toEqualTypeOf<PlayerId>();
    expectTypeOf(SessionId.parse(uuid)).toEqualTypeOf<SessionId>();
    expectTypeOf(RoundId.parse(address)).toEqualTypeOf<RoundId>();
    expectTypeOf(GameCode.parse('happy-panda')).toEqualTypeOf<GameCode>();
  });

  it('refuse swapped ids where the product uses them', () => {
    const [operatorId, playerId, gameCode] = [ids.operator('demo'), ids.player('p'), ids.game('coin')];
    const swaps = (ledger: Ledger, sessions: Sessions, wallet: Wallet, session: Session) => {
      // @ts-expect-error a session is not found by the id of a round
      void sessions.get(ids.round(uuid));
      // @ts-expect-error a round is not found by the id of a session
      void ledger.find(session.sessionId);
      // @ts-expect-error a wallet knows players and not sessions
      void wallet.balance(session.sessionId, 'EUR');
      // @ts-expect-error a transaction is derived from a round
      transactionId(session, 'debit');
      // @ts-expect-error operator and player are swapped
      const log: RoundLog = { operatorId: playerId, playerId: operatorId, gameCode };
      const named: Pick<WalletTransaction, 'transactionId' | 'roundId'> = {
        // @ts-expect-error a round is not a transaction
        transactionId: ids.round(uuid),
        roundId: ids.round(uuid),
      };
      return { log, named };
    };
    expectTypeOf(swaps).toBeFunction();
  });

  it('leave an id the plain string that it was', () => {
    expect(RoundId.parse(address)).toBe(address);
    expect(
      logHashOf({ operatorId: ids.operator('demo'), playerId: ids.player('a'), gameCode: ids.game('b') }),
    ).toMatch(/^[0-9a-f]{19}$/);
  });
});
