import { TemplateError } from './error.ts';
import type { Template } from './template.ts';

/** Finds what an ARN stands for. */
export interface Addresses {
  queueUrl(arn: string): string | undefined;
  /** @throws TemplateError UNKNOWN_REFERENCE */
  requireQueueUrl(arn: string, user: string): string;
  tableOfStream(arn: string): string | undefined;
}

export function addressesOf(template: Template): Addresses {
  const queues = new Map(
    template.ofType('AWS::SQS::Queue').map(({ identity }) => [identity.attributes.Arn, identity.ref]),
  );
  const streams = new Map(
    template
      .ofType('AWS::DynamoDB::Table')
      .map(({ identity }) => [identity.attributes.StreamArn, identity.ref]),
  );
  return {
    queueUrl: (arn) => queues.get(arn),
    requireQueueUrl(arn, user) {
      const url = queues.get(arn);
      if (url !== undefined) return url;
      throw new TemplateError('UNKNOWN_REFERENCE', user, `names ${arn}, which is no queue of this stack`);
    },
    tableOfStream: (arn) => streams.get(arn),
  };
}
