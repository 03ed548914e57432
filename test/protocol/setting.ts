import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/foundation/clock.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import type { WalletId } from '../../shared/foundation/ids.ts';
import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import type { Macs } from '../../shared/encryption/macs.ts';
import { movedTo, sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { MemoryLedger } from '../../shared/rounds/adapters/memory-ledger.ts';
import { MemoryRecoveryMarks } from '../../shared/rounds/adapters/memory-recovery-marks.ts';
import type { Ledger } from '../../shared/rounds/ledger.ts';
import type { PlayPorts } from '../../shared/rounds/play-round.ts';
import type { RecoveryPorts } from '../../shared/rounds/recover-round.ts';
import { JUDGED_AFTER_MS } from '../../shared/rounds/rollback.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { MemorySessions } from '../../shared/sessions/adapters/memory-sessions.ts';
import type { Wallet } from '../../shared/wallets/wallet.ts';
import { coin, game } from './coin.ts';
import { type WalletKind, walletKinds } from './model-wallet.ts';
import type { Scenario } from './scenario.ts';

export const log = {
  operatorId: ids.operator('demo'),
  playerId: ids.player('player'),
  gameCode: ids.game('coin'),
};
export const sessionId = ids.session('7d9f2a10-5b6c-4d7e-9f80-112233445566');
/** Whoever comes when the lease has run out may also roll back what was abandoned then. */
export const settings = { sessionIdleMs: 10 ** 12, leaseMs: JUDGED_AFTER_MS, debitAttempts: 2 };

export const SECOND = ids.wallet('second');
export const startMs = 1_700_000_000_000;

export interface Surroundings {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly walletOf: (walletId: WalletId) => Wallet;
  /** The operator's wallet, as whoever is at work knows it. */
  readonly walletId: WalletId;
  readonly seed?: number;
}

/** None of this changes while a scenario is explored. */
export class Setting {
  readonly scenario: Scenario;
  readonly kind: WalletKind;
  readonly macs: RoundMacs;
  readonly #sessions = new MemorySessions();

  private constructor(scenario: Scenario, kind: WalletKind) {
    this.scenario = scenario;
    this.kind = kind;
    this.macs = new RoundMacs(rememberedMacs(scenario.mistake === 'macs-not-checked'));
  }

  static async of(scenario: Scenario): Promise<Setting> {
    const kind = walletKinds[scenario.wallet];
    if (!kind) throw new Error(`there is no wallet that ${scenario.wallet}`);
    const setting = new Setting(scenario, kind);
    const [createdAtMs, expiresAtMs] = [startMs, startMs + 10 ** 12];
    await setting.#sessions.create({
      sessionId,
      ...log,
      currency: 'EUR',
      createdAtMs,
      expiresAtMs,
      revokedAtMs: undefined,
    });
    return setting;
  }

  /** Gives the real use cases what they run on. Time, ledger and wallets are the caller's. */
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
      engines: { load: async () => coin(this.scenario) },
      cipher: { seal: async (plain) => plain, open: async (sealed) => sealed },
      // Recovery may come at any moment anyway; what the queue holds adds nothing.
      recovery: { send: async () => undefined },
      // No round is owed for as long as a day here, so no line of attempts begins.
      marks: new MemoryRecoveryMarks(new MemoryLedger(this.macs)),
      engineVersion: async () => ({ maxWinMillionths: 4_000_000n }),
      telemetry: { count: () => undefined, warn: () => undefined },
    };
  }
}

/** Makes the MACs of `openMacs`, each of them once: the same rounds come again in most of the states. */
function rememberedMacs(acceptsAll: boolean): Macs {
  const made = new LRUCache<string, Promise<Uint8Array>>({ max: 50_000 });
  const make: Macs['make'] = (place, message) => {
    const key = `${place.context} ${place.atMs} ${Buffer.from(message).toString('latin1')}`;
    const mac = made.get(key) ?? openMacs.make(place, message);
    made.set(key, mac);
    return mac;
  };
  const check: Macs['check'] = async (...of) => (acceptsAll ? undefined : openMacs.check(...of));
  return { make, remake: make, check };
}
