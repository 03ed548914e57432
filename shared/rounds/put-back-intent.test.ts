import { beforeEach, describe, expect, it } from 'vitest';
import { playRound } from './play-round.ts';
import { recoverRound } from './recover-round.ts';
import { logHashOf } from './round-address.ts';
import type { Round } from './round.ts';
import { codeOf, coinStep, log, RoundsFixture, settings } from './rounds.fixture.ts';

let table: RoundsFixture;
const play = () => playRound(table.ports(), settings, table.spin());
const callNames = () => table.calls.map(({ call }) => call);

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
  table.step = (state) => coinStep(state, 0n);
});

/** Plays a round that loses, and puts its intent back when the lease is over. */
async function putBackTheIntent(): Promise<void> {
  const intents: Round[] = [];
  const ports = table.ports();
  const append: typeof ports.ledger.append = async (round) => {
    const result = await table.ledger.append(round);
    if (result.appended) intents.push(result.round);
    return result;
  };
  await playRound({ ...ports, ledger: { ...ports.ledger, append } }, settings, table.spin());
  for (const intent of intents) table.ledger.stored.get(logHashOf(log))?.set(1, intent);
  table.nowMs += settings.leaseMs;
}

/** The stream's consumer has seen the change. */
const freeze = () => table.ledger.frozen.add(logHashOf(log));

describe('The intent of a lost round that somebody put back', () => {
  it('No stake is rolled back where a repeated request meets the intent of a lost round, and the wallet refuses', async () => {
    await putBackTheIntent();
    table.replies.debit.push({ kind: 'refused', code: 'WALLET_REFUSED' });
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    freeze();
    await table.recoverUntil(table.nowMs + 60_000);
    expect(callNames()).toEqual(['debit', 'debit']);
  });

  it('No stake is rolled back where recovery meets the intent of a lost round', async () => {
    await putBackTheIntent();
    const metAtMs = table.nowMs;
    await recoverRound(table.ports(), settings, { log, number: 1, purpose: 'finish', attempt: 0 });
    await table.recoverUntil(metAtMs + 4_999);
    expect(callNames()).toEqual(['debit']);
    freeze();
    await table.recoverUntil(metAtMs + 60_000);
    expect(callNames()).toEqual(['debit']);
  });

  it('No stake is rolled back where somebody deletes the freeze, too, and asks at once', async () => {
    await putBackTheIntent();
    table.replies.debit.push({ kind: 'refused', code: 'WALLET_REFUSED' });
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    table.nowMs += 60_000;
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    expect(callNames()).toEqual(['debit', 'debit']);
  });
});
