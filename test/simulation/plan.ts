import type { GameCode, OperatorId, PlayerId } from '../../shared/foundation/ids.ts';
import { type MinorAmount, minorAmount } from '../../shared/money/money.ts';
import { type WalletCalls, walletCallStyles } from '../../shared/operators/operator.ts';
import type { PortCall } from './faults.ts';
import { SeededRandom } from './random.ts';
import { type WalletKind, walletKinds } from './wallet.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

/** Who plays: one player of one operator at one game. */
export interface Holder {
  readonly operatorId: OperatorId;
  readonly playerId: PlayerId;
  readonly gameCode: GameCode;
}

/** Says how a world is set up and how much goes wrong in it. */
export interface Plan {
  readonly engineVersion: number;
  /** Nobody reads what happens in it, and it is too much to keep a digest of. */
  readonly quiet: boolean;
  /** Calls pass through the product's own adapters, over transports in memory. */
  readonly adapters: boolean;
  readonly operators: readonly OperatorPlan[];
  readonly devices: readonly { readonly name: string; readonly holder: Holder }[];
  readonly spinsPerDevice: number;
  readonly firstDepositMinor: MinorAmount;
  readonly currency: string;
  /** The part of all calls of ports to which something happens. */
  readonly faultRate: number;
  /** The part of all processes whose clock is wrong. */
  readonly skewRate: number;
  /** The part of all faults, where it can be, that is a call taking effect long after its caller has given up. */
  readonly lateRate: number;
  readonly networkRate: number;
  /** The part of all requests whose sender soon stops waiting, and asks again. */
  readonly impatience: number;
  readonly replayRate: number;
  readonly redeliveryRate: number;
  readonly poisonPerThousand: number;
  /** Messages of the queue that never come. */
  readonly lossPerThousand: number;
  /** The part of all stakes without an answer whose player leaves the operator's site before they are asked for again. */
  readonly departureRate: number;
  /** The part of all spins during or after which the player leaves the operator's site. */
  readonly leaveRate: number;
  /** How far messages of the queue may overtake each other. */
  readonly reorderMs: number;
  readonly walletLatencyMs: readonly [least: number, most: number];
  /** After the start. */
  readonly upgradeAtMs: number;
  readonly sweepsAtMs: readonly number[];
  /** How long a session may last, where it is not production's day. */
  readonly sessionTtlSeconds?: number;
  /** How many batches of the recovery queue run at once, where it is not as many as in production. */
  readonly recoveryConcurrency?: number;
  /** The part of all spins during which the session is revoked. */
  readonly revocationRate: number;
  /** The operator or the game is switched off for a while. */
  readonly closures: readonly Closure[];
  /** Their logs are forged. */
  readonly victims: readonly Victim[];
  /** Nothing of the ledger's stream is delivered for as long. */
  readonly streamLag?: Interval | undefined;
}

export const forgeryKinds = [
  'a round is deleted',
  'a round is given a win',
  'an earlier state is put back',
  'a round is invented',
  'a bet is raised',
  'an expiry is planted',
] as const;

/** Somebody without the key changes a round in the table. */
export interface Forgery {
  readonly name: string;
  readonly kind: (typeof forgeryKinds)[number];
  /** After the start. */
  readonly atMs: number;
}

export interface Victim {
  readonly holder: Holder;
  readonly forgeries: readonly Forgery[];
}

