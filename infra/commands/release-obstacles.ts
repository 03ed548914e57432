/** A log should not be released while one of these holds. A code is never renamed. */
export const releaseObstacles = {
  LOG_EMPTY: 'The ledger has no round of the log',
  NEWEST_ROUND_UNREADABLE: 'The ledger cannot read the newest round of the log or the one before it',
  NEWEST_ROUND_DIFFERS:
    'The newest round of the log, or the one before it, is not what the archive has of it',
  NEWEST_ROUND_MISSING: 'The archive has a later round of the log than the ledger',
  CHAIN_BROKEN: 'The newest round of the log does not follow the one before it',
  OLDER_ROUND_UNREADABLE: 'The ledger cannot read an older round of the log',
  OLDER_ROUND_IN_DOUBT: 'An older round of the log has no end, and no round begins after such a one',
  OLDER_ROUND_DIFFERS: 'An older round of the log owes its win, and is not what the archive has of it',
} as const;
export type ReleaseObstacle = keyof typeof releaseObstacles;
