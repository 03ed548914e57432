import { LRUCache } from 'lru-cache';
import type { Macs } from '../../shared/encryption/macs.ts';
import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import type { Clock } from '../../shared/foundation/clock.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { mainWallet, movedTo, sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { MemoryLedger } from '../../shared/rounds/adapters/memory-ledger.ts';
import { MemoryRecoveryMarks } from '../../shared/rounds/adapters/memory-recovery-marks.ts';
import { MemorySessions } from '../../shared/sessions/adapters/memory-sessions.ts';
import { JUDGED_AFTER_MS } from '../../shared/rounds/rollback.ts';
import type { Round } from '../../shared/rounds/round.ts';
import type { Engine } from '../../shared/engines/engines.ts';
import type { RecoveryRequest } from '../../shared/rounds/recovery-queue.ts';
import type { RecoveryPorts } from '../../shared/rounds/recover-round.ts';
import type { PlayPorts } from '../../shared/rounds/play-round.ts';
import type { Ledger } from '../../shared/rounds/ledger.ts';
import type { WalletId } from '../../shared/foundation/ids.ts';
import type { RollbackReply, Wallet, WalletReply } from '../../shared/wallets/wallet.ts';
import { ModelWallet, type WalletKind, type WalletMessage } from './model-wallet.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

export const log = {
  operatorId: ids.operator('demo'),
  playerId: ids.player('player'),
  gameCode: ids.game('coin'),
};
export const sessionId = ids.session('7d9f2a10-5b6c-4d7e-9f80-112233445566');
/** Whoever comes when the lease has run out may also roll back what was abandoned then. */
export const settings = { sessionIdleMs: 10 ** 12, leaseMs: JUDGED_AFTER_MS, debitAttempts: 2 };
export const recoverTheRound: RecoveryRequest = { log, number: 1, purpose: 'finish', attempt: 0 };
export const rollItBackAgain: RecoveryRequest = { ...recoverTheRound, purpose: 'confirm-void' };

const SECOND = ids.wallet('second');
const startMs = 1_700_000_000_000;
const macs = new RoundMacs(rememberedMacs());
const engineHash = 'ab'.repeat(32);

const game = {
  gameCode: ids.game('coin'),
  title: 'Coin',
  enabled: true,
  engineHash,
  stateRule: 'bound' as const,
  bets: [{ currency: 'EUR', allowedMinor: [100n].map(minorAmount) }],
};

/** None of this changes while a scenario is explored. */
export class Setting {
  readonly kind: WalletKind;
  readonly wins: boolean;
  readonly #sessions: MemorySessions;

  private constructor(kind: WalletKind, wins: boolean, sessions: MemorySessions) {
    this.kind = kind;
    this.wins = wins;
    this.#sessions = sessions;
  }

  static async of(kind: WalletKind, wins: boolean): Promise<Setting> {
    const sessions = new MemorySessions();
    const [createdAtMs, expiresAtMs] = [startMs, startMs + 10 ** 12];
    await sessions.create({
      sessionId,
      ...log,
      currency: 'EUR',
      createdAtMs,
      expiresAtMs,
      revokedAtMs: undefined,
    });
    return new Setting(kind, wins, sessions);
  }

  /** What the real use cases run on; time, ledger and wallets are the caller's. */
  ports({ clock, ledger, walletOf, walletId, seed = 0 }: Surroundings): PlayPorts & RecoveryPorts {
    const { calls: walletCalls } = this.kind;
    return {
      clock,
      seeds: { seed: async () => new Uint8Array(32).fill(seed) },
      ledger,
      wallets: { of: (_, called) => walletOf(called) },
      sessions: this.#sessions,
      registry: {
        operator: async () => ({
          ...movedTo(sampleOperator({ walletCalls }), { walletId: SECOND, walletCalls }),
          walletId,
        }),
        operatorByKey: async () => undefined,
        game: async () => game,
        presentGame: async () => game,
        games: async () => [],
      },
      engines: { load: async () => coin(this.wins) },
      cipher: { seal: async (plain) => plain, open: async (sealed) => sealed },
      // Recovery may come at any moment anyway; what the queue holds adds nothing.
      recovery: { send: async () => undefined },
      // No round is owed for as long as a day here, so no line of attempts begins.
      marks: new MemoryRecoveryMarks(new MemoryLedger(macs)),
      engineVersion: async () => ({ maxWinMillionths: 2_000_000n }),
      telemetry: { count: () => undefined, warn: () => undefined },
    };
  }
}

