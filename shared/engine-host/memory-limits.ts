import { EngineError } from '../domain/errors.ts';

/** 64 MiB in pages of 64 KiB. */
const MAX_PAGES = 1024;
const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;
const WITH_MAXIMUM = 0x01;

/**
 * Checks that a module declares one memory with a maximum of at most 64 MiB. JavaScript offers no way to ask a compiled
 * module, so this reads the section of the binary; the module has been compiled before, so its structure is sound.
 * @throws EngineError UNSUPPORTED_ABI
 */
export function checkMemoryLimits(bytes: Uint8Array): void {
  const cursor = { bytes, at: HEADER_BYTES };
  while (cursor.at < bytes.length) {
    const section = bytes[cursor.at++];
    const end = readUint(cursor) + cursor.at;
    if (section === MEMORY_SECTION) {
      checkMemorySection(cursor);
      return;
    }
    cursor.at = end;
  }
  throw new EngineError('UNSUPPORTED_ABI', 'The engine has no memory of its own');
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function checkMemorySection(cursor: Cursor): void {
  const memories = readUint(cursor);
  const flags = cursor.bytes[cursor.at++];
  readUint(cursor);
  // Shared and 64-bit memories and those without a maximum have other flags.
  if (memories !== 1 || flags !== WITH_MAXIMUM || readUint(cursor) > MAX_PAGES) {
    throw new EngineError(
      'UNSUPPORTED_ABI',
      'The engine must declare one memory with a maximum of at most 64 MiB',
    );
  }
}

/** LEB128; multiplication, because shifts would wrap at 32 bits. */
function readUint(cursor: Cursor): number {
  let value = 0;
  for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
    const byte = cursor.bytes[cursor.at++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  throw new EngineError('UNSUPPORTED_ABI', 'The engine declares a memory that is out of range');
}
