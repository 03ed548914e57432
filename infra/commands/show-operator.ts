import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { OperatorId } from '../../shared/foundation/ids.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { knownOperator } from '../../shared/operators/operators.ts';
import { findDeployment } from './deployment.ts';
import { configTableOf } from './stage-tables.ts';
import { textTable } from './text-table.ts';

export type ShownOperator = Awaited<ReturnType<typeof operatorOnStage>>;

/**
 * Reads an operator of a stage as it is registered now, and sees whether the secrets of its wallets are there.
 * @throws MissingError UNKNOWN_OPERATOR; FaultError CORRUPT_RECORD where its item is not as it was signed
 */
export async function operatorOnStage(stage: string, id: string) {
  const admin = new DynamoRegistryAdmin(configTableOf(await findDeployment(stage)));
  const operator = await knownOperator(admin, OperatorId.parse(id));
  const secrets = new SecretsManagerClient();
  const wallets = operator.wallets.map(async (wallet) => ({
    wallet_id: wallet.walletId,
    wallet_calls: wallet.walletCalls,
    wallet_url: wallet.walletUrl,
    secret_name: wallet.walletSecretName,
    has_secret: await isThere(secrets, wallet.walletSecretName),
  }));
  return {
    operator_id: operator.operatorId,
    name: operator.name,
    enabled: operator.enabled,
    current_wallet_id: operator.walletId,
    wallets: await Promise.all(wallets),
  };
}

/** A secret that waits for its deletion cannot be read any more. */
async function isThere(client: SecretsManagerClient, name: string): Promise<boolean> {
  try {
    const { DeletedDate } = await client.send(new DescribeSecretCommand({ SecretId: name }));
    return DeletedDate === undefined;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

/** Writes an operator for people. */
export function operatorText({ wallets, ...operator }: ShownOperator): string {
  const { operator_id, name, enabled, current_wallet_id } = operator;
  const rows = wallets.map((wallet) => [
    wallet.wallet_id === current_wallet_id ? 'current' : '',
    wallet.wallet_id,
    wallet.wallet_calls,
    wallet.wallet_url,
    wallet.has_secret ? 'is there' : `is missing: ${wallet.secret_name}`,
  ]);
  return [
    `${operator_id} (${name}) is ${enabled ? 'on' : 'off'}. Its current wallet is ${current_wallet_id}.`,
    textTable([['', 'wallet id', 'calls', 'address', 'secret'], ...rows]),
  ].join('\n');
}
