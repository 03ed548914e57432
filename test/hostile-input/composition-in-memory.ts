import { nativeItem, type WireItem } from '../../shared/aws/attribute-values.ts';
import { decodeFreeze } from '../../shared/rounds/adapters/frozen-log-item.ts';
import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import type { Game } from '../../shared/games/game.ts';
import { minorAmount } from '../../shared/money/money.ts';
import type { Tally } from '../../shared/simulation/tally.ts';
import { DependencyError, EngineError } from '../../shared/foundation/errors.ts';
import type { SimulatedBatch, SimulatedEngine } from '../../shared/engines/simulation.ts';
import { countedEngine, ENGINE_HASH, StoredSimulations } from '../../shared/simulation/simulation.fixture.ts';
import type { DomainEvent } from '../../shared/events/events.ts';
import type { Round } from '../../shared/rounds/round.ts';
import { playedRounds } from '../../shared/rounds/played-rounds.ts';
import type { Archive } from '../../shared/archive/archive.ts';
import type { EventBus } from '../../shared/events/event-bus.ts';
import type { ArchivedRounds } from '../../shared/archive/archived-rounds.ts';
import type { WalletBooks } from '../../shared/wallets/wallet-books.ts';
import { engineHash, log, RoundsFixture, sessionId } from '../../shared/rounds/rounds.fixture.ts';
import { decimalsOf, type TestCurrency } from './amount-rule.ts';

/** Stands where `functions/_runtime/composition.ts` stands: the functions as they are, over ports in memory. */
let world: World;

const game: Game = {
  gameCode: log.gameCode,
  title: 'Coin',
  enabled: true,
  engineHash,
  stateRule: 'fresh',
  bets: Object.entries(decimalsOf).map(([currency, decimals]) => ({
    currency,
    allowedMinor: [1n, 2n, 10n ** BigInt(decimals), 15n * 10n ** BigInt(decimals)].map(minorAmount),
  })),
};

/** Calls that change what is stored, or that other systems hear of. */
const CHANGES = new Set([
  'append',
  'save',
  'markArchived',
  'expire',
  'create',
  'revoke',
  'send',
  'claim',
  'ring',
  'confirm',
]);

/** One player with one session, and a list of everything that was done to the world. */
export class World {
  readonly rounds = new RoundsFixture();
  readonly changes: string[] = [];
  readonly archived: Round[] = [];
  readonly parked: unknown[] = [];
  readonly simulations = new StoredSimulations();
  readonly logged: { readonly operatorId: string; readonly event: DomainEvent }[] = [];

  /** Makes a new world the one that the functions see. */
  static async open(currency: TestCurrency = 'EUR'): Promise<World> {
    const opened = new World();
    opened.rounds.game = game;
    await opened.rounds.open({ currency });
    world = opened;
    return opened;
  }

  /** Every write, message and movement of money since the world was opened. */
  get effects(): readonly string[] {
    return [...this.changes, ...this.rounds.calls.map(({ call }) => call)];
  }

  /** What the wallet makes of a token; it knows no other. */
  confirm(token: string, answered: string, playerId: string, currency: string): void {
    if (answered === 'down') {
      this.rounds.tokens = new Proxy({}, { get: () => unavailable() });
      return;
    }
    const other = currency === 'EUR' ? 'JPY' : 'EUR';
    const told = {
      playerId: answered === 'other player' ? `${playerId}2` : playerId,
      currency: answered === 'other currency' ? other : currency,
    };
    this.rounds.tokens = Object.assign(Object.create(null), answered === 'nobody' ? {} : { [token]: told });
  }

  watched<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (CHANGES.has(String(name))) this.changes.push(String(name));
          return (value as (...given: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  }
}

function unavailable(): never {
  throw new DependencyError('WALLET_UNAVAILABLE', 'the wallet is down');
}

export const player = { ...log, sessionId };

export const clock = () => world.rounds.ports().clock;
export const random = () => systemRandom;
export const roundMacs = () => new RoundMacs(openMacs);
export const ledger = () => world.watched(world.rounds.ledger);
export const sessions = () => world.watched(world.rounds.sessions);
export const sessionStore = sessions;
export const recovery = () => world.watched(world.rounds.recovery);
export const engineVersion = () => world.rounds.ports().engineVersion;
export const marks = () => world.watched(world.rounds.marks);
export const registry = () => world.rounds.ports().registry;
export const engines = () => world.rounds.ports().engines;
export const simulations = () => world.simulations;
export const simulatedEngines = () => ({
  load: async (hash: string): Promise<SimulatedEngine> => {
    if (hash !== ENGINE_HASH) throw new EngineError('ENGINE_UNAVAILABLE', `There is no engine ${hash}`);
    return { ...countedEngine, simulate };
  },
});

/** Each of them is counted, so that the time for more than this would not suffice. */
export const MOST_ROUNDS = 1_000;
function simulate(batch: SimulatedBatch, timeoutMs: number): Tally {
  if (batch.rounds > MOST_ROUNDS) throw new EngineError('TIMEOUT', `${timeoutMs} ms do not suffice`);
  return countedEngine.simulate(batch, timeoutMs);
}

export const archive = (): Archive => ({ write: async (rounds) => void world.archived.push(...rounds) });
export const eventBus = (): EventBus => ({ publish: async () => undefined });
export const parking = () => ({ park: async (record: unknown) => void world.parked.push(record) });
export const eventLog = () => ({
  appendEvent: async (operatorId: string, event: DomainEvent) =>
    void world.logged.push({ operatorId, event }),
});
export const archivedRounds = (): ArchivedRounds => ({ files: async function* () {}, read: async () => [] });
export const walletBooks = (): WalletBooks => ({ page: async () => undefined });
export const wallets = () => world.rounds.ports().wallets;
export const seeds = () => world.rounds.ports().seeds;
export const cipher = () => world.rounds.ports().cipher;
export const telemetry = () => world.rounds.ports().telemetry;
export const promptTelemetry = telemetry;
export const roundPages = () => world.watched(world.rounds.ledger);
export const played = () => playedRounds(ledger(), roundPages());

export const frozenLogs = () => ({
  freeze: async (logHash: string) => void world.rounds.ledger.frozen.add(logHash),
});
export { isFreezeImage } from '../../shared/rounds/adapters/frozen-log-item.ts';
export const readFreezeImage = (image: WireItem) => decodeFreeze(openMacs, nativeItem(image));
export { decodeStreamRound as readStreamImage } from '../../shared/rounds/adapters/stream-round.ts';
export { decodeDetail as readEvent } from '../../shared/events/adapters/event-detail.ts';
export { decodeRecoveryMessage as readRecoveryMessage } from '../../shared/rounds/adapters/recovery-message.ts';
