/**
 * These settings say how Lambda hands queues and streams to functions, and what it does where that fails. The template
 * is made from this file, and the fault simulation delivers by it.
 */

export const streamDelivery = {
  batchSize: 100,
  windowSeconds: 1,
  // The consumer parks what it cannot read, so what fails for hours is the code or a service. Records live
  // 24 hours: giving up after six leaves a day's rest to replay them from their description.
  maxRecordAgeHours: 6,
} as const;

export const recoveryDelivery = {
  batchSize: 10,
  // Six times the function's time-out, as Lambda asks: throttled batches stay hidden while they are retried.
  visibilityTimeouts: 6,
  // A wallet that is down is no failure here: recovery queues its next attempt as a new message. What fails
  // for an hour, ten times over, cannot be processed at all.
  maxReceiveCount: 10,
} as const;
