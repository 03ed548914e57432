/**
 * Commands for the versions of a game. `engine:versions` lists them; `engine:activate` and `engine:retire` change the
 * one that new rounds play on.
 */
import type { GameCode } from '../../shared/foundation/ids.ts';
import { DynamoGameVersions } from '../../shared/games/adapters/game-versions.ts';
import { systemClock } from '../../shared/aws/clock.ts';
import type { Activation, GameVersion } from '../../shared/games/game-version.ts';
import { findDeployment } from './deployment.ts';
import { configTableOf } from './stage-tables.ts';

/** A hash may be shortened to this many of its first digits. */
const MIN_PREFIX = 8;

export async function listVersions(versions: DynamoGameVersions, gameCode: GameCode): Promise<string> {
  const [all, history, active] = await Promise.all([
    versions.versions(gameCode),
    versions.activations(gameCode),
    versions.activeHash(gameCode),
  ]);
  if (all.length === 0) return `${gameCode} has no versions`;
  return [
    ...all.map((version) => versionLine(version, active)),
    ...(history.length > 0 ? ['', 'Made active:'] : []),
    ...history.map(activationLine),
  ].join('\n');
}

function versionLine(version: GameVersion, active?: string): string {
  const { hash, buildId, contract, publishedAtMs, retiredAtMs } = version;
  const state = hash === active ? 'active ' : retiredAtMs === undefined ? '       ' : 'retired';
  const retired = retiredAtMs === undefined ? '' : `, retired ${timeOf(retiredAtMs)}`;
  const kind = contract ? ` (${contract})` : '';
  return `${state} ${hash} build ${buildId}${kind}, published ${timeOf(publishedAtMs)}${retired}`;
}

function activationLine({ number, hash, activatedAtMs }: Activation): string {
  return `${String(number).padStart(7)} ${hash} ${timeOf(activatedAtMs)}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** Finds the one version that a hash, or the beginning of one, names. @throws Error */
export async function findVersion(
  versions: DynamoGameVersions,
  gameCode: GameCode,
  prefix: string,
): Promise<string> {
  if (!/^[0-9a-f]{8,64}$/.test(prefix)) {
    throw new Error(`A version is named by at least ${MIN_PREFIX} digits of its hash, but this is ${prefix}`);
  }
  const found = (await versions.versions(gameCode)).filter(({ hash }) => hash.startsWith(prefix));
  const [version] = found;
  if (!version) throw new Error(`${gameCode} has no version ${prefix}`);
  if (found.length > 1) throw new Error(`${gameCode} has ${found.length} versions that begin with ${prefix}`);
  return version.hash;
}

/** Lists versions. @returns the versions of a game of a stage, as text */
export async function listOnStage(stage: string, gameCode: GameCode): Promise<string> {
  return listVersions(await versionsOf(stage), gameCode);
}

/** Makes a version the one that new rounds play on. @returns the result as text */
export async function activateOnStage(stage: string, gameCode: GameCode, prefix: string): Promise<string> {
  const versions = await versionsOf(stage);
  const hash = await findVersion(versions, gameCode, prefix);
  const changed = await versions.activate(gameCode, hash, systemClock.nowMs());
  return `${hash} ${changed ? 'is now' : 'was already'} the active version of ${gameCode}`;
}

/** Retires a version. @returns the result as text */
export async function retireOnStage(stage: string, gameCode: GameCode, prefix: string): Promise<string> {
  const versions = await versionsOf(stage);
  const hash = await findVersion(versions, gameCode, prefix);
  const changed = await versions.retire(gameCode, hash, systemClock.nowMs());
  return `${hash} ${changed ? 'is now' : 'was already'} retired`;
}

async function versionsOf(stage: string): Promise<DynamoGameVersions> {
  return new DynamoGameVersions(configTableOf(await findDeployment(stage)));
}
