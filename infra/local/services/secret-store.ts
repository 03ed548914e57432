import { openDatabase } from './database.ts';

export interface SecretValue {
  readonly SecretString?: string | undefined;
  /** Base64. */
  readonly SecretBinary?: string | undefined;
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
}

export interface SecretVersion {
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdAtMs: number;
  readonly value: SecretValue;
}

export interface SecretStore {
  find(name: string): (Secret & { readonly createdAtMs: number }) | undefined;
  findByArn(arn: string): Secret | undefined;
  create(secret: Secret, versionId: string, value: SecretValue | undefined): void;
  /** The new version becomes AWSCURRENT, the one before it AWSPREVIOUS, older ones lose their stage. */
  put(name: string, versionId: string, value: SecretValue): void;
  version(
    name: string,
    wanted: { versionId?: string | undefined; stage?: string | undefined },
  ): SecretVersion | undefined;
  versions(name: string): readonly SecretVersion[];
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS secrets (
    name TEXT PRIMARY KEY, arn TEXT NOT NULL UNIQUE, description TEXT NOT NULL, createdAtMs INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS versions (
    name TEXT NOT NULL REFERENCES secrets(name), versionId TEXT NOT NULL, stage TEXT,
    secretString TEXT, secretBinary TEXT, createdAtMs INTEGER NOT NULL,
    PRIMARY KEY (name, versionId), UNIQUE (name, stage)
  ) STRICT;
`;

interface VersionRow {
  readonly versionId: string;
  readonly stage: string | null;
  readonly secretString: string | null;
  readonly secretBinary: string | null;
  readonly createdAtMs: number;
}

/** @throws ServiceError DATA_CORRUPT */
export function openSecretStore(file: string): SecretStore {
  const database = openDatabase(file, SCHEMA);
  const insertSecret = database.prepare('INSERT INTO secrets VALUES (?, ?, ?, ?)');
  const insertVersion = database.prepare("INSERT INTO versions VALUES (?, ?, 'AWSCURRENT', ?, ?, ?)");
  const selectVersions = database.prepare(
    'SELECT * FROM versions WHERE name = ? ORDER BY createdAtMs, rowid',
  );
  const selectByName = database.prepare('SELECT * FROM secrets WHERE name = ?');
  const selectByArn = database.prepare('SELECT * FROM secrets WHERE arn = ?');
  const clearStage = database.prepare(
    "UPDATE versions SET stage = NULL WHERE name = ? AND stage = 'AWSPREVIOUS'",
  );
  const demote = database.prepare(
    "UPDATE versions SET stage = 'AWSPREVIOUS' WHERE name = ? AND stage = 'AWSCURRENT'",
  );

  const versions = (name: string) => (selectVersions.all(name) as unknown as VersionRow[]).map(toVersion);
  const addVersion = (name: string, versionId: string, value: SecretValue) => {
    clearStage.run(name);
    demote.run(name);
    insertVersion.run(name, versionId, value.SecretString ?? null, value.SecretBinary ?? null, Date.now());
  };
  const atomically = (write: () => void) => {
    database.exec('BEGIN IMMEDIATE');
    try {
      write();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };

  return {
    find: (name) => selectByName.get(name) as unknown as ReturnType<SecretStore['find']>,
    findByArn: (arn) => selectByArn.get(arn) as unknown as ReturnType<SecretStore['findByArn']>,
    create: (secret, versionId, value) =>
      atomically(() => {
        insertSecret.run(secret.name, secret.arn, secret.description, Date.now());
        if (value) addVersion(secret.name, versionId, value);
      }),
    put: (name, versionId, value) => atomically(() => addVersion(name, versionId, value)),
    version: (name, wanted) => versions(name).find((version) => isWanted(version, wanted)),
    versions,
    close: () => database.close(),
  };
}

function isWanted(
  version: SecretVersion,
  wanted: { versionId?: string | undefined; stage?: string | undefined },
): boolean {
  if (wanted.versionId !== undefined && version.versionId !== wanted.versionId) return false;
  return wanted.stage === undefined || version.stages.includes(wanted.stage);
}

function toVersion(row: VersionRow): SecretVersion {
  return {
    versionId: row.versionId,
    stages: row.stage === null ? [] : [row.stage],
    createdAtMs: row.createdAtMs,
    value:
      row.secretString === null
        ? { SecretBinary: row.secretBinary ?? '' }
        : { SecretString: row.secretString },
  };
}
