import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { buildEngines } from '../../engines/build.ts';
import { documentClient } from '../../shared/adapters/dynamodb/document-client.ts';
import { DynamoRegistry } from '../../shared/adapters/dynamodb/registry.ts';
import { DynamoRegistryAdmin } from '../../shared/adapters/dynamodb/registry-admin.ts';
import { publishArtefact } from '../../shared/adapters/s3/publish-artefact.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { GameCode } from '../../shared/domain/ids.ts';
import { EngineHost } from '../../shared/engine-host/engine-host.ts';
import { instrument } from '../../shared/engine-host/publishing/instrument.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { readOffer } from './offer.ts';
import { runCommand } from './run-command.ts';

export interface PublishedEngine {
  readonly gameCode: string;
  readonly engineHash: string;
}

/**
 * Compiles a game's engine, checks that the host accepts it, stores it under its hash and makes it the active one. A
 * game that was switched off stays off.
 */
export async function publishEngine({ outputs }: Deployment, name: string): Promise<PublishedEngine> {
  const gameCode = GameCode.parse(name);
  const wasm = await compiled(gameCode);
  const { title, bets } = await readOffer(path.join('engines', gameCode, 'game.json'));
  const engineHash = await publishArtefact(new S3Client(), outputs.EnginesBucket, wasm);
  const { capabilities } = await new EngineHost({ fetch: async () => wasm }).load(engineHash);

  const client = documentClient();
  const known = await new DynamoRegistry(client, outputs.ConfigTable, systemClock).game(gameCode);
  const admin = new DynamoRegistryAdmin(client, outputs.ConfigTable);
  const { engineId, buildId } = capabilities;
  await admin.putEngineVersion({ hash: engineHash, engineId, buildId, publishedAtMs: systemClock.nowMs() });
  await admin.putGame({ gameCode, title, enabled: known?.enabled ?? true, engineHash, bets });
  return { gameCode, engineHash };
}

async function compiled(gameCode: string): Promise<Uint8Array> {
  const engine = (await buildEngines()).find(({ name }) => name === gameCode);
  if (!engine) throw new Error(`There is no engine in engines/${gameCode}`);
  return instrument(await readFile(engine.path));
}

if (import.meta.main) {
  await runCommand(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { stage: { type: 'string', default: 'local' } },
    });
    const [name] = positionals;
    if (!name)
      throw new Error('Which engine? For example: npm run engine:publish -- happy-panda --stage local');
    const { gameCode, engineHash } = await publishEngine(await findDeployment(values.stage), name);
    console.log(`${gameCode} now plays on engine ${engineHash} (stage ${values.stage})`);
  });
}
