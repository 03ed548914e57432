import { sampleOperator } from '../operators/operator.fixture.ts';
import { randomBytes } from 'node:crypto';
import { storeRound } from './sample-round.fixture.ts';
import { openMacs } from '../encryption/macs.fixture.ts';
import { RoundMacs } from './round-macs.ts';
import { MemoryLedger } from './adapters/memory-ledger.ts';
import { MemoryRecoveryMarks } from './adapters/memory-recovery-marks.ts';
import { MemoryRecoveryQueue } from './adapters/memory-recovery-queue.ts';
import { minorAmount } from '../money/money.ts';
import { MemorySessions } from '../sessions/adapters/memory-sessions.ts';
import { type DependencyError, RgsError } from '../foundation/errors.ts';
import type { Game } from '../games/game.ts';
import { type Operator, type OperatorWallet, walletOf } from '../operators/operator.ts';
import type { Round } from './round.ts';
import type { Session } from '../sessions/session.ts';
import type { Cipher } from '../encryption/cipher.ts';
import type { Engine, EngineStep } from '../engines/engines.ts';
import type { Telemetry } from '../foundation/telemetry.ts';
import type {
  AuthenticatedPlayer,
  BetWinTransaction,
  RollbackReply,
  Wallet,
  WalletReply,
  WalletTransaction,
} from '../wallets/wallet.ts';
import { operatorKeyHash } from '../operators/authenticate-operator.ts';
import { countedWallets } from '../wallets/counted-wallets.ts';
import { countedLedger } from './counted-ledger.ts';
import type { RoundPages } from './ledger.ts';
import { playedRounds } from './played-rounds.ts';
import type { PlayedRounds } from '../sessions/played-rounds.ts';
import type { PlayPorts, PlayRequest, PlaySettings } from './play-round.ts';
import { recoverRound } from './recover-round.ts';
import type { FindEngineVersion } from './assert-win.ts';
import type { RecoveryMarks } from './recovery-marks.ts';
import { ids } from '../foundation/ids.fixture.ts';

export const sessionId = ids.session('7d9f2a10-5b6c-4d7e-9f80-112233445566');
export const log = {
  operatorId: ids.operator('demo'),
  playerId: ids.player('player123'),
  gameCode: ids.game('coin'),
};
export const settings: PlaySettings = { sessionIdleMs: 1_800_000, leaseMs: 20_000, debitAttempts: 2 };
export const engineHash = 'c0'.repeat(32);
export const operatorKey = 'key-of-demo';
/** The key of a second operator, which has nothing to do with the players of the first. */
export const otherOperatorKey = 'key-of-other';

const operator: Operator = sampleOperator();

const otherOperator: Operator = { ...operator, operatorId: ids.operator('other'), name: 'Other' };

const game: Game = {
  gameCode: ids.game('coin'),
  title: 'Coin',
  enabled: true,
  engineHash,
  stateRule: 'bound',
  bets: [{ currency: 'EUR', allowedMinor: [100n, 200n].map(minorAmount) }],
};

export type WalletCall = {
  readonly call: 'debit' | 'credit' | 'betWin' | 'rollback';
  readonly transaction: WalletTransaction | BetWinTransaction;
};
type Script = { [K in WalletCall['call']]: K extends 'rollback' ? RollbackReply[] : WalletReply[] } & {
  balance: WalletReply[];
};

/**
 * Plays rounds over ports in memory, with a clock that moves when it is told. The wallet gives the replies that a test
 * scripts, one for each call, and an acknowledgement when the list is empty.
 */
