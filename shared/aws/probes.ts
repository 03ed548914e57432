import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { awsCall, unavailable } from './aws-call.ts';

/** Checks that a queue can be reached. @throws DependencyError SERVICE_UNAVAILABLE where it cannot */
export async function probeQueue(sqs: SQSClient, queueUrl: string): Promise<void> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] });
  await awsCall('SQS', () => sqs.send(command));
}

/** Checks that a key can be used. @throws DependencyError SERVICE_UNAVAILABLE where it cannot */
export async function probeKey(kms: KMSClient, keyArn: string): Promise<void> {
  const { KeyMetadata } = await awsCall('KMS', () => kms.send(new DescribeKeyCommand({ KeyId: keyArn })));
  if (KeyMetadata?.Enabled === false) throw unavailable('KMS');
}
