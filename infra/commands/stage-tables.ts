/** Commands reach the configuration and the data keys of a stage through this, as its functions do. */
import { KMSClient } from '@aws-sdk/client-kms';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientSettings } from '../../shared/aws/client-settings.ts';
import { systemClock } from '../../shared/aws/clock.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { DataKeyItems } from '../../shared/encryption/adapters/data-key-items.ts';
import { KmsDataKeys } from '../../shared/encryption/adapters/data-keys.ts';
import { KmsMacs } from '../../shared/encryption/adapters/macs.ts';
import type { ConfigTable } from '../../shared/games/adapters/config-table.ts';
import type { Deployment } from './deployment.ts';

interface Clients {
  readonly dynamodb: DynamoDBDocumentClient;
  readonly kms: KMSClient;
}

/** The environment says where these lead. */
const clientsHere = (): Clients => ({ dynamodb: documentClient(), kms: new KMSClient(clientSettings) });

export function dataKeysOf({ outputs }: Deployment, { dynamodb, kms } = clientsHere()): KmsDataKeys {
  return new KmsDataKeys({
    kms,
    keyArn: outputs.DataKeyArn,
    encryptedKeys: new DataKeyItems(dynamodb, outputs.ConfigTable),
    clock: systemClock,
  });
}

/** Makes and checks the MACs of a stage. */
export function macsOf(deployment: Deployment, clients = clientsHere()): KmsMacs {
  return new KmsMacs(dataKeysOf(deployment, clients));
}

/** Whoever changes the configuration needs the data key, because each item is signed. */
export function configTableOf(deployment: Deployment, clients = clientsHere()): ConfigTable {
  return {
    client: clients.dynamodb,
    tableName: deployment.outputs.ConfigTable,
    macs: macsOf(deployment, clients),
    clock: systemClock,
  };
}
