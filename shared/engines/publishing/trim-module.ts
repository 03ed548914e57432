import { EngineError } from '../../foundation/errors.ts';
import { MAX_MEMORY_PAGES } from '../host/interface.ts';
import { CUSTOM_SECTION, MEMORY_SECTION, memoryLimitsOf, sectionsOf } from '../host/module-sections.ts';

const WITH_MAXIMUM = 1;

/**
 * Leaves out names, source maps and compilers' notes, which change nothing that a module does. It caps the memory at 64
 * MiB.
 * @param bytes are of a module that has been compiled before
 * @throws EngineError UNSUPPORTED_ABI where its memory is none that an engine may have
 */
export function trimModule(bytes: Uint8Array): Uint8Array {
  const parts = [bytes.subarray(0, 8)];
  for (const { id, start, end } of sectionsOf(bytes)) {
    if (id === MEMORY_SECTION) parts.push(cappedMemory(bytes));
    else if (id !== CUSTOM_SECTION) parts.push(bytes.subarray(start, end));
  }
  return new Uint8Array(Buffer.concat(parts));
}

function cappedMemory(bytes: Uint8Array): Uint8Array {
  const limits = memoryLimitsOf(bytes);
  if (limits === undefined || limits.initial > MAX_MEMORY_PAGES) {
    throw new EngineError(
      'UNSUPPORTED_ABI',
      'An engine has one memory of at most 64 MiB, which is neither shared nor 64-bit',
    );
  }
  const maximum = Math.min(limits.maximum ?? MAX_MEMORY_PAGES, MAX_MEMORY_PAGES);
  const content = [1, WITH_MAXIMUM, ...leb128(limits.initial), ...leb128(maximum)];
  return Uint8Array.of(MEMORY_SECTION, content.length, ...content);
}

/** Writes numbers below 2^14. */
function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7];
}