export class RoundsFixture {
  nowMs = 1_700_000_000_000;
  balanceMinor = 10_000n;
  readonly calls: WalletCall[] = [];
  /** Names each call of a wallet, with the address that it went to. */
  readonly calledAt: string[] = [];
  readonly replies: Script = { debit: [], credit: [], betWin: [], rollback: [], balance: [] };
  /** This is set where the wallet cannot be called at all. */
  walletFailure: DependencyError | undefined;
  /** The wallet knows these players by their tokens. */
  tokens: Readonly<Record<string, AuthenticatedPlayer>> = {};
  readonly counted: string[] = [];
  readonly clock = { nowMs: () => this.nowMs };
  readonly ledger = new MemoryLedger(new RoundMacs(openMacs));
  readonly sessions = new MemorySessions();
  readonly recovery = new MemoryRecoveryQueue(this.clock);
  readonly marks = new MemoryRecoveryMarks(this.ledger);
  /** The engine does this next. It wins twice the bet unless a test overrides it. */
  step: (state: Uint8Array) => EngineStep | Promise<EngineStep> = (state) => coinStep(state, 2_000_000n);
  game: Game = game;
  /** A process that has not learned of a change yet has this one. */
  rememberedGame: Game | undefined;
  operator: Operator = operator;

  async open(overrides: Partial<Session> = {}): Promise<void> {
    await this.sessions.create({
      sessionId,
      ...log,
      currency: 'EUR',
      createdAtMs: this.nowMs,
      expiresAtMs: this.nowMs + 3_600_000,
      revokedAtMs: undefined,
      ...overrides,
    });
  }

  ports(): PlayPorts & {
    readonly sessions: MemorySessions;
    readonly pages: RoundPages;
    readonly played: PlayedRounds;
    readonly marks: RecoveryMarks;
    readonly engineVersion: FindEngineVersion;
  } {
    const telemetry = this.#telemetry();
    return {
      clock: this.clock,
      seeds: { seed: async () => new Uint8Array(randomBytes(32)) },
      ledger: countedLedger(this.ledger, telemetry),
      pages: this.ledger,
      played: playedRounds(this.ledger, this.ledger),
      sessions: this.sessions,
      recovery: this.recovery,
      marks: this.marks,
      engineVersion: async () => ({ maxWinMillionths: 50_000_000n }),
      registry: {
        operator: async (id) => this.#operators().find(({ operatorId }) => operatorId === id),
        operatorByKey: async (hash) =>
          this.#operators()[[operatorKey, otherOperatorKey].map(operatorKeyHash).indexOf(hash)],
        game: async (code) => (code === game.gameCode ? (this.rememberedGame ?? this.game) : undefined),
        presentGame: async (code) => (code === game.gameCode ? this.game : undefined),
        games: async () => [this.game],
      },
      engines: { load: async (hash) => this.#engine(hash) },
      wallets: countedWallets({ of: (of, walletId) => this.#wallet(walletOf(of, walletId)) }, telemetry),
      cipher: plainCipher,
      telemetry,
    };
  }

  spin(overrides: Partial<PlayRequest> = {}): PlayRequest {
    return {
      gameCode: ids.game('coin'),
      sessionId,
      kind: 'spin',
      betAmount: '1.00',
      betLines: undefined,
      idempotencyKey: 'key-1',
      roundNumber: undefined,
      ...overrides,
    };
  }

  /** Stores a round as a handler left it, after the one that is stored before it. @returns the round with its MACs */
  async put<R extends Round>(round: R): Promise<R> {
    const before = await this.ledger.get({ log: round.log, number: round.number - 1 });
    const { intentMac: previousIntentMac = round.previousIntentMac } = before ?? {};
    return storeRound(this.ledger, { ...round, previousIntentMac });
  }

  /**
   * Works through the recovery queue, and moves the clock to each request's time. It stops after 50 turns
   * where the queue does not empty.
   */
  async recoverAll(): Promise<void> {
    for (let turns = 0; turns < 50; turns += 1) await this.#recoverNext(Number.POSITIVE_INFINITY);
  }

  /** Recovers every round that is asked for until then. */
  async recoverUntil(endMs: number): Promise<void> {
    while (await this.#recoverNext(endMs));
    this.nowMs = endMs;
  }

  /** Recovers the next request when it is due. @returns whether one becomes due until then */
  async #recoverNext(endMs: number): Promise<boolean> {
    const { nextDueAtMs } = this.recovery;
    if (nextDueAtMs === undefined || nextDueAtMs > endMs) return false;
    this.nowMs = Math.max(this.nowMs, nextDueAtMs);
    for (const request of this.recovery.takeDue()) await recoverRound(this.ports(), settings, request);
    return true;
  }

  #operators(): readonly Operator[] {
    return [this.operator, otherOperator];
  }

  #engine(hash: string): Engine {
    return {
      hash,
      capabilities: {
        engineId: 'coin',
        buildId: '1',
        stateEncoding: 'count:v1',
        actions: [
          { name: 'spin', phase: 'base', mode: 'base', code: 0 },
          { name: 'free_spin', phase: 'bonus', code: 1 },
        ],
        modes: [
          {
            name: 'base',
            priceMillionths: 1_000_000n,
            rtpMillionths: 960_000n,
            maxWinMillionths: 50_000_000n,
          },
        ],
        lines: 20,
        maxHorizon: 10,
        preferredBatch: 1,
      },
      reset: () => coinStep(new Uint8Array([0]), 0n),
      step: ({ state }) => this.step(state),
    };
  }

  #wallet({ walletUrl }: OperatorWallet): Wallet {
    const acknowledged = (): WalletReply => ({
      kind: 'acknowledged',
      balanceMinor: minorAmount(this.balanceMinor),
    });
    const take = (call: WalletCall['call'], transaction: WalletTransaction | BetWinTransaction) => {
      this.calls.push({ call, transaction });
      this.calledAt.push(`${call} ${walletUrl}`);
      return this.replies[call].shift();
    };
    return {
      ready: async () => {
        if (this.walletFailure) throw this.walletFailure;
      },
      debit: async (transaction) => {
        const reply = take('debit', transaction) as WalletReply | undefined;
        if (reply) return reply;
        this.balanceMinor -= transaction.amountMinor;
        return acknowledged();
      },
      credit: async (transaction) => {
        const reply = take('credit', transaction) as WalletReply | undefined;
        if (reply) return reply;
        this.balanceMinor += transaction.amountMinor;
        return acknowledged();
      },
      betWin: async (transaction) => {
        const reply = take('betWin', transaction) as WalletReply | undefined;
        if (reply) return reply;
        this.balanceMinor += transaction.winMinor - transaction.amountMinor;
        return acknowledged();
      },
      rollback: async (transaction) =>
        (take('rollback', transaction) as RollbackReply | undefined) ?? { kind: 'acknowledged' },
      balance: async () => {
        this.calledAt.push(`balance ${walletUrl}`);
        return this.replies.balance.shift() ?? acknowledged();
      },
      authenticate: async (token) => this.tokens[token],
    };
  }

