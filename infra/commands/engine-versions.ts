/** The versions of a game: `engine:versions` lists them, `engine:activate` and `engine:retire` change what new rounds play on. */
import { parseArgs } from 'node:util';
import { documentClient } from '../../shared/adapters/dynamodb/document-client.ts';
import { DynamoGameVersions } from '../../shared/adapters/dynamodb/game-versions.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import type { Activation, GameVersion } from '../../shared/domain/game-version.ts';
import { GameCode } from '../../shared/domain/ids.ts';
import { findDeployment } from './deployment.ts';
import { runCommand } from './run-command.ts';

/** A hash may be shortened to this many of its first digits. */
const MIN_PREFIX = 8;

export async function listVersions(versions: DynamoGameVersions, gameCode: string): Promise<string> {
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

/** The one version that a hash, or the beginning of one, names. @throws Error */
export async function findVersion(
  versions: DynamoGameVersions,
  gameCode: string,
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

async function run(
  versions: DynamoGameVersions,
  [command, name, prefix, ...more]: string[],
): Promise<string> {
  const gameCode = GameCode.safeParse(name);
  if (!gameCode.success || more.length > 0) throw new Error(`Usage: ${usage}`);
  if (command === 'list' && prefix === undefined) return listVersions(versions, gameCode.data);
  if (prefix === undefined) throw new Error(`Usage: ${usage}`);
  const hash = await findVersion(versions, gameCode.data, prefix);
  const nowMs = systemClock.nowMs();
  if (command === 'activate') {
    const changed = await versions.activate(gameCode.data, hash, nowMs);
    return `${hash} ${changed ? 'is now' : 'was already'} the active version of ${gameCode.data}`;
  }
  if (command === 'retire') {
    const changed = await versions.retire(gameCode.data, hash, nowMs);
    return `${hash} ${changed ? 'is now' : 'was already'} retired`;
  }
  throw new Error(`Usage: ${usage}`);
}

const usage =
  'npm run engine:versions -- GAME [--stage STAGE], npm run engine:activate -- GAME HASH [--stage STAGE], npm run engine:retire -- GAME HASH [--stage STAGE]';

if (import.meta.main) {
  await runCommand(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { stage: { type: 'string', default: 'local' } },
    });
    const { outputs } = await findDeployment(values.stage);
    console.log(await run(new DynamoGameVersions(documentClient(), outputs.ConfigTable), positionals));
  });
}
