import type { EngineError } from './errors.ts';

/** Each wakes somebody through an alarm in the template. */
export type AlarmSignal =
  | 'CreditPendingLong'
  | 'RollbackPendingLong'
  | 'RecoveryFailed'
  | 'WalletTransactionMismatch'
  | 'RecordParked';

export type CountedEvent =
  | 'RoundCommitted'
  | 'RoundRejected'
  | 'RoundVoided'
  | 'RoundFailed'
  | 'CreditDeferred'
  | 'WalletUnknown'
  | 'SweepIncomplete';

/** What the product says of its own running. Never throws, never decides anything. */
export interface Telemetry {
  count(event: CountedEvent | AlarmSignal): void;
  /** `fields` hold no secret, seed, token or session id. */
  warn(message: string, fields: Readonly<Record<string, string | number | boolean>>): void;
}

/**
 * Instances are counted as they are made: one for each engine loaded and every 10,000 of its calls, and for each failure;
 * of a realtime engine, one for each engine loaded and for each table.
 */
export type EngineMeasure =
  | 'EngineStepMicroseconds'
  | 'EngineStepFuel'
  | 'RealtimeCallMicroseconds'
  | 'RealtimeCallFuel'
  | 'EngineMemoryPages'
  | 'EngineInstances';

/** What the engines' host says of how engines run. Never throws. */
export interface EngineTelemetry {
  measure(what: EngineMeasure, value: number): void;
  /** Of a call: with what it ended instead of an answer. */
  countFailure(code: EngineError['code']): void;
}
