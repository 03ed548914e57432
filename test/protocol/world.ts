import { mainWallet } from '../../shared/operators/operator.fixture.ts';
import { MemoryLedger } from '../../shared/rounds/adapters/memory-ledger.ts';
import { logHashOf } from '../../shared/rounds/round-address.ts';
import type { Round } from '../../shared/rounds/round.ts';
import type { WalletId } from '../../shared/foundation/ids.ts';
import type { RollbackReply, WalletReply } from '../../shared/wallets/wallet.ts';
import { ModelWallet, type WalletMessage } from './model-wallet.ts';
import { log, SECOND, type Setting, startMs } from './setting.ts';

export const logHash = logHashOf(log);

/** Everything that outlives an actor: the ledger, the wallets' books, messages on their way, the time. */
export class World {
  readonly setting: Setting;
  nowMs = startMs;
  readonly ledger: MemoryLedger;
  readonly wallet: ModelWallet;
  /** Where the operator's rounds are debited once it has moved. It has books of its own. */
  readonly second: ModelWallet;
  hasMoved = false;
  /** Sent, given up by whoever sent them, and still going to arrive. */
  late: readonly WalletMessage[] = [];
  /** Every state of a round that the product has written. It is kept where somebody may put one back. */
  written: readonly Round[] = [];
  forgeries = 0;
  /** The stream's consumer has not yet seen a change that the product never makes. */
  hasUnjudged = false;
  /** A request got an answer that is not the round's. */
  wrongAnswer: string | undefined;

  constructor(
    setting: Setting,
    wallet = new ModelWallet(setting.kind),
    second = new ModelWallet(setting.kind),
  ) {
    this.setting = setting;
    this.ledger = new MemoryLedger(setting.macs);
    this.wallet = wallet;
    this.second = second;
  }

  /** Another world that is as this one is now. */
  copy(): World {
    const world = new World(this.setting, this.wallet.copy(), this.second.copy());
    const { nowMs, hasMoved, late, written, forgeries, hasUnjudged, wrongAnswer } = this;
    Object.assign(world, { nowMs, hasMoved, late, written, forgeries, hasUnjudged, wrongAnswer });
    for (const [hash, rounds] of this.ledger.stored) world.ledger.stored.set(hash, new Map(rounds));
    for (const hash of this.ledger.frozen) world.ledger.frozen.add(hash);
    return world;
  }

  /** The stored rounds by number, whether or not anybody could have made them. */
  get rounds(): ReadonlyMap<number, Round> {
    return this.ledger.stored.get(logHash) ?? new Map();
  }

  get isFrozen(): boolean {
    return this.ledger.frozen.has(logHash);
  }

  get walletId(): WalletId {
    return this.hasMoved ? SECOND : mainWallet;
  }

  get books(): readonly ModelWallet[] {
    return [this.wallet, this.second];
  }

  booksOf(walletId: WalletId): ModelWallet {
    return walletId === SECOND ? this.second : this.wallet;
  }

  endSession(): void {
    for (const books of this.books) books.sessionEnded = true;
  }

  /** It takes effect, whether or not anybody hears of it. */
  handle(message: WalletMessage): WalletReply | RollbackReply {
    return this.booksOf(message.walletId).handle(message);
  }
}
