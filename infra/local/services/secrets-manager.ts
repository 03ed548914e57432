import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { AwsError, operation, startAwsJson } from './aws-json.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './endpoints.ts';
import type { RunningService } from './loopback.ts';
import { openSecretStore, type SecretStore, type SecretValue, type SecretVersion } from './secret-store.ts';

export interface SecretsManagerOptions {
  readonly dataDirectory: string;
  readonly port?: number;
}

const CURRENT = 'AWSCURRENT';

const value = {
  SecretString: z.string().min(1).max(65_536).optional(),
  SecretBinary: z.base64().min(1).max(87_384).optional(),
  ClientRequestToken: z.string().min(32).max(64).optional(),
};
const createInput = z.object({
  Name: z.string().regex(/^[\w/+=.@-]{1,512}$/),
  Description: z.string().optional(),
  ...value,
});
const putInput = z.object({ SecretId: z.string(), ...value });
const getInput = z.object({
  SecretId: z.string(),
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
});

/** Serves secrets over Secrets Manager's protocol; their values lie unencrypted in a file of the owner's. */
export async function startSecretsManager(options: SecretsManagerOptions): Promise<RunningService> {
  const store = openSecretStore(join(options.dataDirectory, 'secrets.db'));
  const service = await startAwsJson({
    targetPrefix: 'secretsmanager',
    operations: operations(store),
    port: options.port,
  });
  return {
    endpoint: service.endpoint,
    async stop() {
      await service.stop();
      store.close();
    },
  };
}

function operations(store: SecretStore) {
  return {
    CreateSecret: operation(createInput, (input) => {
      const description = input.Description ?? '';
      const versionId = input.ClientRequestToken ?? randomUUID();
      const given = optionalValue(input);
      if (!store.find(input.Name))
        store.create({ name: input.Name, arn: arnOf(input.Name), description }, versionId, given);
      else if (!given || !isRepeat(store, input.Name, versionId, given))
        throw new AwsError('ResourceExistsException', `The secret ${input.Name} already exists`);
      return { ARN: arnOf(input.Name), Name: input.Name, ...(given && { VersionId: versionId }) };
    }),
    PutSecretValue: operation(putInput, (input) => {
      const name = nameOf(store, input.SecretId);
      const versionId = input.ClientRequestToken ?? randomUUID();
      const given = valueOf(input);
      if (!store.version(name, { versionId })) store.put(name, versionId, given);
      else if (!isRepeat(store, name, versionId, given))
        throw new AwsError('ResourceExistsException', `Version ${versionId} of ${name} has another value`);
      return { ARN: arnOf(name), Name: name, VersionId: versionId, VersionStages: [CURRENT] };
    }),
    GetSecretValue: operation(getInput, (input) => getValue(store, input)),
    DescribeSecret: operation(z.object({ SecretId: z.string() }), (input) => {
      const name = nameOf(store, input.SecretId);
      const { description, createdAtMs } = store.find(name) ?? missing();
      const stages = Object.fromEntries(
        store.versions(name).map((version) => [version.versionId, version.stages]),
      );
      return {
        ARN: arnOf(name),
        Name: name,
        Description: description,
        CreatedDate: createdAtMs / 1000,
        VersionIdsToStages: stages,
      };
    }),
  };
}

function getValue(store: SecretStore, input: z.output<typeof getInput>) {
  const name = nameOf(store, input.SecretId);
  const version = store.version(name, {
    versionId: input.VersionId,
    stage: input.VersionStage ?? (input.VersionId ? undefined : CURRENT),
  });
  if (!version)
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret value");
  return {
    ARN: arnOf(name),
    Name: name,
    VersionId: version.versionId,
    VersionStages: version.stages,
    CreatedDate: version.createdAtMs / 1000,
    ...version.value,
  };
}

function valueOf(input: SecretValue): SecretValue {
  const given = optionalValue(input);
  if (!given) throw new AwsError('InvalidParameterException', 'Give either SecretString or SecretBinary');
  return given;
}

/** A secret may be made empty and filled later. */
function optionalValue(input: SecretValue): SecretValue | undefined {
  if (input.SecretString !== undefined && input.SecretBinary !== undefined)
    throw new AwsError('InvalidParameterException', 'Give either SecretString or SecretBinary, not both');
  if (input.SecretString !== undefined) return { SecretString: input.SecretString };
  return input.SecretBinary === undefined ? undefined : { SecretBinary: input.SecretBinary };
}

/** SDKs send the same token when they repeat a request whose answer was lost. */
function isRepeat(store: SecretStore, name: string, versionId: string, sent: SecretValue): boolean {
  const stored: SecretVersion | undefined = store.version(name, { versionId });
  return stored?.value.SecretString === sent.SecretString && stored?.value.SecretBinary === sent.SecretBinary;
}

function nameOf(store: SecretStore, secretId: string): string {
  const name = store.find(secretId)?.name ?? store.findByArn(secretId)?.name;
  return name ?? missing();
}

function missing(): never {
  throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

/** AWS appends six random characters; here they follow from the name, so that an ARN is known beforehand. */
function arnOf(name: string): string {
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `arn:aws:secretsmanager:${LOCAL_REGION}:${LOCAL_ACCOUNT}:secret:${name}-${suffix}`;
}
