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
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { FaultError } from '../../shared/foundation/errors.ts';
import { OperatorId, WalletId } from '../../shared/foundation/ids.ts';
import {
  currentWallet,
  type Operator,
  type OperatorWallet,
  type WalletCalls,
} from '../../shared/operators/operator.ts';
import { operatorKeyHash } from '../../shared/operators/authenticate-operator.ts';
import { isLoopback } from '../loopback.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { configTableOf } from './stage-tables.ts';
import { UsageError } from '../../shared/command-line/command-line.ts';

export interface OperatorRegistration {
  readonly operatorId: string;
  readonly name: string;
  /** Without it, the current wallet is meant, which then keeps its address. A new operator's is `main`. */
  readonly walletId?: string | undefined;
  readonly walletUrl: string;
  /** The HMAC key shared with the wallet. */
  readonly walletSecret: string;
  /** A known wallet keeps its own where this is not given; a new one is called with `debit-credit`. */
  readonly walletCalls?: WalletCalls | undefined;
  /** Makes a wallet that the operator had before the current one again. */
  readonly makeCurrent?: boolean;
  /** A new operator's key is made here where none is given. A known operator keeps the key that it has. */
  readonly operatorKey?: string | undefined;
  /** Makes a new key for a known operator; the old one stops working. */
  readonly makeKey?: boolean;
}

export interface RegisteredOperator {
  readonly operator: Operator;
  /** The wallet that the registration was about. */
  readonly walletId: WalletId;
  /** It cannot be read again. It is undefined where the operator keeps its key. */
  readonly newKey: string | undefined;
}

/**
 * Registers an operator, or replaces it. A wallet that it has is changed in place. One with a new id is added, and becomes
 * the current one. The others stay, because rounds that were debited there are settled there. Only the hash of the
 * operator's key is stored. The wallet's key goes to the secrets, under the prefix that the functions may read.
 * @throws FaultError MISCONFIGURED where another wallet of the operator has the address
 */
export async function registerOperator(
  deployment: Deployment,
  registration: OperatorRegistration,
): Promise<RegisteredOperator> {
  const operatorId = OperatorId.parse(registration.operatorId);
  const { stage } = deployment;
  const walletUrl = walletAddress(registration.walletUrl, stage);
  const admin = new DynamoRegistryAdmin(configTableOf(deployment));
  return admin.changeOperator(operatorId, async (known) => {
    const walletId = walletIdOf(registration, known);
    const newKey = newKeyOf(registration, known);
    const walletSecretName = `rgs/${stage}/operator/${operatorId}/wallet-key/${walletId}`;
    const address = { walletId, walletUrl, walletSecretName };
    if (known) assertOwnAddress(known, address);
    const operator = { operatorId, ...changed(registration, known, address) };
    // No function may find a wallet whose key is not there yet.
    await putSecret(walletSecretName, registration.walletSecret);
    return { operator, walletId, newKey, newKeyHash: newKey && operatorKeyHash(newKey) };
  });
}

type Address = Omit<OperatorWallet, 'walletCalls'>;

/**
 * Two ids at one address would be two ids of one set of books. Rounds of the one could then be settled as rounds of the
 * other. A wallet that has its address already keeps it, so that its secret can be replaced.
 * @throws FaultError MISCONFIGURED
 */
function assertOwnAddress({ operatorId, wallets }: Operator, { walletId, walletUrl }: Address): void {
  const sharing = wallets.filter((wallet) => placeOf(wallet.walletUrl) === placeOf(walletUrl));
  if (sharing.some((wallet) => wallet.walletId === walletId)) return;
  const [other] = sharing;
  if (!other) return;
  throw new FaultError(
    'MISCONFIGURED',
    `Wallet ${other.walletId} of ${operatorId} has this address already. Name that one with --wallet-id where the books are its own, and give it another address first where they are not`,
  );
}

/** Calls go to the same place whether or not the address ends with slashes, and however its host is written. */
function placeOf(walletUrl: string): string {
  return new URL(walletUrl).href.replace(/\/+$/, '');
}

function changed(
  { name, makeCurrent, walletCalls }: OperatorRegistration,
  known: Operator | undefined,
  address: Address,
): Omit<Operator, 'operatorId'> {
  const { walletId } = address;
  const before = known?.wallets.find((one) => one.walletId === walletId);
  const wallet = { ...address, walletCalls: walletCalls ?? before?.walletCalls ?? 'debit-credit' };
  const current = known && before && !makeCurrent ? known.walletId : walletId;
  return {
    name,
    enabled: known?.enabled ?? true,
    wallets: withWallet(known?.wallets ?? [], wallet),
    walletId: current,
  };
}

function newKeyOf(
  { operatorKey, makeKey }: OperatorRegistration,
  known: Operator | undefined,
): string | undefined {
  if (operatorKey !== undefined) return operatorKey;
  return known && !makeKey ? undefined : randomBytes(32).toString('base64url');
}

const FIRST_WALLET = 'main';

/**
 * An address that changes may lead to the same books or to others. Only a person knows, so the wallet must be named then.
 * @throws UsageError
 */
function walletIdOf({ walletId, walletUrl }: OperatorRegistration, known: Operator | undefined): WalletId {
  if (walletId !== undefined || !known) return WalletId.parse(walletId ?? FIRST_WALLET);
  const current = currentWallet(known);
  if (current.walletUrl === walletUrl) return current.walletId;
  throw new UsageError(
    `The address differs from that of wallet ${current.walletId}. Name that one with --wallet-id where the books are the same, and a new one where they are not`,
  );
}

function withWallet(wallets: readonly OperatorWallet[], wallet: OperatorWallet): OperatorWallet[] {
  const isKnown = wallets.some(({ walletId }) => walletId === wallet.walletId);
  if (!isKnown) return [...wallets, wallet];
  return wallets.map((one) => (one.walletId === wallet.walletId ? wallet : one));
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
  readonly 'wallet-id': string | undefined;
  readonly 'wallet-url': string;
  readonly 'wallet-secret': string | undefined;
  readonly 'wallet-secret-file': string | undefined;
  readonly 'wallet-calls': WalletCalls | undefined;
  readonly current: boolean;
  readonly key: string | undefined;
  readonly 'new-key': boolean;
}

/** Registers an operator on a stage, and prints its current wallet and its key. @throws UsageError; FaultError MISCONFIGURED */
export async function registerOnStage(options: RegisterOptions): Promise<void> {
  const { stage, operator: operatorId, name, key: operatorKey } = options;
  const walletSecret = await walletSecretOf(options['wallet-secret'], options['wallet-secret-file']);
  const deployment = await findDeployment(stage);
  const wallet = {
    walletId: options['wallet-id'],
    walletUrl: options['wallet-url'],
    walletSecret,
    walletCalls: options['wallet-calls'],
    makeCurrent: options.current,
    makeKey: options['new-key'],
  };
  const registered = await registerOperator(deployment, { operatorId, name, operatorKey, ...wallet });
  console.log(registeredText(stage, registered));
}

function registeredText(stage: string, { operator, walletId, newKey }: RegisteredOperator): string {
  const { operatorId } = operator;
  const current = currentWallet(operator);
  const lines = [
    `Registered ${operatorId} on stage ${stage}.`,
    `Its current wallet is ${current.walletId} at ${current.walletUrl}, where new rounds are debited.`,
  ];
  if (walletId !== current.walletId)
    lines.push(`Wallet ${walletId} is changed, but is not the current one; --current makes it so.`);
  lines.push(newKey === undefined ? 'It keeps its key.' : `Its key, shown only now: ${newKey}`);
  return lines.join('\n');
}
