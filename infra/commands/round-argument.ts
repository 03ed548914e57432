import { matching } from '../../shared/command-line/values.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id of a round, as shared/foundation/ids.ts has it; a command answers a mistake before it loads anything. */
export const ROUND_ID = {
  help: 'The id of the round: the round_id of its answer.',
  read: matching(UUID, 'a UUID in lower case'),
} as const;
