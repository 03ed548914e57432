import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { mainWallet, movedTo, sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { MemoryLedger } from '../../shared/rounds/adapters/memory-ledger.ts';
import { MemoryRecoveryMarks } from '../../shared/rounds/adapters/memory-recovery-marks.ts';
import { MemorySessions } from '../../shared/sessions/adapters/memory-sessions.ts';
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
export const settings = { sessionIdleMs: 10 ** 12, leaseMs: 10, debitAttempts: 2 };
export const recoverTheRound: RecoveryRequest = { log, number: 1, purpose: 'finish', attempt: 0 };
export const rollItBackAgain: RecoveryRequest = { ...recoverTheRound, purpose: 'confirm-void' };

const SECOND = ids.wallet('second');
const startMs = 1_700_000_000_000;
const engineHash = 'ab'.repeat(32);

/** Everything that outlives an actor: the ledger, the wallet's books, messages on their way, the time. */
const game = {
  gameCode: ids.game('coin'),
  title: 'Coin',
  enabled: true,
  engineHash,
  stateRule: 'bound' as const,
  bets: [{ currency: 'EUR', allowedMinor: [100n].map(minorAmount) }],
};

export class World {
  nowMs = startMs;
  readonly ledger = new MemoryLedger(new RoundMacs(openMacs));
  readonly sessions: MemorySessions;
  readonly wallet: ModelWallet;
  /** Where the operator's rounds are debited once it has moved. It has books of its own. */
  readonly second: ModelWallet;
  hasMoved = false;
  /** Sent, given up by whoever sent them, and still going to arrive. */
  late: readonly WalletMessage[] = [];
  readonly wins: boolean;

  private constructor(
    { wallet, second }: Pick<World, 'wallet' | 'second'>,
    wins: boolean,
    sessions: MemorySessions,
  ) {
    this.wallet = wallet;
    this.second = second;
    this.wins = wins;
    this.sessions = sessions;
  }

  static async open(kind: WalletKind, wins: boolean): Promise<World> {
    const world = new World(
      { wallet: new ModelWallet(kind), second: new ModelWallet(kind) },
      wins,
      new MemorySessions(),
    );
    const [createdAtMs, expiresAtMs] = [startMs, startMs + 10 ** 12];
    await world.sessions.create({
      sessionId,
      ...log,
      currency: 'EUR',
      createdAtMs,
      expiresAtMs,
      revokedAtMs: undefined,
    });
    return world;
  }

  /** Another world that is as this one is now. */
  async copy(): Promise<World> {
    const books = { wallet: this.wallet.copy(), second: this.second.copy() };
    const world = new World(books, this.wins, this.sessions);
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

  /** What the real use cases run on; the calls of ledger and wallets are the caller's. */
  ports(
    ledger: Ledger,
    walletOf: (walletId: WalletId) => Wallet,
    { seed = 0, walletId = this.walletId }: { readonly seed?: number; readonly walletId?: WalletId } = {},
  ): PlayPorts & RecoveryPorts {
    const { calls: walletCalls } = this.wallet.kind;
    return {
      clock: { nowMs: () => this.nowMs },
      seeds: { seed: async () => new Uint8Array(32).fill(seed) },
      ledger,
      wallets: { of: (_, called) => walletOf(called) },
      sessions: this.sessions,
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
      marks: new MemoryRecoveryMarks(this.ledger),
      engineVersion: async () => ({ maxWinMillionths: 2_000_000n }),
      telemetry: { count: () => undefined, warn: () => undefined },
    };
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
