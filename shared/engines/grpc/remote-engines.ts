import { EngineError } from '../../foundation/errors.ts';
import type { EngineVersion, RemoteBuild } from '../engine-version.ts';
import { GrpcChannel } from './grpc-channel.ts';
import { RemoteEngine } from './remote-engine.ts';

/** A connected engine holds little more than its capabilities. */
const MAX_ENGINES = 64;

export type RemoteVersion = EngineVersion & { readonly remote: RemoteBuild };

/** Keeps engines on servers, with one connection for each server. Each engine's capabilities are requested once. */
export class RemoteEngines {
  readonly #timeoutMs: number;
  readonly #channels = new Map<string, GrpcChannel>();
  readonly #engines = new Map<string, RemoteEngine>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Loads a remote engine. @throws EngineError as its server fails, and HASH_MISMATCH where it has another build */
  async load({ hash, engineId, buildId, remote }: RemoteVersion): Promise<RemoteEngine> {
    const place = `${hash} ${remote.url}`;
    const known = this.#engines.get(place);
    if (known && !known.replaced) return known;
    this.#engines.delete(place);
    const build = { engineId, buildId, buildHash: remote.buildHash };
    const engine = await RemoteEngine.connect(this.#channelTo(remote.url), build);
    if (engine.hash !== hash) {
      throw new EngineError('HASH_MISMATCH', `The engine at ${remote.url} is not the one registered`);
    }
    const [oldest] = this.#engines.keys();
    if (oldest !== undefined && this.#engines.size >= MAX_ENGINES) this.#engines.delete(oldest);
    this.#engines.set(place, engine);
    return engine;
  }

  #channelTo(url: string): GrpcChannel {
    const channel = this.#channels.get(url) ?? new GrpcChannel(url, this.#timeoutMs);
    this.#channels.set(url, channel);
    return channel;
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
  }
}
