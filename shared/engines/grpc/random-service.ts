import { create } from '@bufbuild/protobuf';
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import type { Random as RandomSource } from '../../foundation/random.ts';
import { GetBytesResponseSchema, type Random } from './proto/random/v1/random_pb.ts';

const MAX_BYTES = 4_096;
const MAX_ID_LENGTH = 64;

/** Serves a random source of this machine. */
export function randomService(source: Pick<RandomSource, 'bytes'>): ServiceImpl<typeof Random> {
  return {
    getBytes: ({ requestId, length }) => {
      if (length < 1 || length > MAX_BYTES || requestId.length < 1 || requestId.length > MAX_ID_LENGTH) {
        throw new ConnectError(
          'Ask for 1 to 4096 bytes, under an id of 1 to 64 characters',
          Code.InvalidArgument,
        );
      }
      return create(GetBytesResponseSchema, { requestId, data: source.bytes(length) });
    },
  };
}
