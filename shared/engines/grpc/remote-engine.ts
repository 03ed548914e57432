import { createHash } from 'node:crypto';
import type { Client } from '@connectrpc/connect';
import { EngineError } from '../../foundation/errors.ts';
import type { Engine, EngineCapabilities, EngineInput, EngineStep } from '../engines.ts';
import { readCapabilities } from './capabilities-message.ts';
import { engineErrorFor } from './engine-status.ts';
import type { GrpcChannel } from './grpc-channel.ts';
import { Engine as EngineService } from './proto/engine/v1/engine_pb.ts';
import { readRemoteReset, readRemoteStep } from './remote-answer.ts';

const HASH_BYTES = 32;
const NO_CHANCE = new Uint8Array(32);

/** Names the build of an engine. Empty values leave the choice to the server. */
export interface RemoteBuildId {
  readonly engineId: string;
  readonly buildId: string;
  /** The SHA-256 of the build, in hex. */
  readonly buildHash: string;
}

/**
 * Names a remote build among all engines, in hex. It is not the build's own hash. The same module may also be published
 * here, and a round must tell where it was played.
 */
export function remoteEngineHash({ engineId, buildId, buildHash }: RemoteBuildId): string {
  return createHash('sha256').update(['engine.v1', engineId, buildId, buildHash].join('\n')).digest('hex');
}

/**
 * Plays an engine on a server. Every answer must keep the rules for a module's answers, and come from the same build.
 */
export class RemoteEngine implements Engine {
  readonly hash: string;
  readonly build: RemoteBuildId;
  readonly capabilities: EngineCapabilities;
  readonly #channel: GrpcChannel;
  readonly #client: Client<typeof EngineService>;
  readonly #id: { envId: string; buildId: string; buildHash: Uint8Array };
  readonly #maxWinMillionths: bigint;
  #replaced = false;

  private constructor(channel: GrpcChannel, build: RemoteBuildId, capabilities: EngineCapabilities) {
    this.hash = remoteEngineHash(build);
    this.build = build;
    this.capabilities = capabilities;
    this.#channel = channel;
    this.#client = channel.client(EngineService);
    const { engineId: envId, buildId, buildHash } = build;
    this.#id = { envId, buildId, buildHash: Buffer.from(buildHash, 'hex') };
    this.#maxWinMillionths = capabilities.modes.reduce(
      (most, { maxWinMillionths }) => (maxWinMillionths > most ? maxWinMillionths : most),
      0n,
    );
  }

  /**
   * Connects to an engine.
   * @throws EngineError with the host's code for whatever went wrong; HASH_MISMATCH where the server has another build
   */
  static async connect(channel: GrpcChannel, asked: RemoteBuildId): Promise<RemoteEngine> {
    const { engineId: envId, buildId } = asked;
    const id = { envId, buildId, buildHash: Buffer.from(asked.buildHash, 'hex') };
    const client = channel.client(EngineService);
    const message = await answered(channel.call((options) => client.getCapabilities(id, options)));
    const capabilities = readCapabilities(message);
    const hash = message.id?.buildHash ?? new Uint8Array();
    if (hash.length !== HASH_BYTES) throw new EngineError('BAD_OUTPUT', 'The engine does not tell its build');
    const told = {
      engineId: capabilities.engineId,
      buildId: capabilities.buildId,
      buildHash: Buffer.from(hash).toString('hex'),
    };
    for (const part of ['engineId', 'buildId', 'buildHash'] as const) {
      if (asked[part] !== '' && asked[part] !== told[part]) throw otherBuild();
    }
    return new RemoteEngine(channel, told, capabilities);
  }

  /** The server was seen to have another build since. It is asked again before the next round. */
  get replaced(): boolean {
    return this.#replaced;
  }

  async reset(): Promise<EngineStep> {
    const request = { id: this.#id, seed: NO_CHANCE };
    const answer = await this.#ask((options) => this.#client.reset(request, options));
    return readRemoteReset(answer);
  }

  async step({ state, action, seed, stepIndex }: EngineInput): Promise<EngineStep> {
    if (this.capabilities.actions[action] === undefined) {
      throw new EngineError('ENGINE_REJECTED', `The engine has no action ${action}`);
    }
    const id = this.#id;
    const request = { id, state, action: Uint8Array.of(action), seed, stepIndex: BigInt(stepIndex) };
    const answer = await this.#ask((options) => this.#client.step(request, options));
    return readRemoteStep(answer, this.#maxWinMillionths);
  }

  async #ask<T extends { readonly buildHash: Uint8Array }>(
    run: Parameters<GrpcChannel['call']>[0] & ((options: { timeoutMs?: number }) => Promise<T>),
  ): Promise<T> {
    try {
      const answer = await answered<T>(this.#channel.call(run));
      if (!Buffer.from(answer.buildHash).equals(this.#id.buildHash)) throw otherBuild();
      return answer;
    } catch (error) {
      this.#replaced ||= error instanceof EngineError && error.code === 'HASH_MISMATCH';
      throw error;
    }
  }
}

async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw engineErrorFor(cause);
  }
}

function otherBuild(): EngineError {
  return new EngineError('HASH_MISMATCH', "The engine's server has another build than the one asked for");
}
