/** A data key of the local services, for tests that sign or seal as a stage does. */
import { KMSClient } from '@aws-sdk/client-kms';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../../shared/aws/clock.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { DataKeyItems } from '../../shared/encryption/adapters/data-key-items.ts';
import { KmsDataKeys } from '../../shared/encryption/adapters/data-keys.ts';
import { KmsMacs } from '../../shared/encryption/adapters/macs.ts';
import { localArn } from '../../infra/local/services/endpoints.ts';
import type { TestServices } from './services.ts';

const KEY = '277ef228-415a-910f-f943-2ab769ca55f2';

export interface SigningStage {
  readonly client: DynamoDBDocumentClient;
  /** Makes MACs under data keys that lie encrypted in this table. */
  macs(tableName: string): KmsMacs;
  stop(): void;
}

/** Reaches the tables and the data keys of the services, as one process of a stage does. */
export function signingStage({ services, access }: TestServices): SigningStage {
  services.ensureKey(KEY);
  const client = documentClient({ ...access, endpoint: services.endpoints.dynamodb });
  const kms = new KMSClient({ ...access, endpoint: services.endpoints.kms });
  return {
    client,
    macs: (tableName) =>
      new KmsMacs(
        new KmsDataKeys({
          kms,
          keyArn: localArn('kms', `key/${KEY}`),
          encryptedKeys: new DataKeyItems(client, tableName),
          clock: systemClock,
        }),
      ),
    stop() {
      client.destroy();
      kms.destroy();
    },
  };
}
