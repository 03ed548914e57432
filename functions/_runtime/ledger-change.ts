import type { DynamoDBRecord } from 'aws-lambda';
import { readStreamImage } from './composition.ts';
import type { RoundChange } from '../../shared/archive/archive-rounds.ts';

/**
 * Reads a record of the ledger's stream. It is undefined for the removal of an expired item, which changes no round.
 * @throws FaultError CORRUPT_RECORD
 */
export function changeOf({ eventName, dynamodb }: DynamoDBRecord): RoundChange | undefined {
  if (eventName === 'REMOVE') return undefined;
  const { NewImage: after, OldImage: before } = dynamodb ?? {};
  return {
    before: before && readStreamImage(before as Parameters<typeof readStreamImage>[0]),
    after: readStreamImage((after ?? {}) as Parameters<typeof readStreamImage>[0]),
  };
}
