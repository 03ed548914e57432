import { join } from 'node:path';
import * as z from 'zod';
import { AwsError, operation, startAwsJson } from './aws-json.ts';
import { inTransaction, openDatabase } from './database.ts';
import { localArn } from './endpoints.ts';
import type { RunningService } from './loopback.ts';

/** The SDK sends a token with every write; the same one means that it repeats a request whose answer was lost. */
const written = z.strictObject({
  SecretString: z.string().min(1).max(65_536).optional(),
  SecretBinary: z.base64().min(1).max(87_384).optional(),
  ClientRequestToken: z.string().min(32).max(64),
});
type Written = z.output<typeof written>;
const hasValue = ({ SecretString, SecretBinary }: Written) =>
  (SecretString === undefined) !== (SecretBinary === undefined);
const createInput = written
  .extend({ Name: z.string().regex(/^[\w/+=.@-]{1,512}$/) })
  .refine(hasValue, 'Give either SecretString or SecretBinary');
const putInput = written
  .extend({ SecretId: z.string() })
  .refine(hasValue, 'Give either SecretString or SecretBinary');
const namedInput = z.strictObject({ SecretId: z.string() });

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

/**
 * Serves the newest value of each secret by name, over Secrets Manager's protocol. The values lie unencrypted in a file
 * that only its owner reads.
 * @throws ServiceError DATA_CORRUPT
 */
export async function startSecretsManager(dataDirectory: string): Promise<RunningService> {
  const store = openSecrets(join(dataDirectory, 'secrets.db'));
  const service = await startAwsJson({
    targetPrefix: 'secretsmanager',
    operations: {
      CreateSecret: operation(createInput, ({ Name, ...input }) => {
        const known = store.find(Name, input.ClientRequestToken);
        if (!known && store.find(Name))
          throw new AwsError('ResourceExistsException', `The secret ${Name} already exists`);
        return write(store, Name, known, input);
      }),
      PutSecretValue: operation(putInput, ({ SecretId, ...input }) => {
        if (!store.find(SecretId)) throw notFound(SecretId);
        return write(store, SecretId, store.find(SecretId, input.ClientRequestToken), input);
      }),
      DescribeSecret: operation(namedInput, ({ SecretId }) => {
        if (!store.find(SecretId)) throw notFound(SecretId);
        return { ARN: arnOf(SecretId), Name: SecretId };
      }),
      GetSecretValue: operation(namedInput, ({ SecretId }) => {
        const found = store.find(SecretId);
        if (!found) throw notFound(SecretId);
        const { versionId: VersionId, secretString, secretBinary } = found;
        const value = secretString === null ? { SecretBinary: secretBinary } : { SecretString: secretString };
        return { ARN: arnOf(SecretId), Name: SecretId, VersionId, ...value };
      }),
    },
  });
  return {
    endpoint: service.endpoint,
    async stop() {
      await service.stop();
      store.close();
    },
  };
}

interface Version {
  readonly versionId: string;
  readonly secretString: string | null;
  /** Base64. */
  readonly secretBinary: string | null;
}

type Secrets = ReturnType<typeof openSecrets>;

/** Writes a version that is new. One that is known already was sent again, or its id stands for another value. */
function write(store: Secrets, name: string, known: Version | undefined, input: Written) {
  const { SecretString = null, SecretBinary = null, ClientRequestToken: VersionId } = input;
  if (known && (known.secretString !== SecretString || known.secretBinary !== SecretBinary))
    throw new AwsError('ResourceExistsException', `Version ${VersionId} of ${name} has another value`);
  if (!known)
    store.put(name, { versionId: VersionId, secretString: SecretString, secretBinary: SecretBinary });
  return { ARN: arnOf(name), Name: name, VersionId };
}

/** The newest version of a secret has the stage AWSCURRENT; the others stay, so that a repeated request is known. */
function openSecrets(file: string) {
  const database = openDatabase(file, SCHEMA);
  const insertSecret = database.prepare("INSERT OR IGNORE INTO secrets VALUES (?, ?, '', ?)");
  const retireVersions = database.prepare('UPDATE versions SET stage = NULL WHERE name = ?');
  const insertVersion = database.prepare("INSERT INTO versions VALUES (?, ?, 'AWSCURRENT', ?, ?, ?)");
  const selectCurrent = database.prepare("SELECT * FROM versions WHERE name = ? AND stage = 'AWSCURRENT'");
  const selectVersion = database.prepare('SELECT * FROM versions WHERE name = ? AND versionId = ?');
  return {
    /** The newest version, or the one with this id. */
    find: (name: string, versionId?: string) =>
      (versionId === undefined ? selectCurrent.get(name) : selectVersion.get(name, versionId)) as
        | Version
        | undefined,
    put(name: string, { versionId, secretString, secretBinary }: Version): void {
      inTransaction(database, () => {
        insertSecret.run(name, arnOf(name), Date.now());
        retireVersions.run(name);
        insertVersion.run(name, versionId, secretString, secretBinary, Date.now());
      });
    },
    close: () => database.close(),
  };
}

function notFound(name: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Secrets Manager can't find the secret ${name}.`);
}

/** Unlike AWS's, it has no random letters at its end. */
function arnOf(name: string): string {
  return localArn('secretsmanager', `secret:${name}`);
}
