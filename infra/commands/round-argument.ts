import type { OperatorId, RoundId } from '../../shared/foundation/ids.ts';
import { matching } from '../../shared/command-line/values.ts';

const uuid = matching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  'a UUID of version 8 in lower case',
);
const operator = matching(/^[a-z0-9][a-z0-9-]{0,31}$/, 'an id of an operator');

/**
 * The argument is the id of a round, as shared/foundation/ids.ts defines it. A command answers a mistake before it
 * loads anything.
 */
export const ROUND_ID = {
  help: 'The id of the round: the round_id of its answer.',
  read: (text: string) => uuid(text) as RoundId,
} as const;

/** Round 1 of player123 at happy-panda has this id where it began on 2026-11-30. */
export const EXAMPLE_ROUND_ID = 'eb7b1981-a000-82db-8000-00013db35133';

/** The archive keeps rounds by operator, and a round's id does not tell the operator. */
export const OPERATOR_OF_OLD_ROUND = {
  value: 'ID',
  help: 'The operator of a round that has left the ledger. It is read from the archive then.',
  read: (text: string) => operator(text) as OperatorId,
} as const;
