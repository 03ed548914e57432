import { RgsError } from '../../shared/foundation/errors.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { violationOf } from '../../shared/rounds/judge-change.ts';
import type { Round } from '../../shared/rounds/round.ts';
import { transactionId } from '../../shared/rounds/transaction-id.ts';
import { settings } from './setting.ts';
import { logHash, type World } from './world.ts';

export interface Forgery {
  readonly name: string;
  readonly number: number;
  /** It is undefined where the round is deleted. */
  readonly image: Round | undefined;
}

/** Lists what somebody could do who can write the table, has seen all that was in it, and lacks the key. */
export function forgeriesIn({ rounds, written, nowMs }: World): Forgery[] {
  return [...rounds].flatMap(([number, stored]) => [
    { name: `round ${number} is deleted`, number, image: undefined },
    { name: `round ${number} is given a win`, number, image: withWin(stored) },
    ...distinct(written, nowMs)
      .filter((image) => image.number === number && image.mac !== stored.mac)
      .map((image) => ({
        name: `round ${number} is put back as ${image.status}/${image.epoch}`,
        number,
        image,
      })),
  ]);
}

/** Changes the table, as the product would never do. */
export async function forge(world: World, { number, image }: Forgery): Promise<void> {
  const rounds = world.ledger.stored.get(logHash);
  const before = rounds?.get(number);
  if (image) rounds?.set(number, image);
  else rounds?.delete(number);
  world.forgeries += 1;
  await see(world, before, image);
}

/** Lets a call take effect, and notes what it changes in the table. */
export async function watched<T>(world: World, effect: (world: World) => Promise<T>): Promise<T> {
  const before = new Map(world.rounds);
  try {
    return await effect(world);
  } finally {
    for (const [number, after] of world.rounds) {
      const was = before.get(number);
      if (was === after) continue;
      if (world.setting.scenario.forgeries) world.written = [...world.written, after];
      await see(world, was, after);
    }
  }
}

/** The consumer freezes a log in which anything was changed that the product does not change. */
export async function judge(world: World): Promise<void> {
  if (world.hasUnjudged && world.setting.scenario.mistake !== 'changes-not-judged')
    world.ledger.frozen.add(logHash);
  world.hasUnjudged = false;
}

/** A change of the product's own is judged to be one at any time. It need not wait for that. */
async function see(world: World, before: Round | undefined, after: Round | undefined): Promise<void> {
  if (!(await isOurs(world, before, after))) world.hasUnjudged = true;
}

async function isOurs(
  { setting, nowMs }: World,
  before: Round | undefined,
  after: Round | undefined,
): Promise<boolean> {
  try {
    for (const image of [before, after]) if (image) await setting.macs.check(image);
  } catch (error) {
    if (error instanceof RgsError) return false;
    throw error;
  }
  return violationOf({ before, after, isExpiry: false, atMs: nowMs }) === undefined;
}

function withWin(round: Round): Round {
  const { status: _, ...terms } = round;
  const winMinor = minorAmount(200n);
  const outcome = {
    payoutMillionths: 2_000_000n,
    winMinor,
    balanceBeforeMinor: minorAmount(0n),
    balanceAfterMinor: winMinor,
    bonusActive: false,
    sealedStateAfter: new Uint8Array(),
    view: '{"outcome":{},"public_state":{},"bonus_triggered":null}',
  };
  return { ...terms, status: 'COMMITTED', outcome };
}

/** Gives the last one of those states that differ in times alone. */
function distinct(written: readonly Round[], nowMs: number): readonly Round[] {
  return [...new Map(written.map((image) => [stateText(image, nowMs), image])).values()];
}

/** Tells the states that can still be put back. */
export function writtenDigest({ written, nowMs }: World): string {
  return distinct(written, nowMs)
    .map((image) => stateText(image, nowMs))
    .join();
}

/** Tells what of a round matters to those who find it. Its times matter for its lease alone. */
export function stateText(round: Round, nowMs: number): string {
  const lapsed = nowMs - round.updatedAtMs >= settings.leaseMs;
  return [nameOf(round), round.sealedOpening[0], round.status, round.epoch, round.walletId, lapsed].join(' ');
}

/** All transaction ids of a round begin with this. */
export function nameOf(round: Round): string {
  return transactionId(round, 'credit').replace(/credit$/, '');
}