  #telemetry(): Telemetry {
    return { count: (event) => void this.counted.push(event), warn: () => undefined };
  }
}

/** Ports of a process that dies at its debit, before the wallet hears of it. */
export function dyingAtDebit(ports: PlayPorts): PlayPorts {
  const debit = () => Promise.reject(new Error('the process died'));
  return { ...ports, wallets: { of: (...which) => ({ ...ports.wallets.of(...which), debit }) } };
}

/** Reads the code that a refusal carries. Anything else is given as it is, so that a test shows it. */
export async function codeOf(refused: Promise<unknown>): Promise<string> {
  const error = await refused.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof RgsError ? error.code : `no coded error: ${String(error)}`;
}

/** A state of one byte that counts the steps. */
export function coinStep(state: Uint8Array, payoutMillionths: bigint, bonusActive = false): EngineStep {
  const steps = (state[0] ?? 0) + 1;
  return {
    state: new Uint8Array([steps]),
    payoutMillionths,
    bonusActive,
    view: JSON.stringify({ outcome: { steps }, public_state: { steps }, bonus_triggered: null }),
  };
}

/** Keeps the context beside the bytes, so that a wrong one is noticed. */
const plainCipher: Cipher = {
  seal: async (plain, context) => new Uint8Array(Buffer.concat([Buffer.from(`${context}|`), plain])),
  open: async (sealed, context) => {
    const bytes = Buffer.from(sealed);
    const prefix = Buffer.from(`${context}|`);
    if (!bytes.subarray(0, prefix.length).equals(prefix)) throw new Error(`sealed for another context`);
    return new Uint8Array(bytes.subarray(prefix.length));
  },
};
