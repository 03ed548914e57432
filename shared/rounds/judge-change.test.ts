import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMacs } from '../encryption/macs.fixture.ts';
import { minorAmount, NOTHING } from '../money/money.ts';
import { violationOf } from './judge-change.ts';
import { RoundMacs } from './round-macs.ts';
import type { Round } from './round.ts';
import { type RoundEvent, transition } from './round-transitions.ts';
import { sampleIntent, sampleOutcome, signRound } from './sample-round.fixture.ts';

const macs = new RoundMacs(openMacs);
/** The sample rounds begin then. */
const startedAtMs = 1_700_000_000_000;
const atMs = startedAtMs + 100_000;

const anyEvent: fc.Arbitrary<RoundEvent> = fc
  .record({
    type: fc.constantFrom(
      'DEBIT_ACKNOWLEDGED',
      'BET_WIN_ACKNOWLEDGED',
      'DEBIT_REFUSED',
      'DEBIT_UNKNOWN',
      'ENGINE_FAILED',
      'TAKEN_OVER',
      'ABANDONED',
      'ROLLBACK_ACKNOWLEDGED',
      'CREDIT_ACKNOWLEDGED',
    ),
    wins: fc.boolean(),
    earlierAttemptUnknown: fc.boolean(),
    passedMs: fc.nat({ max: 100_000 }),
  })
  .map(({ type, wins, earlierAttemptUnknown, passedMs }) => ({
    type,
    outcome: sampleOutcome({ winMinor: minorAmount(wins ? 250n : 0n) }),
    refusal: 'LIMIT_REACHED',
    failure: 'ENGINE_TRAP',
    earlierAttemptUnknown,
    atMs: startedAtMs + passedMs,
  })) as fc.Arbitrary<RoundEvent>;

/** Makes each state that a round comes to by these events. An event that it cannot take is left out. */
async function lifeOf(intent: Round, events: readonly RoundEvent[]): Promise<Round[]> {
  const states = [await signRound(macs, intent)];
  for (const event of events) {
    try {
      states.push(await macs.sign(transition(states.at(-1)!, event)));
    } catch {
      // The round cannot have this event now.
    }
  }
  return states;
}

const judged = (before: Round | undefined, after: Round | undefined, isExpiry = false) =>
  violationOf({ before, after, isExpiry, atMs });
const life = fc.tuple(
  fc.constantFrom('debit-credit', 'bet-win').map((walletCalls) => sampleIntent({ walletCalls })),
  fc.array(anyEvent, { maxLength: 12 }),
);

