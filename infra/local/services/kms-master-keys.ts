import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corrupt } from './database.ts';

/** Holds the master keys of one folder. Each has a file of 32 bytes, which only its owner can read. */
export interface MasterKeys {
  get(keyId: string): Buffer | undefined;
  ensure(keyId: string): void;
}

const MASTER_KEY_BYTES = 32;
const SUFFIX = '.key';

/** Key ids become file names, so they are held to what KMS itself uses. */
const KEY_ID = /^[A-Za-z0-9-]{1,64}$/;

/** @throws ServiceError DATA_CORRUPT */
export function openMasterKeys(folder: string): MasterKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys = new Map<string, Buffer>();
  for (const name of readdirSync(folder)) {
    if (name.endsWith(SUFFIX)) keys.set(name.slice(0, -SUFFIX.length), load(join(folder, name)));
  }
  return {
    get: (keyId) => keys.get(keyId),
    ensure(keyId) {
      if (keys.has(keyId)) return;
      if (!KEY_ID.test(keyId)) throw new TypeError(`"${keyId}" is no key id`);
      const file = join(folder, keyId + SUFFIX);
      save(file, randomBytes(MASTER_KEY_BYTES));
      keys.set(keyId, load(file));
    },
  };
}

function load(file: string): Buffer {
  const key = readFileSync(file);
  if (key.length !== MASTER_KEY_BYTES)
    throw corrupt(file, new Error(`${key.length} bytes where a key has ${MASTER_KEY_BYTES}`));
  return key;
}

/** All of the key or no file at all, and on the disk before anything is encrypted under it. */
function save(file: string, key: Buffer): void {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, key, { mode: 0o600, flush: true });
  linkSync(draft, file);
  rmSync(draft);
}
