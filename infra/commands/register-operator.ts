import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { documentClient } from '../../shared/adapters/dynamodb/document-client.ts';
import { DynamoRegistryAdmin } from '../../shared/adapters/dynamodb/registry-admin.ts';
import { OperatorId } from '../../shared/domain/ids.ts';
import { type WalletCalls, walletCallStyles } from '../../shared/domain/operator.ts';
import { operatorKeyHash } from '../../shared/usecases/authenticate-operator.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { runCommand } from './run-command.ts';

export interface OperatorRegistration {
  readonly operatorId: string;
  readonly name: string;
  readonly walletUrl: string;
  /** The HMAC key shared with the operator's wallet. */
  readonly walletSecret: string;
  readonly walletCalls?: WalletCalls;
  /** Made here where none is given. */
  readonly operatorKey?: string | undefined;
}

/**
 * Registers an operator, or replaces it. Of the operator's key only the hash is stored; the wallet's key goes to the
 * secrets, under the prefix that the functions may read.
 * @returns the operator's key, which cannot be read again
 */
export async function registerOperator(
  { stage, outputs }: Deployment,
  registration: OperatorRegistration,
): Promise<string> {
  const { name, walletSecret, walletCalls = 'debit-credit' } = registration;
  const operatorId = OperatorId.parse(registration.operatorId);
  const walletUrl = walletAddress(registration.walletUrl);
  const operatorKey = registration.operatorKey ?? randomBytes(32).toString('base64url');
  const walletSecretName = `rgs/${stage}/operator/${operatorId}/wallet-key`;
  await putSecret(walletSecretName, walletSecret);
  const admin = new DynamoRegistryAdmin(documentClient(), outputs.ConfigTable);
  const operator = { operatorId, name, enabled: true, walletUrl, walletSecretName, walletCalls };
  await admin.putOperator(operator, operatorKeyHash(operatorKey));
  return operatorKey;
}

/** Money crosses the network only under TLS (GLI-19 V3.0, B.4); a wallet on this machine needs none. */
function walletAddress(address: string): string {
  const { protocol, hostname } = new URL(z.url().parse(address));
  const loopback = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && loopback)) {
    throw new Error(`The wallet's address must be https, but is ${address}`);
  }
  return address;
}

async function putSecret(name: string, value: string): Promise<void> {
  const client = new SecretsManagerClient();
  try {
    await client.send(new CreateSecretCommand({ Name: name, SecretString: value }));
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
  }
}

const usage =
  'npm run operator:register -- --operator ID --name NAME --wallet-url URL --wallet-secret SECRET [--wallet-calls debit-credit|bet-win] [--key KEY] [--stage STAGE]';

if (import.meta.main) {
  await runCommand(async () => {
    const { values } = parseArgs({
      options: {
        stage: { type: 'string', default: 'local' },
        operator: { type: 'string' },
        name: { type: 'string' },
        'wallet-url': { type: 'string' },
        'wallet-secret': { type: 'string' },
        'wallet-calls': { type: 'string', default: 'debit-credit' },
        key: { type: 'string' },
      },
    });
    const {
      operator: operatorId,
      name,
      'wallet-url': walletUrl,
      'wallet-secret': walletSecret,
      'wallet-calls': calls,
      key,
    } = values;
    if (!operatorId || !name || !walletUrl || !walletSecret) throw new Error(`Usage: ${usage}`);
    const walletCalls = z.enum(walletCallStyles).parse(calls);
    const deployment = await findDeployment(values.stage);
    const registration = { operatorId, name, walletUrl, walletSecret, walletCalls, operatorKey: key };
    const operatorKey = await registerOperator(deployment, registration);
    console.log(`Registered ${operatorId} on stage ${values.stage}. Its key, shown only now: ${operatorKey}`);
  });
}
