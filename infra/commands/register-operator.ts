import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { documentClient } from '../../shared/aws/document-client.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { OperatorId } from '../../shared/foundation/ids.ts';
import type { WalletCalls } from '../../shared/operators/operator.ts';
import { operatorKeyHash } from '../../shared/operators/authenticate-operator.ts';
import { isLoopback } from '../loopback.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { UsageError } from '../../shared/command-line/command-line.ts';

export interface OperatorRegistration {
  readonly operatorId: string;
  readonly name: string;
  readonly walletUrl: string;
  /** The HMAC key shared with the operator's wallet. */
  readonly walletSecret: string;
  readonly walletCalls?: WalletCalls;
  /** The key is made here where none is given. */
  readonly operatorKey?: string | undefined;
}

/**
 * Registers an operator, or replaces it. Only the hash of the operator's key is stored. The wallet's key goes to the
 * secrets, under the prefix that the functions may read.
 * @returns the operator's key, which cannot be read again
 */
export async function registerOperator(
  { stage, outputs }: Deployment,
  registration: OperatorRegistration,
): Promise<string> {
  const { name, walletSecret, walletCalls = 'debit-credit' } = registration;
  const operatorId = OperatorId.parse(registration.operatorId);
  const walletUrl = walletAddress(registration.walletUrl, stage);
  const operatorKey = registration.operatorKey ?? randomBytes(32).toString('base64url');
  const walletSecretName = `rgs/${stage}/operator/${operatorId}/wallet-key`;
  await putSecret(walletSecretName, walletSecret);
  const admin = new DynamoRegistryAdmin(documentClient(), outputs.ConfigTable);
  const operator = { operatorId, name, enabled: true, walletUrl, walletSecretName, walletCalls };
  await admin.putOperator(operator, operatorKeyHash(operatorKey));
  return operatorKey;
}

/**
 * Money crosses the network only under TLS (GLI-19 V3.0, B.4). A wallet on the machine of the game server needs none.
 * Paths are put behind the address, so it must end where they can begin.
 */
function walletAddress(address: string, stage: string): string {
  const url = z.url().safeParse(address).success ? URL.parse(address) : null;
  if (!url) throw new Error("The wallet's address is none");
  if (url.username !== '' || url.password !== '' || /[?#]/.test(address)) {
    throw new Error("The wallet's address must have no user, no query and no fragment");
  }
  const { protocol, hostname } = url;
  const isNear = stage === 'local' && isLoopback(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isNear)) {
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

const MIN_SECRET_LENGTH = 16;

/** @throws Error with one line for the user */
async function walletSecretOf(given: string | undefined, file: string | undefined): Promise<string> {
  if ((given === undefined) === (file === undefined))
    throw new UsageError("Give the wallet's secret with either --wallet-secret-file or --wallet-secret");
  const secret = given ?? (await secretIn(file ?? '-'));
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new UsageError(`The wallet's secret needs at least ${MIN_SECRET_LENGTH} characters`);
  }
  return secret;
}

/**
 * A secret in a file is in no list of processes, unlike one on a command line. A line break at its end is the editor's.
 */
async function secretIn(file: string): Promise<string> {
  const content = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));
  return content.replace(/\r?\n$/, '');
}

export interface RegisterOptions {
  readonly stage: string;
  readonly operator: string;
  readonly name: string;
  readonly 'wallet-url': string;
  readonly 'wallet-secret': string | undefined;
  readonly 'wallet-secret-file': string | undefined;
  readonly 'wallet-calls': WalletCalls;
  readonly key: string | undefined;
}

/** Registers an operator on a stage, and prints its key. @throws UsageError */
export async function registerOnStage(options: RegisterOptions): Promise<void> {
  const { stage, operator: operatorId, name, key: operatorKey } = options;
  const walletSecret = await walletSecretOf(options['wallet-secret'], options['wallet-secret-file']);
  const deployment = await findDeployment(stage);
  const wallet = { walletUrl: options['wallet-url'], walletSecret, walletCalls: options['wallet-calls'] };
  const key = await registerOperator(deployment, { operatorId, name, operatorKey, ...wallet });
  console.log(`Registered ${operatorId} on stage ${stage}. Its key, shown only now: ${key}`);
}
