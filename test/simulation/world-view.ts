import type { Image } from './image.ts';
import type { Context } from 'aws-lambda';
import type { StageSettings } from '../../infra/stages.ts';
import type { Archive } from '../../shared/archive/archive.ts';
import type { Cipher } from '../../shared/encryption/cipher.ts';
import type { Engines } from '../../shared/engines/engines.ts';
import type { EventBus } from '../../shared/events/event-bus.ts';
import type { SeedSource } from '../../shared/foundation/random.ts';
import type { Game } from '../../shared/games/game.ts';
import type { Registry } from '../../shared/games/registry.ts';
import type { MinorAmount } from '../../shared/money/money.ts';
import type { MemoryLedger } from '../../shared/rounds/adapters/memory-ledger.ts';
import type { MemoryRecoveryMarks } from '../../shared/rounds/adapters/memory-recovery-marks.ts';
import type { FrozenLogs } from '../../shared/rounds/frozen-logs.ts';
import type { Ledger, RoundPages } from '../../shared/rounds/ledger.ts';
import type { RecoveryMarks } from '../../shared/rounds/recovery-marks.ts';
import type { Round } from '../../shared/rounds/round.ts';
import type { RecoveryQueue } from '../../shared/rounds/recovery-queue.ts';
import type { Sessions } from '../../shared/sessions/sessions.ts';
import type { Wallets } from '../../shared/wallets/wallet.ts';
import type { Decisions } from './decisions.ts';
import type { Fault, PortCall } from './faults.ts';
import type { ApiAnswer, ApiRequest, RunningInvocation } from './running-invocation.ts';
import type { MemoryTable } from './memory-table.ts';
import type { Oracle } from './oracle.ts';
import type { Holder, OperatorPlan, Plan } from './plan.ts';
import type { Timeline } from './timeline.ts';
import type { OperatorWallets } from './operator-wallets.ts';

export interface RunningOperator extends OperatorPlan {
  readonly key: string;
  readonly wallets: OperatorWallets;
}

/** The ports that the product gets in a world. */
export interface Ports {
  readonly ledger: Ledger;
  readonly pages: RoundPages;
  readonly wallets: Wallets;
  readonly sessions: Sessions;
  readonly registry: Registry;
  readonly engines: Engines;
  readonly seeds: SeedSource;
  readonly cipher: Cipher;
  readonly recovery: RecoveryQueue;
  readonly marks: RecoveryMarks;
  readonly parking: { park(record: unknown): Promise<void> };
  readonly archive: Archive;
  readonly events: EventBus;
  readonly frozenLogs: Pick<FrozenLogs, 'freeze'>;
}

/** The parts of a world see this of it. `world.ts` puts them together, so no part may import that file. */
export interface WorldView {
  readonly seed: string;
  readonly plan: Plan;
  readonly focus: { readonly call: PortCall; readonly fault: Fault } | undefined;
  readonly settings: StageSettings;
  readonly timeline: Timeline;
  readonly decisions: Decisions;
  readonly ledger: MemoryLedger;
  readonly marks: MemoryRecoveryMarks;
  /** It is used instead of the two where calls pass through the product's adapters. */
  readonly table: MemoryTable;
  readonly sessions: Sessions;
  readonly oracle: Oracle;
  readonly queue: { send(body: string, group: string, delayMs: number): void };
  readonly stream: { put(key: string, before: Image | undefined, after: Image | undefined): string };
  /** It is shown each round of the ledger in memory that is written. */
  readonly insider: { saw(round: Round): void };
  readonly api: { request(request: ApiRequest): Promise<ApiAnswer | undefined> };
  readonly registry: Registry;
  /** The game as a process may have it that has read it before the last change. */
  readonly outdatedGame: Game;
  readonly ports: Ports;
  readonly parked: string[];
  /** How many spins the players have asked for. */
  spins: number;
  /** Adds a line to the trace. It is made only where somebody reads it. */
  note(line: () => string): void;
  /** Reports a broken rule. */
  fail(rule: string, detail: string): void;
  /** Notes that a pair of call and fault was tried. */
  visited(pair: string): void;
  operatorOf(operatorId: string): RunningOperator;
  deposit(holder: Holder, amountMinor: MinorAmount): void;
  /** Spends the whole balance on something else than this product's games. The function that it returns pays the balance in again. */
  spendAll(holder: Holder): () => void;
  contextOf(invocation: RunningInvocation): Context;
}
