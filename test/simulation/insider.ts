import { NOTHING, minorAmount } from '../../shared/money/money.ts';
import { logHashOf, roundIdOf } from '../../shared/rounds/round-address.ts';
import type { Round } from '../../shared/rounds/round.ts';
import type { Device } from './device.ts';
import { keptAsItem, tellStream } from './ledger-port.ts';
import { type Forgery, isVictim, type Victim } from './plan.ts';
import { SeededRandom } from './random.ts';
import { name, sameBytes } from './recompute.ts';
import type { WorldView } from './world-view.ts';

/** Somebody who can read and write the ledger's table, has kept all that was ever in it, and lacks the key. */
export class Insider {
  readonly #world: WorldView;
  /** The states of the victims' rounds, by log and number. */
  readonly #kept = new Map<string, Round[]>();

  constructor(world: WorldView) {
    this.#world = world;
  }

  saw(round: Round): void {
    if (!isVictim(round.log.playerId)) return;
    const kept = this.#kept.get(name(round)) ?? [];
    kept.push(round);
    this.#kept.set(name(round), kept);
  }

  /**
   * Changes one round of a victim in the table. Nothing happens where there is none, or nothing to put in its place. The
   * player then asks for it again, before the consumer may have judged the change.
   */
  forge({ holder }: Victim, { name: what, kind }: Forgery, player: Device): void {
    const { ledger, timeline, oracle, decisions, seed } = this.#world;
    const random = new SeededRandom(`${seed}/${what}`);
    const rounds = ledger.stored.get(logHashOf(holder)) ?? new Map<number, Round>();
    const numbers = [...rounds.keys()].toSorted((one, other) => other - one);
    const number = random.chance(0.5) ? numbers[0] : numbers[random.below(Math.max(1, numbers.length))];
    const present = number === undefined ? undefined : rounds.get(number);
    if (!present || !decisions.take(what)) return;
    const forged = this.#forged(kind, present, random);
    if (forged === 'nothing') return;
    this.#world.note(() => `${what}, which is ${present.status}: round ${name(present)}`);
    player.asksAgain(present.number, random.between(1, 800));
    const place = forged?.number ?? present.number;
    const record = tellStream(this.#world, rounds.get(place), forged);
    if (forged) rounds.set(place, forged);
    else rounds.delete(place);
    oracle.rules.forged.forged({ log: holder, kind, record, forged, nowMs: timeline.nowMs });
  }

  /** @returns what is put in the place of the round; undefined where it is deleted */
  #forged(kind: Forgery['kind'], present: Round, random: SeededRandom): Round | undefined | 'nothing' {
    switch (kind) {
      case 'a round is deleted':
        return undefined;
      case 'a round is given a win':
        return keptAsItem(withWin(present));
      case 'an earlier state is put back': {
        const earlier = (this.#kept.get(name(present)) ?? []).filter(
          ({ mac }) => !sameBytes(mac, present.mac),
        );
        return earlier.length === 0 ? 'nothing' : random.pick(earlier);
      }
      case 'a round is invented':
        return keptAsItem(withWin(afterwards(present)));
      case 'a bet is raised':
        return keptAsItem({ ...present, baseBetMinor: minorAmount(present.baseBetMinor * 1_000n) });
      case 'an expiry is planted': {
        const expiresAtMs = (Math.floor(this.#world.timeline.nowMs / 1_000) + 60) * 1_000;
        return keptAsItem({ ...present, expiry: { expiresAtMs, mac: new Uint8Array(16) } });
      }
    }
  }
}

function afterwards(round: Round): Round {
  const number = round.number + 1;
  return { ...round, number, roundId: roundIdOf(round.log, number, round.startedAtMs) };
}

function withWin(round: Round): Round {
  const { status: _, ...terms } = round;
  const winMinor = minorAmount(9_999n);
  const outcome = {
    payoutMillionths: 99_990_000n,
    winMinor,
    balanceBeforeMinor: NOTHING,
    balanceAfterMinor: winMinor,
    bonusActive: false,
    sealedStateAfter: 'outcome' in round ? round.outcome.sealedStateAfter : round.sealedOpening,
    view: '{"outcome":{},"public_state":{},"bonus_triggered":null}',
  };
  return { ...terms, status: 'COMMITTED', outcome };
}
