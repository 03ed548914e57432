import type { RoundId } from '../../shared/foundation/ids.ts';
import { matching } from '../../shared/command-line/values.ts';

const uuid = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID in lower case');

/**
 * The argument is the id of a round, as shared/foundation/ids.ts defines it. A command answers a mistake before it
 * loads anything.
 */
export const ROUND_ID = {
  help: 'The id of the round: the round_id of its answer.',
  read: (text: string) => uuid(text) as RoundId,
} as const;
