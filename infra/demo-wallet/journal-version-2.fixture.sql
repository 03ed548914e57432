-- A wallet's database as version 2 wrote it: a deposit of 5.00 and a debit of 1.00.
CREATE TABLE players (
  player_id TEXT PRIMARY KEY,
  currency TEXT NOT NULL,
  token_hash BLOB NOT NULL,
  balance_minor INTEGER NOT NULL CHECK (balance_minor BETWEEN 0 AND 999999999999999999)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('deposit', 'debit', 'credit', 'bet-win', 'rollback')),
  transaction_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  player_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  game_code TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  win_minor INTEGER CHECK (win_minor >= 0),
  currency TEXT NOT NULL,
  change_minor INTEGER NOT NULL CHECK (abs(change_minor) IN (0, abs(amount_minor - coalesce(win_minor, 0)))),
  balance_minor INTEGER NOT NULL,
  refusal TEXT CHECK (refusal IS NULL OR change_minor = 0),
  UNIQUE (transaction_id, kind)
) STRICT;

CREATE INDEX journal_by_player ON journal (player_id, sequence);
CREATE TRIGGER journal_keeps_entries BEFORE UPDATE ON journal
  BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_loses_no_entries BEFORE DELETE ON journal
  BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

INSERT INTO players VALUES ('anna', 'EUR', x'00', 400);
INSERT INTO journal VALUES
  (1, 1700000000000, 'deposit', 'deposit:anna', '', 'anna', '', '', 500, NULL, 'EUR', 500, 500, NULL),
  (2, 1700000001000, 'debit', 'round-1:debit', 'round-1', 'anna', 'session-1', 'game', 100, NULL, 'EUR', -100, 400, NULL);
PRAGMA user_version = 2;
