import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { buildGame, engineNames, realtimeNames } from '../../engines/build.ts';
import { GameCode } from '../../shared/foundation/ids.ts';
import type { Provenance } from '../../shared/engines/publishing/prepare-engine.ts';
import { type Offer, readOffer } from './offer.ts';

const engines = path.join(import.meta.dirname, '../../engines');

/** An engine source is a module to be published, with the offer of its game. */
export interface EngineSource extends Offer {
  readonly gameCode: GameCode;
  readonly original: Uint8Array;
  readonly provenance: Provenance;
}

/** Only the author of a module from elsewhere can say this. */
export interface ForeignProvenance {
  /** The folder, or the file, from which it was compiled. */
  readonly sources?: string | undefined;
  readonly compiler?: string | undefined;
}

/**
 * Finds what `target` names. It is a folder of `engines`, which is compiled, or a module `<game>.wasm` from elsewhere
 * with a `game.json` beside it.
 * @throws Error with one line for the user
 */
export async function engineSource(target: string, foreign: ForeignProvenance): Promise<EngineSource> {
  return target.endsWith('.wasm') ? foreignModule(target, foreign) : ownEngine(target);
}

async function ownEngine(target: string): Promise<EngineSource> {
  const name = path.basename(path.normalize(target));
  const folder = path.join(engines, name);
  const known = [...engineNames(), ...realtimeNames()].toSorted();
  // Another checkout's game of the same name must not pass for this one's.
  if (!known.includes(name) || (name !== target && path.resolve(target) !== folder)) {
    throw new Error(`There is no engine in ${target}; there are ${known.join(', ')}`);
  }
  const offer = await offerIn(folder);
  const { path: file, sourcesHash, compiler } = await buildGame(name);
  const original = new Uint8Array(await readFile(file));
  return { gameCode: GameCode.parse(name), original, provenance: { sourcesHash, compiler }, ...offer };
}

async function foreignModule(file: string, foreign: ForeignProvenance): Promise<EngineSource> {
  const { sources, compiler } = foreign;
  if (!sources || !compiler) {
    throw new Error(
      'Tell what the module was made of and by what: --sources FOLDER --compiler "NAME VERSION", such as "rustc 1.95.0"',
    );
  }
  const gameCode = GameCode.safeParse(path.basename(file, '.wasm'));
  if (!gameCode.success)
    throw new Error(`${file} is not named as a game is: ${gameCode.error.issues[0]?.message}`);
  if (!existsSync(file)) throw new Error(`There is no file ${file}`);
  const offer = await offerIn(path.dirname(file));
  const original = new Uint8Array(await readFile(file));
  const provenance = { sourcesHash: await hashSources(sources), compiler };
  return { gameCode: gameCode.data, original, provenance, ...offer };
}

async function offerIn(folder: string): Promise<Offer> {
  const file = path.join(folder, 'game.json');
  if (!existsSync(file)) throw new Error(`There is no ${file} to say for which bets the game is offered`);
  return readOffer(file);
}

/** Hashes the names and the bytes of all files of a folder, in the order of their names. */
async function hashSources(sources: string): Promise<string> {
  if (!existsSync(sources)) throw new Error(`There are no sources in ${sources}`);
  const folder = (await stat(sources)).isDirectory();
  const files = folder ? globSync('**/*', { cwd: sources }).sort() : [''];
  const hash = createHash('sha256');
  for (const name of files) {
    const file = path.join(sources, name);
    if (!(await stat(file)).isFile()) continue;
    hash.update(`\0${name.replaceAll(path.sep, '/')}\0`).update(await readFile(file));
  }
  return hash.digest('hex');
}
