import type { Macs } from '../encryption/macs.ts';
import { type Authenticated, macMessage } from '../encryption/mac-message.ts';
import type { RoundReference } from './ledger.ts';
import type { NewRound, NewTerms, Round, RoundExpiry } from './round.ts';

/** A stored round, before anybody has checked its MAC. */
export type UncheckedRound = Round extends infer R ? (R extends Round ? Omit<R, 'intentMac'> : never) : never;

/** Every term is named here, so that none is left out. */
// Stryker disable BooleanLiteral: Only the names count.
const terms: Readonly<Record<keyof NewTerms, true>> = {
  log: true,
  number: true,
  roundId: true,
  sessionId: true,
  kind: true,
  action: true,
  currency: true,
  baseBetMinor: true,
  stakeMinor: true,
  walletId: true,
  walletCalls: true,
  engineHash: true,
  gameSoFar: true,
  sealedOpening: true,
  idempotency: true,
  startedAtMs: true,
  previousIntentMac: true,
};
// Stryker restore BooleanLiteral
const termNames = Object.keys(terms) as (keyof NewTerms)[];

/**
 * Makes and checks the two MACs of rounds. The intent's MAC covers the terms; the next intent of the log and the wallet's
 * transactions name it. The round's MAC covers the intent's MAC and the present state.
 */
export class RoundMacs {
  readonly #macs: Macs;

  constructor(macs: Macs) {
    this.#macs = macs;
  }

  async signNew(round: NewRound): Promise<Round> {
    const intentMac = await this.#macs.make(placeOf('intent', round), termsMessage(round));
    return this.sign({ ...round, intentMac, mac: new Uint8Array() });
  }

  /** Makes the MAC of a round's next state. The round still carries the one of the state before. */
  async sign(round: Round): Promise<Round> {
    const mac = await this.#macs.make(placeOf('round', round), stateMessage(round));
    return { ...round, mac };
  }

  /** Makes the expiry of a round. The next month's key is made early where it expires then. */
  async signExpiry(reference: RoundReference, expiresAtMs: number): Promise<RoundExpiry> {
    const place = expiryPlaceOf(reference, expiresAtMs);
    return { expiresAtMs, mac: await this.#macs.make(place, macMessage(expiresAtMs)) };
  }

  /** @throws FaultError CORRUPT_RECORD where anything of the round is not what was written, its expiry included */
  async check(stored: UncheckedRound): Promise<Round> {
    const intentMac = await this.#macs.remake(placeOf('intent', stored), termsMessage(stored));
    const round = { ...stored, intentMac };
    await this.#macs.check(placeOf('round', round), stateMessage(round), stored.mac);
    if (stored.expiry) {
      const { expiresAtMs, mac } = stored.expiry;
      await this.#macs.check(expiryPlaceOf(round, expiresAtMs), macMessage(expiresAtMs), mac);
    }
    return round;
  }
}

function placeOf(what: 'intent' | 'round', { log, number, roundId, startedAtMs }: NewTerms) {
  const { operatorId, playerId, gameCode } = log;
  return { atMs: startedAtMs, context: [what, operatorId, playerId, gameCode, number, roundId].join('#') };
}

function expiryPlaceOf({ log, number }: RoundReference, expiresAtMs: number) {
  const { operatorId, playerId, gameCode } = log;
  return { atMs: expiresAtMs, context: ['expiry', operatorId, playerId, gameCode, number].join('#') };
}

function termsMessage(round: NewTerms): Uint8Array {
  return macMessage(Object.fromEntries(termNames.map((name) => [name, round[name]])) as Authenticated);
}

function stateMessage(round: Omit<Round, 'mac'>): Uint8Array {
  const { intentMac, epoch, updatedAtMs } = round;
  return macMessage([intentMac, epoch, updatedAtMs, ...resultOf(round as Round)]);
}

function resultOf(round: Round): Authenticated[] {
  switch (round.status) {
    case 'INTENT':
      return [round.status];
    case 'COMMITTED':
    case 'CREDITED':
      return [round.status, { ...round.outcome }];
    case 'REJECTED':
      return [round.status, round.refusal];
    case 'FAILED':
      return [round.status, round.failure];
    case 'VOIDING':
    case 'VOIDED':
      return [round.status, round.reason];
  }
}
