import { readFile } from 'node:fs/promises';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoRegistry } from '../../shared/games/adapters/registry.ts';
import { servedEngine } from '../../shared/engines/host/served-engine.ts';
import { engineService } from '../../shared/engines/grpc/engine-service.ts';
import { type GrpcServer, startGrpcServer } from '../../shared/engines/grpc/grpc-server.ts';
import { Engine } from '../../shared/engines/grpc/proto/engine/v1/engine_pb.ts';
import { Random } from '../../shared/engines/grpc/proto/random/v1/random_pb.ts';
import { randomService } from '../../shared/engines/grpc/random-service.ts';
import { artefactKey } from '../../shared/engines/adapters/artefact-key.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import { Sha256Hex } from '../../shared/foundation/ids.ts';
import { EngineHost } from '../../shared/engines/host/engine-host.ts';
import type { LoadedEngine } from '../../shared/engines/host/loaded-engine.ts';
import { isLoopback } from '../loopback.ts';
import { findDeployment } from './deployment.ts';
import { configTableOf } from './stage-tables.ts';
import { UsageError } from '../../shared/command-line/command-line.ts';

/** Calls that are under way at the end may still take this long. */
const GRACE_MS = 10_000;

/** Loads engines of this checkout by the names of their folders. It loads all of them where none is named. */
async function builtEngines(names: readonly string[]): Promise<LoadedEngine[]> {
  // Who serves what a stage has published loads no compilers.
  const [{ buildEngines }, { loadBuiltEngine }] = await Promise.all([
    import('../../engines/build.ts'),
    import('../../engines/built-engine.ts'),
  ]);
  const wanted = names.length > 0 ? names : (await buildEngines()).map(({ name }) => name);
  return Promise.all(wanted.map((name) => loadBuiltEngine(name)));
}

/**
 * Loads engines that a stage has published, by game or by hash. It loads those of all its games where none is named.
 */
async function publishedEngines(stage: string, names: readonly string[]): Promise<LoadedEngine[]> {
  const deployment = await findDeployment(stage);
  const { outputs } = deployment;
  const registry = new DynamoRegistry(configTableOf(deployment));
  const games = await registry.games();
  const playedInRounds = games.filter(({ contract }) => contract === undefined);
  const wanted = names.length > 0 ? names : playedInRounds.map(({ gameCode }) => gameCode);
  const hashOf = (name: string): string => {
    if (Sha256Hex.safeParse(name).success) return name;
    const game = games.find(({ gameCode }) => gameCode === name);
    if (!game) throw new Error(`Stage ${stage} has no game ${name}`);
    return game.engineHash;
  };
  const s3 = new S3Client();
  const fetch = async (hash: string): Promise<Uint8Array> => {
    const object = new GetObjectCommand({ Bucket: outputs.EnginesBucket, Key: artefactKey(hash) });
    return (await s3.send(object)).Body?.transformToByteArray() ?? new Uint8Array();
  };
  const host = new EngineHost({ fetch });
  return Promise.all([...new Set(wanted.map(hashOf))].map((hash) => host.load(hash)));
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly plaintext: boolean;
}

/** Seeds cross this connection before their rounds are played. Outside of this machine it is therefore encrypted. */
function requireEncryption({ host, cert, key, plaintext }: Address): void {
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError('Give both --cert and --key, or neither');
  if (cert || plaintext || isLoopback(host)) return;
  throw new UsageError(
    `Seeds would cross the network unencrypted: give --cert and --key, or --plaintext where ${host} is in a network of your own`,
  );
}

async function serve(
  engines: readonly LoadedEngine[],
  random: boolean,
  address: Address,
): Promise<GrpcServer> {
  const { host, port, cert, key } = address;
  return startGrpcServer({
    host,
    port,
    tls: cert && key ? { cert: await readFile(cert), key: await readFile(key) } : undefined,
    routes: (router) => {
      router.service(Engine, engineService(engines.map(servedEngine)));
      if (random) router.service(Random, randomService(systemRandom));
    },
  });
}

export interface ServeOptions extends Address {
  readonly stage: string | undefined;
  readonly random: boolean;
}

/** Serves engines until the process is asked to end. `names` are games, or hashes where a stage is given. */
export async function serveEngines(names: readonly string[], options: ServeOptions): Promise<void> {
  const { stage, random, host, cert } = options;
  requireEncryption(options);
  const engines = await (stage ? publishedEngines(stage, names) : builtEngines(names));
  const server = await serve(engines, random, options);
  for (const { capabilities, hash } of engines) {
    console.log(`${capabilities.engineId} ${capabilities.buildId} ${hash}`);
  }
  if (random) console.log("random bytes of this machine's generator");
  console.log(`Serving on ${cert ? 'https' : 'http'}://${host}:${server.port}`);
  const stop = () => void server.stop(GRACE_MS);
  process.once('SIGINT', stop).once('SIGTERM', stop);
}