/** After the start. */
export interface Interval {
  readonly name: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Closure extends Interval {
  /** It is undefined where the game is switched off. */
  readonly operatorId: OperatorId | undefined;
}

export interface OperatorPlan {
  readonly operatorId: OperatorId;
  readonly walletKind: WalletKind;
  readonly walletCalls: WalletCalls;
  readonly outages: readonly Outage[];
  /** The operator moves to another wallet, with books of its own. */
  readonly move?: WalletMove | undefined;
}

export interface WalletMove {
  readonly name: string;
  /** After the start. */
  readonly atMs: number;
  readonly walletKind: WalletKind;
  readonly walletCalls: WalletCalls;
}

export interface Outage {
  readonly name: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Calls get no answer at all, instead of an immediate one that the wallet cannot be reached. */
  readonly silent: boolean;
  /** Only credits fail; undefined: every call does. */
  readonly only?: 'wallet.credit';
}

export const START_MS = Date.parse('2026-03-01T09:00:00Z');
const FAULT_RATES = [0.01, 0.02, 0.04, 0.08, 0.15] as const;
const OUTAGE_MS = [20_000, 120_000, 900_000] as const;

/** The part of all worlds whose calls pass through the adapters. Such a world takes longer to play. */
const ADAPTERS_RATE = 1 / 8;

export function planOf(seed: string, focus?: PortCall): Plan {
  const random = new SeededRandom(`${seed}/plan`);
  const operators = Array.from({ length: random.between(1, 3) }, (_, index) =>
    operatorPlan(random, ids.operator(`operator-${index + 1}`), seed, focus),
  );
  const holders = Array.from({ length: random.between(5, 9) }, (_, index) => ({
    operatorId: random.pick(operators).operatorId,
    playerId: ids.player(`player-${index + 1}`),
    gameCode: ids.game('simulated'),
  }));
  const devices = holders.flatMap((holder) =>
    Array.from({ length: random.between(1, 2) }, (_, index) => ({
      name: `${holder.playerId}/device-${index + 1}`,
      holder,
    })),
  );
  const adapters = new SeededRandom(`${seed}/adapters`).chance(ADAPTERS_RATE);
  const victims = adapters ? [] : victimsOf(seed, operators, focus);
  return {
    engineVersion: 1,
    quiet: false,
    adapters,
    operators,
    devices: [...devices, ...victims.map(({ holder }) => ({ name: `${holder.playerId}/device-1`, holder }))],
    victims,
    spinsPerDevice: 24,
    firstDepositMinor: minorAmount(BigInt(random.between(2, 30)) * 100n),
    currency: 'EUR',
    faultRate: random.pick(FAULT_RATES),
    skewRate: random.pick([0, 0.3, 1, 1]),
    impatience: random.pick([0.05, 0.3, 0.8]),
    lateRate: random.pick([0, 0.7]),
    networkRate: random.pick([0.02, 0.1, 0.3]),
    replayRate: random.pick([0, 0.05, 0.2]),
    redeliveryRate: random.pick([0, 0.05, 0.2]),
    poisonPerThousand: focus === 'parking.park' ? 150 : random.pick([0, 0, 10]),
    lossPerThousand: random.pick([0, 0, 300]),
    // A stake that is refused after an unknown one is rare enough where players leave.
    departureRate: focus === 'wallet.debit' || focus === 'wallet.betWin' ? 0.5 : random.pick([0, 0.5]),
    // Launching after a round without an outcome is what reads back in the log.
    leaveRate: focus === 'ledger.list' ? 0.6 : random.pick([0.02, 0.4]),
    reorderMs: random.pick([0, 1_000, 30_000]),
    walletLatencyMs: random.chance(0.25) ? [400, 2_900] : [random.between(2, 20), random.between(30, 400)],
    upgradeAtMs: random.between(1, 300_000),
    sweepsAtMs: Array.from({ length: focus === 'ledger.unfinished' ? 12 : 2 }, () =>
      random.between(10_000, 200_000),
    ),
    ...disturbances(seed, operators, focus),
  };
}

const MINUTE_MS = 60_000;

/** What is closed and what lags. Drawn apart from the rest of the plan. */
function disturbances(seed: string, operators: readonly OperatorPlan[], focus?: PortCall) {
  const random = new SeededRandom(`${seed}/disturbances`);
  const interval = (name: string, longestMs: number): Interval => {
    const fromMs = random.between(1, 90_000);
    return { name, fromMs, untilMs: fromMs + random.between(1_000, longestMs) };
  };
  const closures = [undefined, ...operators.map(({ operatorId }) => operatorId)]
    .filter(() => random.chance(0.25))
    .map((operatorId) => ({
      operatorId,
      ...interval(`${operatorId ?? 'the game'} is switched off`, MINUTE_MS),
    }));
  return {
    closures,
    revocationRate: focus === 'sessions.revoke' ? 0.3 : random.pick([0, 0, 0.1]),
    streamLag: random.chance(0.3) ? interval('the stream lags', 180 * MINUTE_MS) : undefined,
    ...(random.chance(0.25) && { sessionTtlSeconds: random.between(30, 180) }),
    ...(random.chance(0.4) && { recoveryConcurrency: 2 }),
  };
}

const VICTIM = 'victim-';
const VICTIMS_RATE = 1 / 2;

/** Says whether somebody forges the rounds of a player. No other rule than those of forged logs holds for them. */
export function isVictim(playerId: string): boolean {
  return playerId.startsWith(VICTIM);
}

/** Drawn apart from the rest of the plan. */
function victimsOf(seed: string, operators: readonly OperatorPlan[], focus?: PortCall): readonly Victim[] {
  const random = new SeededRandom(`${seed}/insider`);
  const isFocus = focus === 'logs.freeze';
  if (!isFocus && !random.chance(VICTIMS_RATE)) return [];
  return Array.from({ length: isFocus ? 5 : random.between(1, 4) }, (_, index) => {
    const playerId = ids.player(`${VICTIM}${index + 1}`);
    return {
      holder: { operatorId: random.pick(operators).operatorId, playerId, gameCode: ids.game('simulated') },
      forgeries: Array.from({ length: random.between(1, 2) }, (_forgery, nth) => {
        // Only a state that was authentic once needs a consumer who judges it.
        const kind = random.chance(0.3) ? 'an earlier state is put back' : random.pick(forgeryKinds);
        return { name: `forgery ${nth + 1} of ${playerId}, ${kind}`, kind, atMs: random.between(1, 90_000) };
      }),
    };
  });
}

/** A wallet has the call that a world has an eye on, and the others one of the two by chance. */
function walletCallsFor(random: SeededRandom, focus: PortCall | undefined): WalletCalls {
  if (focus === 'wallet.betWin') return 'bet-win';
  return focus === 'wallet.debit' ? 'debit-credit' : random.pick(walletCallStyles);
}

/** Drawn apart from the rest of the plan. */
function movePlan(seed: string, operatorId: OperatorId, focus?: PortCall): WalletMove | undefined {
  const random = new SeededRandom(`${seed}/move of ${operatorId}`);
  if (!random.chance(0.5)) return undefined;
  return {
    name: `${operatorId} moves to another wallet`,
    atMs: random.between(1, 120_000),
    walletKind: random.pick(walletKinds),
    walletCalls: walletCallsFor(random, focus),
  };
}

/** When nobody plays any more, and only last rollbacks are left. */
function lateOutages(seed: string, operatorId: OperatorId): readonly Outage[] {
  const random = new SeededRandom(`${seed}/late outage of ${operatorId}`);
  if (!random.chance(0.5)) return [];
  const fromMs = START_MS + random.between(10, 16) * MINUTE_MS;
  const minutes = random.between(5, 60);
  const name = `the wallet of ${operatorId} is down later, for ${minutes} minutes`;
  return [{ name, fromMs, untilMs: fromMs + minutes * MINUTE_MS, silent: random.chance(0.7) }];
}

function operatorPlan(
  random: SeededRandom,
  operatorId: OperatorId,
  seed: string,
  focus?: PortCall,
): OperatorPlan {
  const outages = Array.from({ length: random.below(3) }, (_, index) => {
    const fromMs = START_MS + random.between(0, 120_000);
    const [untilMs, silent] = [fromMs + random.pick(OUTAGE_MS), random.chance(0.5)];
    const name = `the wallet of ${operatorId} is down, outage ${index + 1}, for ${(untilMs - fromMs) / 1000} s`;
    return { name, fromMs, untilMs, silent };
  });
  return {
    operatorId,
    walletKind: random.pick(walletKinds),
    walletCalls: walletCallsFor(random, focus),
    outages: [...outages, ...lateOutages(seed, operatorId)],
    move: movePlan(seed, operatorId, focus),
  };
}
