import type { Cipher } from '../encryption/cipher.ts';
import type { Engine } from '../engines/engines.ts';
import { ConflictError, FaultError } from '../foundation/errors.ts';
import type { PlayerId } from '../foundation/ids.ts';
import type { SeedSource } from '../foundation/random.ts';
import { type MinorAmount, NOTHING } from '../money/money.ts';
import { balanceWhereKept } from '../wallets/balance.ts';
import type { Wallet } from '../wallets/wallet.ts';
import { actionFor } from './check-request.ts';
import { CURRENCY_CHANGED } from './operator-end.ts';
import { stateLeftBy } from './opening-state.ts';
import { type Continuation, nextNumberAfter, type Round } from './round.ts';
import type { RoundOpening } from './round-opening.ts';
import { isOfTheEngine, type Stepped, stepEngine } from './step-engine.ts';

/** An action that fails by chance is no obstacle. So all of these fail, each with a seed of its own. */
const FAILING_STEPS = 16;

export interface ObstaclePorts {
  readonly seeds: SeedSource;
  readonly cipher: Cipher;
}

export interface ActiveBonus {
  /** The newest round of the log. */
  readonly newest: Round;
  readonly continuation: Continuation;
  readonly engine: Engine;
}

/** A bonus cannot go on for this reason. */
export interface BonusObstacle {
  /** It is CURRENCY_CHANGED, HORIZON_REACHED, or the code with which the engine fails. */
  readonly reason: string;
  /** The engine fails on this opening, where it is the engine that fails. */
  readonly opening: RoundOpening;
  /** The balance is in the currency of the bonus. It is nothing where the player has no account in that one. */
  readonly balanceMinor: MinorAmount;
}

/**
 * Finds why a bonus cannot go on. Either the player's account is not in its currency any more, or the engine fails at its
 * next action whatever is drawn. A horizon that is reached is such a failure: no step may leave the bonus open.
 * @param currency is the present currency of the player's account, as the operator tells it
 * @throws ConflictError BONUS_CAN_GO_ON, ACCOUNT_CURRENCY_MISMATCH; DependencyError WALLET_UNAVAILABLE;
 * EngineError ENGINE_UNAVAILABLE, TIMEOUT
 */
export async function obstacleOf(
  ports: ObstaclePorts,
  bonus: ActiveBonus,
  wallet: Pick<Wallet, 'balance'>,
  player: { readonly playerId: PlayerId; readonly currency: string },
): Promise<BonusObstacle> {
  const state = await stateLeftBy(ports.cipher, bonus.newest);
  const balanceMinor = await balanceInBonus(wallet, player, bonus.continuation);
  if (balanceMinor === undefined) {
    const opening = { state, seed: await ports.seeds.seed() };
    return { reason: CURRENCY_CHANGED, opening, balanceMinor: NOTHING };
  }
  const failing = await failingStep(ports, bonus, state);
  if (failing) return { ...failing, balanceMinor };
  throw new ConflictError('BONUS_CAN_GO_ON', 'The bonus can go on; let the player play it', {
    nextRoundNumber: nextNumberAfter(bonus.newest),
  });
}

/**
 * A wallet may keep several accounts of a player. So it is asked for both currencies, and decides.
 * @returns undefined where it keeps the player's account in the present currency, and not in that of the bonus
 */
async function balanceInBonus(
  wallet: Pick<Wallet, 'balance'>,
  { playerId, currency }: { readonly playerId: PlayerId; readonly currency: string },
  bonus: Continuation,
): Promise<MinorAmount | undefined> {
  const balanceMinor = await balanceWhereKept(wallet, { playerId, currency: bonus.currency });
  if (balanceMinor !== undefined) return balanceMinor;
  const isKept =
    currency !== bonus.currency && (await balanceWhereKept(wallet, { playerId, currency })) !== undefined;
  if (isKept) return undefined;
  throw new ConflictError(
    'ACCOUNT_CURRENCY_MISMATCH',
    `The wallet keeps no account of the player in ${currency}`,
  );
}

async function failingStep(
  { seeds }: ObstaclePorts,
  { continuation, engine }: ActiveBonus,
  state: Uint8Array,
): Promise<Pick<BonusObstacle, 'reason' | 'opening'> | undefined> {
  const action = actionFor(engine, { kind: 'bonus' });
  const round = { ...continuation, kind: 'bonus', action } as const;
  for (let tried = 1; ; tried += 1) {
    const opening = { state, seed: await seeds.seed() };
    const stepped = await stepEngine({ engine, round, opening });
    if (stepped.kind === 'stepped') return undefined;
    if (!isOfTheEngine(stepped.failure)) throw causeOf(stepped);
    if (tried === FAILING_STEPS) return { reason: reasonOf(stepped, continuation, engine), opening };
  }
}

type Failed = Extract<Stepped, { kind: 'failed' }>;

/** The limits that an engine declares are checked after its step. Only their failure has no cause. */
function reasonOf({ failure, cause }: Failed, { gameSoFar }: Continuation, engine: Engine): string {
  const isLast = gameSoFar !== undefined && gameSoFar.steps + 1 >= engine.capabilities.maxHorizon;
  return isLast && failure === 'BAD_OUTPUT' && !cause ? 'HORIZON_REACHED' : failure;
}

function causeOf({ failure, cause }: Failed): Error {
  return cause ?? new FaultError('INTERNAL_ERROR', `A step failed with ${failure}`);
}