describe('The judge of changes', () => {
  it('Every change of the state machine is one of our own', async () => {
    await fc.assert(
      fc.asyncProperty(life, async ([intent, events]) => {
        const states = await lifeOf(intent, events);
        expect(judged(undefined, states[0])).toBeUndefined();
        for (let index = 1; index < states.length; index += 1)
          expect(judged(states[index - 1], states[index])).toBeUndefined();
      }),
    );
  });

  it('An intent that appears long after its time is none of ours, because it has expired and was put back', async () => {
    const [intent] = await lifeOf(sampleIntent(), []);
    const begun = (passedMs: number) =>
      violationOf({ before: undefined, after: intent, isExpiry: false, atMs: startedAtMs + passedMs });
    expect(begun(15 * 60_000)).toBeUndefined();
    expect(begun(15 * 60_000 + 1)).toBe('A round was put in a state in which none begins');
  });

  it('An authentic older state that is put back over a newer one is none of ours', async () => {
    await fc.assert(
      fc.asyncProperty(life, async ([intent, events]) => {
        const states = await lifeOf(intent, events);
        for (let newer = 1; newer < states.length; newer += 1) {
          for (let older = 0; older < newer; older += 1)
            expect(judged(states[newer], states[older]), `${newer} to ${older}`).toBeTruthy();
        }
      }),
    );
  });

  it('No change of a final round is ours but its expiry', async () => {
    await fc.assert(
      fc.asyncProperty(life, anyEvent, async ([intent, events], event) => {
        const last = (await lifeOf(intent, [...events, event])).at(-1)!;
        const lost = await macs.sign({
          ...last,
          status: 'COMMITTED',
          outcome: sampleOutcome({ winMinor: NOTHING }),
        });
        expect(judged(lost, await signRound(macs, intent))).toBeTruthy();
        const won = { ...lost, status: 'CREDITED', outcome: sampleOutcome() } as const;
        expect(judged(lost, await macs.sign(won))).toBeTruthy();
      }),
    );
  });

  it.each([
    ['COMMITTED', { status: 'COMMITTED', outcome: sampleOutcome() }],
    ['CREDITED', { status: 'CREDITED', outcome: sampleOutcome() }],
    ['VOIDING', { status: 'VOIDING', reason: 'ABANDONED' }],
    ['an intent that was taken over', { status: 'INTENT', epoch: 2 }],
  ] as const)('A round with a stake that is put as %s is none of ours', async (_, state) => {
    expect(judged(undefined, await signRound<Round>(macs, { ...sampleIntent(), ...state }))).toBeTruthy();
  });

  it('A round without a stake begins with its result, and never as an intent', async () => {
    const bonus = { kind: 'bonus', stakeMinor: NOTHING } as const;
    const committed = { ...sampleIntent(bonus), status: 'COMMITTED', outcome: sampleOutcome() } as const;
    const failed = { ...sampleIntent(bonus), status: 'FAILED', failure: 'ENGINE_TRAP' } as const;
    expect(judged(undefined, await signRound(macs, committed))).toBeUndefined();
    expect(judged(undefined, await signRound(macs, failed))).toBeUndefined();
    expect(judged(undefined, await signRound(macs, sampleIntent(bonus)))).toBeTruthy();
    expect(judged(undefined, await signRound(macs, { ...committed, status: 'CREDITED' }))).toBeTruthy();
  });

  it('A round that takes the place of another one is none of ours', async () => {
    const one = await signRound(macs, sampleIntent());
    const other = await signRound(macs, sampleIntent({ sealedOpening: new Uint8Array([9]) }));
    expect(judged(one, other)).toBe('A round was replaced by another one');
  });
});

describe('The judge of expiries and deletions', () => {
  const lost = () =>
    signRound(macs, {
      ...sampleIntent(),
      status: 'COMMITTED',
      outcome: sampleOutcome({ winMinor: NOTHING }),
    });
  const expiring = async (round: Round, expiresAtMs: number) => ({
    ...round,
    expiry: await macs.signExpiry(round, expiresAtMs),
  });

  it('A final round is given its expiry once, and may lose it', async () => {
    const round = await lost();
    const expires = await expiring(round, atMs);
    expect(judged(round, round)).toBeUndefined();
    expect(judged(round, expires)).toBeUndefined();
    expect(judged(expires, expires)).toBeUndefined();
    expect(judged(expires, await expiring(round, atMs + 1_000))).toBeTruthy();
    expect(judged(expires, round)).toBeUndefined();
  });

  it('A round that is not final is given no expiry', async () => {
    const intent = await signRound(macs, sampleIntent());
    expect(judged(intent, await expiring(intent, atMs))).toBeTruthy();
    const taken = await macs.sign({ ...intent, epoch: 2 });
    expect(judged(intent, taken)).toBeUndefined();
    expect(judged(intent, await expiring(taken, atMs))).toBe('A round that moved on was given an expiry');
  });

  it('A round is deleted by the table alone, and not before its time', async () => {
    const round = await lost();
    expect(judged(await expiring(round, atMs), undefined, true)).toBeUndefined();
    expect(judged(await expiring(round, atMs), undefined)).toBeTruthy();
    expect(judged(round, undefined, true)).toBeTruthy();
  });

  it('The clock of the table may be a minute ahead', async () => {
    const round = await lost();
    expect(judged(await expiring(round, atMs + 60_000), undefined, true)).toBeUndefined();
    expect(judged(await expiring(round, atMs + 61_000), undefined, true)).toBeTruthy();
  });
});
