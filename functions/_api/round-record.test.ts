import { expect, it } from 'vitest';
import { sampleIntent, sampleOutcome } from '../../shared/rounds/sample-round.fixture.ts';
import { roundRecord } from './round-record.ts';

const endedFor = (reason: string, action = 'operator/end') =>
  roundRecord({
    ...sampleIntent({ kind: 'bonus', action }),
    status: 'COMMITTED',
    outcome: sampleOutcome({
      view: JSON.stringify({
        outcome: { ended_by: 'operator', reason },
        public_state: {},
        bonus_triggered: null,
      }),
    }),
  });

it('The record of a bonus that was ended for its currency tells no balance, because the player has no such account', () => {
  expect(endedFor('CURRENCY_CHANGED')).toMatchObject({
    currency: 'EUR',
    win: '2.50',
    balance_before: null,
    balance_after: null,
  });
});

it('The record of any other round with an outcome tells its balances', () => {
  for (const record of [endedFor('ENGINE_TRAP'), endedFor('CURRENCY_CHANGED', 'free_spin')])
    expect(record).toMatchObject({
      balance_before: expect.any(String),
      balance_after: expect.any(String),
    });
});
