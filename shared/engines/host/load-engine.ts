import { EngineError } from '../../foundation/errors.ts';
import type { EngineContract } from '../engine-version.ts';
import type { EngineArtefacts } from '../engines.ts';
import { checkInterface } from './interface.ts';
import { type EngineSettings, LoadedEngine } from './loaded-engine.ts';

/** @throws EngineError ENGINE_UNAVAILABLE, HASH_MISMATCH, UNSUPPORTED_ABI, and what a call throws but ENGINE_REJECTED */
export async function loadEngine(
  artefacts: EngineArtefacts,
  hash: string,
  settings: EngineSettings,
): Promise<LoadedEngine> {
  return new LoadedEngine(hash, await verifiedModule(artefacts, hash, 'wire'), settings);
}

/**
 * Fetches an engine by its SHA-256 (hex). It runs nothing of it before its bytes and its interface are verified.
 * @throws EngineError ENGINE_UNAVAILABLE, HASH_MISMATCH, UNSUPPORTED_ABI
 */
export async function verifiedModule(
  artefacts: EngineArtefacts,
  hash: string,
  contract: EngineContract,
): Promise<WebAssembly.Module> {
  // This is a copy, so that nobody can change the bytes between the check and their use.
  const bytes = new Uint8Array(await artefacts.fetch(hash));
  if ((await sha256(bytes)) !== hash) {
    throw new EngineError('HASH_MISMATCH', `The engine's bytes do not have the hash ${hash}`);
  }
  const module = await compile(bytes);
  checkInterface(module, bytes, contract);
  return module;
}

async function compile(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new EngineError('UNSUPPORTED_ABI', 'The engine is not a valid WebAssembly module', { cause });
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
