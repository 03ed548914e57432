import { beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../foundation/errors.ts';
import { ids } from '../foundation/ids.fixture.ts';
import { minorAmount } from '../money/money.ts';
import type { WalletReply } from '../wallets/wallet.ts';
import { assertWinFollows } from './assert-win.ts';
import { accountedRound } from './accounted-round.ts';
import { type EndBonusPorts, endBonus } from './end-bonus.ts';
import { violationOf } from './judge-change.ts';
import { playRound } from './play-round.ts';
import { isReplayable } from './replay-round.ts';
import type { Round } from './round.ts';
import { logHashOf } from './round-address.ts';
import { unsealStateAfter } from './round-opening.ts';
import {
  codeOf,
  coinStep,
  log,
  operatorKey,
  otherOperatorKey,
  RoundsFixture,
  settings,
} from './rounds.fixture.ts';

const trap = () => {
  throw new EngineError('ENGINE_TRAP', 'The engine trapped');
};
const elsewhere: WalletReply = { kind: 'unknown', reason: 'WRONG_CURRENCY' };
const kept: WalletReply = { kind: 'acknowledged', balanceMinor: minorAmount(500n) };

let table: RoundsFixture;

/** A spin at 1.00 EUR has won a bonus, on whose state the engine traps. */
beforeEach(async () => {
  table = new RoundsFixture();
  table.game = { ...table.game, bonusEndMillionths: 12_500_000n };
  await table.open();
  table.step = (state) => coinStep(state, 0n, true);
  await spin('first');
  table.step = trap;
  for (const list of [table.calls, table.calledAt, table.counted]) list.length = 0;
});

const spin = (idempotencyKey: string) => playRound(table.ports(), settings, table.spin({ idempotencyKey }));
const bonus = (idempotencyKey: string) =>
  playRound(table.ports(), settings, table.spin({ kind: 'bonus', betAmount: undefined, idempotencyKey }));
const end = (request: { currency?: string; operatorKey?: string | undefined } = {}, ports = table.ports()) =>
  endBonus(ports, settings, { ...log, operatorKey, currency: 'EUR', ...request });
const head = async () => (await table.ledger.head(log)) as Round;
const credits = () => table.calls.filter(({ call }) => call === 'credit');

/** A refusal leaves the bonus as it is. */
async function expectRefusal(code: string, ended = end()): Promise<void> {
  const before = await head();
  expect(await codeOf(ended)).toBe(code);
  expect(await head()).toEqual(before);
  expect(table.calls).toEqual([]);
}

describe('A bonus that cannot go on', () => {
  it('A bonus on whose state the engine traps is ended, and pays what the game declares', async () => {
    expect(await codeOf(bonus('fails'))).toBe('ROUND_FAILED');
    expect(await end()).toMatchObject({
      win: '12.50',
      balance: '111.50',
      currency: 'EUR',
      winPending: false,
      bonusActive: false,
      outcome: { ended_by: 'operator', reason: 'ENGINE_TRAP' },
      publicState: { steps: 1 },
      bonusTriggered: null,
      nextRoundNumber: 4,
    });
    expect(table.balanceMinor).toBe(11_150n);
    expect(credits()).toMatchObject([{ transaction: { amountMinor: 1_250n, currency: 'EUR' } }]);
  });

  it('A bonus that is ended leaves one log line with the operator, the round, the reason and both currencies', async () => {
    const told: unknown[] = [];
    const ports = table.ports();
    const warn = (message: string, fields: object) => void told.push([message, fields]);
    const telling = { ...ports, telemetry: { ...ports.telemetry, warn } };
    table.replies.balance.push(elsewhere, kept);
    const { roundId } = await end({ currency: 'USD' }, telling);
    await end({ currency: 'USD' }, telling);
    const line = { ...log, roundId, currency: 'EUR', accountCurrency: 'USD', reason: 'CURRENCY_CHANGED' };
    expect(told).toEqual([['An operator has ended a bonus', line]]);
  });

  it('A forfeit bonus is ended without a win', async () => {
    table.game = { ...table.game, bonusEndMillionths: 0n };
    expect(await end()).toMatchObject({ win: '0.00', balance: '99.00', bonusActive: false });
    expect(table.calls).toEqual([]);
  });

  it('A bonus that has paid nearly all that its engine declares is paid the rest', async () => {
    table.step = (state) => coinStep(state, 40_000_000n, true);
    await bonus('large');
    table.step = trap;
    expect(await end()).toMatchObject({ win: '10.00', bonusActive: false });
    await assertWinFollows(table.ports().engineVersion, await head());
  });

  it('A bonus whose horizon is reached is ended', async () => {
    table.step = (state) => coinStep(state, 0n, true);
    for (let step = 2; step < 10; step += 1) await bonus(`step ${step}`);
    expect(await codeOf(bonus('one too many'))).toBe('ROUND_FAILED');
    expect(await end()).toMatchObject({ outcome: { reason: 'HORIZON_REACHED' }, bonusActive: false });
  });

  it.each([
    ['names another currency', elsewhere],
    ['refuses the currency', { kind: 'refused', code: 'WALLET_REFUSED' }],
  ] as const)(
    'A bonus is ended where the wallet keeps the account in another currency: it %s',
    async (_, reply) => {
      table.step = (state) => coinStep(state, 0n);
      table.replies.balance.push(reply, kept);
      expect(await end({ currency: 'USD' })).toMatchObject({
        outcome: { reason: 'CURRENCY_CHANGED' },
        win: '12.50',
        currency: 'EUR',
        balance: null,
      });
      expect(await end({ currency: 'USD' })).toMatchObject({ currency: 'EUR', balance: null });
      expect(await head()).toMatchObject({ currency: 'EUR', outcome: { balanceBeforeMinor: 0n } });
      expect(credits()).toMatchObject([{ transaction: { currency: 'EUR' } }]);
    },
  );

  it('A credit that the wallet refuses is owed, and the log is free all the same', async () => {
    table.replies.balance.push(elsewhere, kept);
    table.replies.credit.push({ kind: 'refused', code: 'WALLET_REFUSED' });
    expect(await end({ currency: 'USD' })).toMatchObject({ winPending: true });
    expect(await head()).toMatchObject({ status: 'COMMITTED' });
    expect(table.recovery.nextDueAtMs).toBeDefined();
    table.step = (state) => coinStep(state, 0n);
    expect(await spin('next')).toMatchObject({ nextRoundNumber: 4 });
  });
});

describe('The round in which an operator ends a bonus', () => {
  it('The end is one round without a stake, which everything that reads rounds accepts', async () => {
    await end();
    const round = await head();
    expect(round).toMatchObject({
      number: 2,
      kind: 'bonus',
      action: 'operator/end',
      stakeMinor: 0n,
      baseBetMinor: 100n,
      status: 'CREDITED',
      epoch: 1,
    });
    if (!('outcome' in round)) throw new Error('The round has no outcome');
    await assertWinFollows(table.ports().engineVersion, round);
    expect(accountedRound(round)).toMatchObject({ stake: undefined, win: { amountMinor: 1_250n } });
    expect(isReplayable(round)).toBe(false);
    const put = { ...round, status: 'COMMITTED' } as const;
    expect(
      violationOf({ before: undefined, after: put, isExpiry: false, atMs: table.nowMs }),
    ).toBeUndefined();
    expect([...(await unsealStateAfter(table.ports().cipher, round))]).toEqual([1]);
  });

  it('The next round is a spin, which starts from the first state at any bet', async () => {
    await end();
    table.step = (state) => coinStep(state, 0n);
    const spun = playRound(
      table.ports(),
      settings,
      table.spin({ idempotencyKey: 'next', betAmount: '2.00' }),
    );
    expect(await spun).toMatchObject({ publicState: { steps: 2 }, bonusActive: false });
    expect(await codeOf(bonus('none'))).toBe('NO_ACTIVE_BONUS');
  });

  it('A repeated request gets the same answer and pays once', async () => {
    const first = await end();
    expect(await end()).toEqual(first);
    expect(await head()).toMatchObject({ number: 2 });
    expect(table.balanceMinor).toBe(11_150n);
    expect(credits()).toHaveLength(1);
  });

  it('A repeated request sends a credit again whose reply was lost, under the same transaction id', async () => {
    table.replies.credit.push({ kind: 'unknown', reason: 'TIMEOUT' });
    const { winPending, ...answer } = await end();
    expect(winPending).toBe(true);
    expect(await end()).toEqual({ ...answer, winPending: false });
    const [first, second] = credits();
    expect(second).toEqual(first);
    expect(await head()).toMatchObject({ number: 2, status: 'CREDITED' });
  });

  it('Two requests at the same time make one round and get one answer', async () => {
    const [one, other] = await Promise.all([end(), end()]);
    expect(other.roundId).toBe(one.roundId);
    expect(await head()).toMatchObject({ number: 2, status: 'CREDITED' });
    const named = credits().map(({ transaction }) => transaction.transactionId);
    expect(new Set(named).size).toBe(1);
  });

  it('A round that the player made meanwhile stays, and nothing is paid', async () => {
    const ports = table.ports();
    const append: EndBonusPorts['ledger']['append'] = async (round) => {
      await codeOf(bonus('meanwhile'));
      return table.ledger.append(round);
    };
    expect(await codeOf(end({}, { ...ports, ledger: { ...ports.ledger, append } }))).toBe('ROUND_IN_FLIGHT');
    expect(await head()).toMatchObject({ number: 2, action: 'free_spin', status: 'FAILED' });
    expect(table.calls).toEqual([]);
  });
});

describe('A bonus that is not ended', () => {
  it('A bonus that can go on is not ended', async () => {
    table.step = (state) => coinStep(state, 0n);
    await expectRefusal('BONUS_CAN_GO_ON');
  });

  it('A bonus whose action fails by chance is not ended', async () => {
    let steps = 0;
    table.step = (state) => {
      steps += 1;
      return steps % 16 === 0 ? coinStep(state, 0n) : trap();
    };
    await expectRefusal('BONUS_CAN_GO_ON');
  });

  it('A bonus that may end at its horizon is not ended', async () => {
    table.step = (state) => coinStep(state, 0n, true);
    for (let step = 2; step < 10; step += 1) await bonus(`step ${step}`);
    table.step = (state) => coinStep(state, 0n);
    table.calls.length = 0;
    await expectRefusal('BONUS_CAN_GO_ON');
  });

  it.each(['ENGINE_UNAVAILABLE', 'TIMEOUT'] as const)(
    'An engine that does not answer is no reason to end a bonus: %s',
    async (code) => {
      table.step = () => {
        throw new EngineError(code, 'It did not answer');
      };
      await expectRefusal(code);
    },
  );

  it('An engine that cannot be loaded is no reason to end a bonus', async () => {
    const engines = { load: () => Promise.reject(new EngineError('ENGINE_UNAVAILABLE', 'It is not there')) };
    await expectRefusal('ENGINE_UNAVAILABLE', end({}, { ...table.ports(), engines }));
  });

  it('A bonus can go on where the wallet keeps an account in its currency too', async () => {
    table.step = (state) => coinStep(state, 0n);
    await expectRefusal('BONUS_CAN_GO_ON', end({ currency: 'USD' }));
  });

  it.each([
    ['the currency of the bonus', 'EUR', [elsewhere]],
    ['another one', 'USD', [elsewhere, elsewhere]],
  ])('A currency that the wallet does not keep is refused: %s', async (_, currency, replies) => {
    table.replies.balance.push(...replies);
    await expectRefusal('ACCOUNT_CURRENCY_MISMATCH', end({ currency }));
  });

  it.each([
    ['at the first', [{ kind: 'unknown', reason: 'TIMEOUT' }]],
    ['at the second', [elsewhere, { kind: 'unknown', reason: 'TIMEOUT' }]],
  ] as const)('A wallet that does not tell its balance %s call ends nothing', async (_, replies) => {
    table.replies.balance.push(...replies);
    await expectRefusal('WALLET_UNAVAILABLE', end({ currency: 'USD' }));
  });

  it.each([
    ['without a key', undefined, 'MISSING_CREDENTIALS'],
    ['with a key that nobody has', 'unknown', 'INVALID_OPERATOR_KEY'],
    ['with the key of another operator', otherOperatorKey, 'NO_ACTIVE_BONUS'],
  ])('A request %s ends nothing', async (_, key, code) => {
    await expectRefusal(code, end({ operatorKey: key }));
  });

  it('A currency that does not exist is refused', () =>
    expectRefusal('UNKNOWN_CURRENCY', end({ currency: 'XXQ' })));

  it('A player without an active bonus has none to be ended', async () => {
    table.step = (state) => coinStep(state, 0n);
    await bonus('last');
    await expectRefusal('NO_ACTIVE_BONUS');
    const nobody = { ...log, playerId: ids.player('nobody'), operatorKey, currency: 'EUR' };
    expect(await codeOf(endBonus(table.ports(), settings, nobody))).toBe('NO_ACTIVE_BONUS');
  });

  it('A spin that a dead process left in flight is refused, and its recovery is queued at once', async () => {
    table.step = (state) => coinStep(state, 0n);
    await bonus('last');
    table.step = () => Promise.reject(new Error('the process died'));
    await expect(spin('dies')).rejects.toThrow('died');
    expect(await codeOf(end())).toBe('ROUND_IN_FLIGHT');
    expect(table.recovery.takeDue()).toEqual([]);
    table.nowMs += settings.leaseMs;
    expect(await codeOf(end())).toBe('ROUND_IN_FLIGHT');
    await table.recoverAll();
    expect(await head()).toMatchObject({ number: 3, status: 'VOIDED' });
  });

  it('A frozen log is left alone', async () => {
    table.ledger.frozen.add(logHashOf(log));
    expect(await codeOf(end())).toBe('LOG_FROZEN');
    expect(table.calls).toEqual([]);
  });
});
