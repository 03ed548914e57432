/** A command works on this stage. */
export const STAGE = {
  value: 'STAGE',
  help: 'The stage to work on: local is the run of npm start, others are stacks in AWS.',
  default: 'local',
} as const;

/** Says what to do where the services of a stage refuse the connection. */
export const WHEN_UNREACHABLE =
  'for the stage local, start the local run with npm start, or unset AWS_ENDPOINT_URL where it names another place';