export interface Surroundings {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly walletOf: (walletId: WalletId) => Wallet;
  /** The operator's wallet, as whoever is at work knows it. */
  readonly walletId: WalletId;
  readonly seed?: number;
}

/** Everything that outlives an actor: the ledger, the wallets' books, messages on their way, the time. */
export class World {
  readonly setting: Setting;
  nowMs = startMs;
  readonly ledger = new MemoryLedger(macs);
  readonly wallet: ModelWallet;
  /** Where the operator's rounds are debited once it has moved. It has books of its own. */
  readonly second: ModelWallet;
  hasMoved = false;
  /** Sent, given up by whoever sent them, and still going to arrive. */
  late: readonly WalletMessage[] = [];

  constructor(
    setting: Setting,
    wallet = new ModelWallet(setting.kind),
    second = new ModelWallet(setting.kind),
  ) {
    this.setting = setting;
    this.wallet = wallet;
    this.second = second;
  }

  /** Another world that is as this one is now. */
  copy(): World {
    const world = new World(this.setting, this.wallet.copy(), this.second.copy());
    world.hasMoved = this.hasMoved;
    world.nowMs = this.nowMs;
    world.late = this.late;
    for (const [hash, rounds] of this.ledger.stored) world.ledger.stored.set(hash, new Map(rounds));
    return world;
  }

  round(): Promise<Round | undefined> {
    return this.ledger.get({ log, number: 1 });
  }

  get walletId(): WalletId {
    return this.hasMoved ? SECOND : mainWallet;
  }

  booksOf(walletId: WalletId): ModelWallet {
    return walletId === SECOND ? this.second : this.wallet;
  }

  endSession(): void {
    for (const books of [this.wallet, this.second]) books.sessionEnded = true;
  }

  get stakesTaken(): number {
    return this.wallet.stakesTaken + this.second.stakesTaken;
  }

  get winsPaid(): number {
    return this.wallet.wins.size + this.second.wins.size;
  }

  /** It takes effect, whether or not anybody hears of it. */
  handle(message: WalletMessage): WalletReply | RollbackReply {
    return this.booksOf(message.walletId).handle(message);
  }
}

/** An engine that always wins twice the bet, or never. */
function coin(wins: boolean): Engine {
  const step = () => ({
    state: new Uint8Array(),
    payoutMillionths: wins ? 2_000_000n : 0n,
    bonusActive: false,
    view: '{"outcome":{},"public_state":{},"bonus_triggered":null}',
  });
  return {
    hash: engineHash,
    capabilities: {
      engineId: 'coin',
      buildId: '1',
      stateEncoding: 'none',
      actions: [{ name: 'spin', phase: 'base', mode: 'base', code: 0 }],
      modes: [
        { name: 'base', priceMillionths: 1_000_000n, rtpMillionths: 960_000n, maxWinMillionths: 2_000_000n },
      ],
      lines: undefined,
      maxHorizon: 1,
      preferredBatch: 1,
    },
    reset: step,
    step,
  };
}

/** Makes the MACs of `openMacs`, each of them once: the same rounds come again in most of the states. */
function rememberedMacs(): Macs {
  const made = new LRUCache<string, Promise<Uint8Array>>({ max: 50_000 });
  const make: Macs['make'] = (place, message) => {
    const key = `${place.context} ${place.atMs} ${Buffer.from(message).toString('latin1')}`;
    const mac = made.get(key) ?? openMacs.make(place, message);
    made.set(key, mac);
    return mac;
  };
  return { make, remake: make, check: (place, message, mac) => openMacs.check(place, message, mac) };
}
