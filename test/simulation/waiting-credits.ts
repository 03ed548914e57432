import { type StageSettings, stageSettings } from '../../infra/stages.ts';
import type { OperatorId, PlayerId } from '../../shared/foundation/ids.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { ALWAYS_WINS } from './engine.ts';
import { type Holder, type OperatorPlan, type Outage, type Plan, START_MS } from './plan.ts';
import { SeededRandom } from './random.ts';
import { GAME, World } from './world.ts';

export interface WaitingTask {
  readonly seed: string;
  readonly credits: number;
  /** Instead of a day. */
  readonly downMs?: number;
  /** Instead of production's: with fewer functions at work, fewer wins make them late. */
  readonly recoveryConcurrency?: number;
}

export interface WaitingCredits {
  readonly credits: number;
  /** From the wallet's return until the last of them was paid. */
  readonly lastCreditAfterMs: number;
  readonly neighbours: number;
  /** The same of another operator's wins, while the wallet of the first one is still down. */
  readonly lastNeighbourAfterMs: number;
  readonly violation: { readonly rule: string; readonly message: string } | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const PLAYING_MS = 10 * MINUTE_MS;
const NEIGHBOURS = 50;
/** The customer of the product was promised this. */
export const MOST_WAITING_MS = 120_000;

/** When the wallet of the many is there again, and when that of their neighbours pays nothing and then pays again. */
interface Times {
  readonly backAtMs: number;
  readonly neighboursDownAtMs: number;
  readonly neighboursBackAtMs: number;
}

/**
 * Plays with a wallet that takes stakes but pays nothing, and then answers nothing at all for a day. Each of so many players
 * has won once by then. When it comes back, every win has to be paid once, and the last of them soon. Shortly before that, a
 * neighbour's wallet pays nothing for a minute. Those wins have to be paid as soon after it, whoever else is waiting.
 */
export async function waitingCredits(task: WaitingTask): Promise<WaitingCredits> {
  const { seed, credits, downMs = DAY_MS } = task;
  const times = timesOf(START_MS + PLAYING_MS + downMs);
  const world = new World({ seed, plan: planFor(times), settings: settingsOf(task) });
  const random = new SeededRandom(`${seed}/waiting`);
  const plays = (operatorId: OperatorId, playerId: PlayerId, fromMs: number, forMs: number) =>
    world.timeline.after(
      random.between(fromMs, fromMs + forMs - 1),
      () => void spin(world, { operatorId, playerId, gameCode: GAME }, random),
    );
  for (let player = 1; player <= credits; player += 1)
    plays(ids.operator('operator-1'), ids.player(`player-${player}`), 0, PLAYING_MS);
  for (let player = 1; player <= NEIGHBOURS; player += 1)
    plays(
      ids.operator('operator-2'),
      ids.player(`neighbour-${player}`),
      times.neighboursDownAtMs - START_MS,
      MINUTE_MS / 2,
    );
  // At four in the morning.
  world.timeline.after(19 * 60 * MINUTE_MS, () => void world.sweep('the daily sweep'));
  await world.timeline.run(() => world.violation !== undefined);
  const won = world.oracle.accounts.size;
  if (won !== credits + NEIGHBOURS) world.fail('every player has won', `${won} of ${credits + NEIGHBOURS}`);
  world.close();
  const rung = world.oracle.rules.alarms.rung.get('CreditPendingLong') ?? 0;
  if (rung === 0 || rung > credits)
    world.fail('the alarm of a round that is owed for long rings once', `${rung} of ${credits} rang`);
  const lastCreditAfterMs = lastAfter(world, 'operator-1', times.backAtMs);
  const lastNeighbourAfterMs = lastAfter(world, 'operator-2', times.neighboursBackAtMs);
  const { violation } = world;
  return {
    credits,
    lastCreditAfterMs,
    neighbours: NEIGHBOURS,
    lastNeighbourAfterMs,
    violation: violation && { rule: violation.rule, message: violation.message },
  };
}

function timesOf(backAtMs: number): Times {
  const neighboursDownAtMs = backAtMs - 15 * MINUTE_MS;
  return { backAtMs, neighboursDownAtMs, neighboursBackAtMs: neighboursDownAtMs + MINUTE_MS };
}

function settingsOf({ recoveryConcurrency }: WaitingTask): StageSettings {
  const settings = stageSettings('prod');
  return { ...settings, recoveryConcurrency: recoveryConcurrency ?? settings.recoveryConcurrency };
}

function lastAfter(world: World, operatorId: string, backAtMs: number): number {
  const afterMs = (world.oracle.lastCreditAtMs.get(operatorId) ?? Number.NaN) - backAtMs;
  if (!(afterMs <= MOST_WAITING_MS))
    world.fail(
      'the last win is paid soon after the return of the wallet',
      `${operatorId}: ${afterMs / 1000} s after it`,
    );
  return afterMs;
}

async function spin(world: World, holder: Holder, random: SeededRandom): Promise<void> {
  const { operatorId, playerId } = holder;
  const sessionId = ids.session(random.uuid());
  world.deposit(holder, minorAmount(100n));
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
  world.oracle.rules.closures.launched(session);
  await world.api.request({
    route: 'spin',
    name: `${operatorId} ${playerId}`,
    path: { gameCode: GAME },
    headers: { 'Idempotency-Key': playerId },
    body: { session_id: sessionId, bet_amount: '1.00' },
  });
}

function operator(operatorId: OperatorId, outages: readonly Outage[]): OperatorPlan {
  return { operatorId, walletKind: 'keeps-the-contract', walletCalls: 'debit-credit', outages };
}

function planFor({ backAtMs, neighboursDownAtMs, neighboursBackAtMs }: Times): Plan {
  const down = { untilMs: backAtMs, silent: true };
  return {
    engineVersion: ALWAYS_WINS,
    quiet: true,
    adapters: false,
    operators: [
      operator(ids.operator('operator-1'), [
        { name: 'the wallet pays nothing', fromMs: START_MS, only: 'wallet.credit', ...down },
        { name: 'the wallet is down for long', fromMs: START_MS + PLAYING_MS + MINUTE_MS, ...down },
      ]),
      operator(ids.operator('operator-2'), [
        {
          name: "the neighbours' wallet pays nothing",
          fromMs: neighboursDownAtMs,
          untilMs: neighboursBackAtMs,
          silent: false,
          only: 'wallet.credit',
        },
      ]),
    ],
    devices: [],
    spinsPerDevice: 0,
    firstDepositMinor: minorAmount(0n),
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
    revocationRate: 0,
    closures: [],
    victims: [],
  };
}
