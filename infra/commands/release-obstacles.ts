/** A log should not be released while one of these holds. A code is never renamed. */
export const releaseObstacles = {
  NEWEST_ROUND_UNREADABLE: 'The ledger cannot read the newest round of the log or the one before it',
  NEWEST_ROUND_DIFFERS:
    'The newest round of the log, or the one before it, is not what the archive has of it',
  NEWEST_ROUND_MISSING: 'The ledger lacks the newest round of the log, or the one before it',
} as const;
export type ReleaseObstacle = keyof typeof releaseObstacles;
