import { ALWAYS_WINS } from './engine.ts';
import type { Plan } from './plan.ts';
import { START_MS } from './plan.ts';
import { SeededRandom } from './random.ts';
import { GAME, World } from './world.ts';

export interface WaitingTask {
  readonly seed: string;
  readonly credits: number;
}

export interface WaitingCredits {
  readonly credits: number;
  /** From the wallet's return until the last of them was paid. */
  readonly lastCreditAfterMs: number;
  readonly violation: { readonly rule: string; readonly message: string } | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const PLAYING_MS = 10 * MINUTE_MS;
/** What the customer of the product was promised. */
export const MOST_WAITING_MS = 120_000;

/**
 * A wallet that takes stakes but pays nothing, then answers nothing at all for a day; each of so many players has won once by
 * then. When it comes back, every win has to be paid once, and the last of them soon.
 */
export async function waitingCredits({ seed, credits }: WaitingTask): Promise<WaitingCredits> {
  const backAtMs = START_MS + PLAYING_MS + DAY_MS;
  const world = new World({ seed, plan: planFor(backAtMs) });
  const random = new SeededRandom(`${seed}/waiting`);
  for (let player = 1; player <= credits; player += 1)
    world.timeline.after(
      random.between(0, PLAYING_MS - 1),
      () => void spin(world, `player-${player}`, random),
    );
  // At four in the morning.
  world.timeline.after(19 * 60 * MINUTE_MS, () => void world.sweep('the daily sweep'));
  await world.timeline.run(() => world.violation !== undefined);
  const waiting = [...world.oracle.accounts.values()].length;
  if (waiting !== credits) world.fail('every player has won', `${waiting} of ${credits}`);
  world.close();
  const lastCreditAfterMs = world.oracle.lastCreditAtMs - backAtMs;
  if (lastCreditAfterMs > MOST_WAITING_MS)
    world.fail(
      'the last win is paid soon after the return of the wallet',
      `${lastCreditAfterMs / 1000} s after it`,
    );
  const { violation } = world;
  return {
    credits,
    lastCreditAfterMs,
    violation: violation && { rule: violation.rule, message: violation.message },
  };
}

async function spin(world: World, playerId: string, random: SeededRandom): Promise<void> {
  const holder = { operatorId: 'operator-1', playerId, gameCode: GAME };
  const sessionId = random.uuid();
  world.deposit(holder, 100n);
  const createdAtMs = world.timeline.nowMs;
  const session = {
    sessionId,
    ...holder,
    currency: 'EUR',
    createdAtMs,
    expiresAtMs: createdAtMs + DAY_MS,
    revokedAtMs: undefined,
  };
  await world.sessions.create(session);
  world.oracle.launched(session);
  await world.api.request({
    route: 'spin',
    name: playerId,
    path: { gameCode: GAME },
    headers: { 'Idempotency-Key': playerId },
    body: { session_id: sessionId, bet_amount: '1.00' },
  });
}

function planFor(backAtMs: number): Plan {
  const [silent, untilMs] = [true, backAtMs];
  return {
    engineVersion: ALWAYS_WINS,
    quiet: true,
    operators: [
      {
        operatorId: 'operator-1',
        walletKind: 'keeps-the-contract',
        walletCalls: 'debit-credit',
        outages: [
          { name: 'the wallet pays nothing', fromMs: START_MS, untilMs, silent, only: 'wallet.credit' },
          {
            name: 'the wallet is down for a day',
            fromMs: START_MS + PLAYING_MS + MINUTE_MS,
            untilMs,
            silent,
          },
        ],
      },
    ],
    devices: [],
    spinsPerDevice: 0,
    firstDepositMinor: 0n,
    currency: 'EUR',
    faultRate: 0,
    skewRate: 0,
    lateRate: 0,
    networkRate: 0,
    impatience: 0,
    replayRate: 0,
    redeliveryRate: 0,
    poisonPerThousand: 0,
    lossPerThousand: 0,
    departureRate: 0,
    leaveRate: 0,
    reorderMs: 1_000,
    // From the answer of a quick wallet to that of a slow one.
    walletLatencyMs: [20, 250],
    upgradeAtMs: DAY_MS,
    sweepsAtMs: [],
  };
}
