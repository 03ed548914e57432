import type { Client } from '@connectrpc/connect';
import { sameBytes } from '../../foundation/bytes.ts';
import { DependencyError } from '../../foundation/errors.ts';
import type { Random as LocalRandom, SeedSource } from '../../foundation/random.ts';
import { GrpcChannel } from './grpc-channel.ts';
import { Random, type GetBytesResponse } from './proto/random/v1/random_pb.ts';

const SEED_BYTES = 32;

/** Reads seeds from a generator on a server, such as a certified one. An answer that cannot be a seed is refused. */
export class RemoteSeeds implements SeedSource {
  readonly #channel: GrpcChannel;
  readonly #client: Client<typeof Random>;
  readonly #ids: Pick<LocalRandom, 'uuid'>;
  #last: Uint8Array | undefined;

  constructor(url: string, timeoutMs: number, ids: Pick<LocalRandom, 'uuid'>) {
    this.#channel = new GrpcChannel(url, timeoutMs);
    this.#client = this.#channel.client(Random);
    this.#ids = ids;
  }

  async seed(): Promise<Uint8Array> {
    // This is the continuous test for a source that is stuck. The first bytes are only compared with (FIPS 140-2,
    // 4.9.2).
    this.#last ??= await this.#draw();
    const data = await this.#draw();
    if (sameBytes(this.#last, data)) throw unavailable('gave the same bytes twice');
    this.#last = data;
    return data;
  }

  async #draw(): Promise<Uint8Array> {
    const requestId = this.#ids.uuid();
    const answer = await this.#ask(requestId);
    const { data } = answer;
    if (answer.requestId !== requestId || data.length !== SEED_BYTES) {
      throw unavailable('gave another answer than was asked for');
    }
    return data;
  }

  async #ask(requestId: string): Promise<GetBytesResponse> {
    try {
      return await this.#channel.call((options) =>
        this.#client.getBytes({ requestId, length: SEED_BYTES }, options),
      );
    } catch (cause) {
      throw unavailable('did not answer', cause);
    }
  }

  close(): void {
    this.#channel.close();
  }
}

function unavailable(what: string, cause?: unknown): DependencyError {
  return new DependencyError('SERVICE_UNAVAILABLE', `The random source ${what}`, { cause });
}
