import type { Operator } from '../operators/operator.ts';
import { creditOrRollback, type DrivePorts } from './drive-round.ts';
import { queueRecovery, type QueueRecoveryPorts } from './queue-recovery.ts';
import type { Round } from './round.ts';
import { answerTo, type RoundAnswer } from './round-answer.ts';

/**
 * Credits the win of a round that has just been written, or rolls its debit back, and answers. Recovery is asked for
 * whatever the wallet did not acknowledge.
 * @throws RoundRefusedError for a round without an outcome
 */
export async function creditAndAnswer(
  ports: DrivePorts & QueueRecoveryPorts,
  operator: Operator,
  written: Round,
): Promise<RoundAnswer> {
  const round = await creditOrRollback(ports, operator, written);
  await queueRecovery(ports, round);
  return answerTo(round);
}
