import { maxWinOf } from '../../shared/engines/engine-version.ts';
import { S3Client } from '@aws-sdk/client-s3';
import type { GameCode } from '../../shared/foundation/ids.ts';
import { DynamoGameVersions } from '../../shared/games/adapters/game-versions.ts';
import { publishArtefact, publishOrigin } from '../../shared/engines/adapters/publish-artefact.ts';
import { systemClock } from '../../shared/aws/clock.ts';
import { checkBonusEnd } from '../../shared/engines/publishing/check-bonus-end.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { type EngineSource, engineSource } from './engine-source.ts';
import { configTableOf } from './stage-tables.ts';

export interface PublishedEngine {
  readonly gameCode: GameCode;
  readonly hash: string;
  /** It is true where no such version of the game was there before. */
  readonly isNew: boolean;
}

/**
 * Prepares a module for the host, checks it against its contract, stores it under its hash and adds it to the versions
 * of its game. It is played when it is made the active one.
 * @throws EngineError, Error with what is wrong with it
 */
export async function publishEngine(
  deployment: Deployment,
  source: EngineSource,
  tell: (line: string) => void = () => undefined,
): Promise<PublishedEngine> {
  const { gameCode, title, bets, stateRule, bonusEndMillionths, provenance } = source;
  // Who only activates a version loads no compiler of WebAssembly.
  const { examine, loadMetered, meter } = await import('../../shared/engines/publishing/prepare-engine.ts');
  const metered = meter(source.original);
  tell(`Instrumented: ${source.original.length} bytes became ${metered.wasm.length}`);
  const { hash } = metered;
  const { capabilities } = await loadMetered(metered);
  const { engineId, buildId } = capabilities;
  if (engineId !== gameCode)
    throw new Error(`The engine is ${engineId}, and not that of the game ${gameCode}`);
  if ('actions' in capabilities) checkBonusEnd(capabilities, bonusEndMillionths);
  const versions = new DynamoGameVersions(configTableOf(deployment));
  const record = await examine(metered, provenance, stateRule);
  tell(`Conforms: ${JSON.stringify(record['conformance'])}`);
  // This is done also where the version is known. A lost part of it is then there again.
  const s3 = new S3Client();
  const { EnginesBucket } = deployment.outputs;
  await publishOrigin(s3, EnginesBucket, hash, { original: metered.original, record });
  await publishArtefact(s3, EnginesBucket, metered.wasm);
  const version = { hash, engineId, buildId, publishedAtMs: systemClock.nowMs() };
  const engine = 'modes' in capabilities ? { ...version, maxWinMillionths: maxWinOf(capabilities) } : version;
  const contract = metered.contract === 'realtime' ? { contract: metered.contract } : {};
  const offer = { title, bets, stateRule, bonusEndMillionths };
  const isNew = await versions.publish({ ...version, gameCode, ...offer, ...contract }, engine);
  return { gameCode, hash, isNew };
}

/** @returns whether another version was active before */
export function activateEngine(
  deployment: Deployment,
  { gameCode, hash }: Pick<PublishedEngine, 'gameCode' | 'hash'>,
): Promise<boolean> {
  const versions = new DynamoGameVersions(configTableOf(deployment));
  return versions.activate(gameCode, hash, systemClock.nowMs());
}

export interface PublishOptions {
  readonly stage: string;
  readonly activate: boolean;
  readonly sources: string | undefined;
  readonly compiler: string | undefined;
}

/** Publishes what `target` names on a stage, and reports each step. */
export async function publishOnStage(target: string, options: PublishOptions): Promise<void> {
  const { stage, activate } = options;
  const deployment = await findDeployment(stage);
  const published = await publishEngine(deployment, await engineSource(target, options), console.log);
  const { gameCode, hash, isNew } = published;
  console.log(`${isNew ? 'Published' : 'Was published before:'} ${gameCode} ${hash} (stage ${stage})`);
  if (!activate) {
    console.log(
      `New rounds play on it after: npm run engine:activate -- ${gameCode} ${hash} --stage ${stage}`,
    );
    return;
  }
  await activateEngine(deployment, published);
  console.log(`${gameCode} now plays on engine ${hash}; all processes know it within 30 seconds`);
}
