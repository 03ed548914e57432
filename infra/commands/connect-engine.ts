import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { documentClient } from '../../shared/adapters/dynamodb/document-client.ts';
import { DynamoRegistry } from '../../shared/adapters/dynamodb/registry.ts';
import { DynamoRegistryAdmin } from '../../shared/adapters/dynamodb/registry-admin.ts';
import { GrpcChannel } from '../../shared/adapters/grpc/grpc-channel.ts';
import { RemoteEngine } from '../../shared/adapters/grpc/remote-engine.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import type { Game } from '../../shared/domain/game.ts';
import { GameCode } from '../../shared/domain/ids.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { type Offer, readOffer } from './offer.ts';
import { runCommand } from './run-command.ts';

const TIMEOUT_MS = 5_000;

export interface EngineConnection {
  readonly gameCode: string;
  readonly url: string;
  /** The engine's id on the server; the game's code where none is given. */
  readonly engineId?: string | undefined;
  /** How the game is offered; otherwise `engines/<game>/game.json`, or as it is offered now. */
  readonly offerFile?: string | undefined;
  readonly plaintext: boolean;
}

/**
 * Makes the build that a server has now the one that a game is played on: its name, its hash and where it is are
 * registered, and no other build will be accepted in its place. A game that was switched off stays off.
 */
export async function connectEngine(
  { outputs }: Deployment,
  connection: EngineConnection,
): Promise<RemoteEngine> {
  const gameCode = GameCode.parse(connection.gameCode);
  const url = serverAddress(connection);
  const engine = await inspect(url, connection.engineId ?? gameCode);
  const client = documentClient();
  const known = await new DynamoRegistry(client, outputs.ConfigTable, systemClock).game(gameCode);
  const { title, bets } = await offerOf(gameCode, connection.offerFile, known);

  const admin = new DynamoRegistryAdmin(client, outputs.ConfigTable);
  const { hash, build } = engine;
  const { engineId, buildId, buildHash } = build;
  const publishedAtMs = systemClock.nowMs();
  await admin.putEngineVersion({ hash, engineId, buildId, publishedAtMs, remote: { url, buildHash } });
  await admin.putGame({ gameCode, title, enabled: known?.enabled ?? true, engineHash: hash, bets });
  return engine;
}

/** Seeds cross this connection before their rounds are played, so outside of this machine it is encrypted. */
function serverAddress({ url, plaintext }: EngineConnection): string {
  const { protocol, hostname, origin } = new URL(z.url({ protocol: /^https?$/ }).parse(url));
  const loopback = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  if (protocol === 'http:' && !loopback && !plaintext) {
    throw new Error(
      `Seeds would cross the network unencrypted: use https, or --plaintext where ${hostname} is in a network of your own`,
    );
  }
  return origin;
}

/** Asks the server what it has, and for a first state, so that a game is not moved to what cannot play it. */
async function inspect(url: string, engineId: string): Promise<RemoteEngine> {
  const channel = new GrpcChannel(url, TIMEOUT_MS);
  try {
    const engine = await RemoteEngine.connect(channel, { engineId, buildId: '', buildHash: '' });
    await engine.reset();
    return engine;
  } finally {
    channel.close();
  }
}

async function offerOf(gameCode: string, file: string | undefined, known: Game | undefined): Promise<Offer> {
  const own = path.join('engines', gameCode, 'game.json');
  if (file !== undefined || existsSync(own)) return readOffer(file ?? own);
  if (known) return known;
  throw new Error(`${gameCode} is new: say how it is offered with --offer FILE, in the form of a game.json`);
}

if (import.meta.main) {
  await runCommand(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        stage: { type: 'string', default: 'local' },
        url: { type: 'string' },
        engine: { type: 'string' },
        offer: { type: 'string' },
        plaintext: { type: 'boolean', default: false },
      },
    });
    const [gameCode] = positionals;
    const { stage, url, engine: engineId, offer: offerFile, plaintext } = values;
    if (!gameCode || !url) {
      throw new Error(
        'Usage: npm run engine:connect -- GAME --url URL [--engine ID] [--offer FILE] [--plaintext] [--stage STAGE]',
      );
    }
    const deployment = await findDeployment(stage);
    const { hash, build } = await connectEngine(deployment, {
      gameCode,
      url,
      engineId,
      offerFile,
      plaintext,
    });
    console.log(
      `${gameCode} now plays on ${build.engineId} ${build.buildId} at ${url}, as engine ${hash} (stage ${stage})`,
    );
  });
}
