import type { EngineError } from './errors.ts';

/** Each signal wakes somebody through an alarm in the template. */
export type AlarmSignal =
  | 'CreditPendingLong'
  | 'RollbackPendingLong'
  | 'RecoveryFailed'
  | 'WalletTransactionMismatch'
  | 'RecordParked'
  | 'RecordCorrupt';

export type CountedEvent =
  | 'RoundCommitted'
  | 'RoundRejected'
  | 'RoundVoided'
  | 'RoundFailed'
  | 'CreditDeferred'
  | 'WalletUnknown'
  | 'WalletBalanceOdd'
  | 'SweepIncomplete';

/** The product reports here how it runs. It never throws and never decides anything. */
export interface Telemetry {
  count(event: CountedEvent | AlarmSignal): void;
  /** `fields` hold no secret, seed, token or session id. */
  warn(message: string, fields: Readonly<Record<string, string | number | boolean>>): void;
}

/**
 * Instances are counted as they are made. One counts for each engine loaded, for every 10,000 of its calls, and for each
 * failure. A realtime engine counts one for each engine loaded and one for each table.
 */
export type EngineMeasure =
  | 'EngineStepMicroseconds'
  | 'EngineStepFuel'
  | 'RealtimeCallMicroseconds'
  | 'RealtimeCallFuel'
  | 'EngineMemoryPages'
  | 'EngineInstances';

/** The engine host reports here how engines run. It never throws. */
export interface EngineTelemetry {
  measure(what: EngineMeasure, value: number): void;
  /** Counts a call that ended with this code instead of an answer. */
  countFailure(code: EngineError['code']): void;
}
