import { matching } from '../../shared/command-line/values.ts';

/** The pattern is the one in shared/foundation/ids.ts. A command answers a mistake before it loads anything. */
export const OPERATOR = {
  help: 'The id of the operator.',
  read: matching(/^[a-z0-9][a-z0-9-]{0,31}$/, 'the id of an operator, such as acme'),
} as const;
