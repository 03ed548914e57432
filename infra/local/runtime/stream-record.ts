import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord, StreamRecord as Change } from 'aws-lambda';
import { LOCAL_REGION } from '../services/endpoints.ts';

/** Lambda puts a record of a table's stream into an event in this form. The required members are always there. */
export interface LambdaStreamRecord extends DynamoDBRecord {
  readonly dynamodb: Change & {
    /** Counts seconds since 1970. */
    readonly ApproximateCreationDateTime: number;
    readonly SequenceNumber: string;
  };
}

export function toLambdaRecord(record: StreamRecord, streamArn: string): LambdaStreamRecord {
  const { Keys, NewImage, OldImage, ...change } = record.dynamodb ?? {};
  const { userIdentity } = record;
  return {
    eventID: record.eventID,
    eventName: record.eventName,
    eventVersion: record.eventVersion ?? '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: LOCAL_REGION,
    eventSourceARN: streamArn,
    ...(userIdentity && {
      userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId },
    }),
    dynamodb: {
      ...change,
      ...withBytesInBase64({ Keys, NewImage, OldImage }),
      ApproximateCreationDateTime: Math.floor((change.ApproximateCreationDateTime?.getTime() ?? 0) / 1000),
      SequenceNumber: change.SequenceNumber ?? '',
    },
  };
}

/** JSON has no bytes, so Lambda writes them in base64. Images that are not there are left out. */
function withBytesInBase64(images: object): Pick<Change, 'Keys' | 'NewImage' | 'OldImage'> {
  const json = JSON.stringify(images, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  return JSON.parse(json) as Pick<Change, 'Keys' | 'NewImage' | 'OldImage'>;
}
