const HEADER_BYTES = 8;

/** A section of a WebAssembly binary. Its bytes are `start` to `end`, and its content begins at `contentAt`. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly contentAt: number;
  readonly end: number;
}

export const CUSTOM_SECTION = 0;
export const TABLE_SECTION = 4;
export const MEMORY_SECTION = 5;
export const START_SECTION = 8;

/** Reads the sections in their order. The module has been compiled before, so that its structure is sound. */
export function sectionsOf(bytes: Uint8Array): Section[] {
  const sections: Section[] = [];
  for (let start = HEADER_BYTES; start < bytes.length; ) {
    const length = readUint(bytes, start + 1);
    const end = length.next + length.value;
    sections.push({ id: bytes[start] ?? -1, start, contentAt: length.next, end });
    start = end;
  }
  return sections;
}

export interface MemoryLimits {
  /** The size is in pages of 64 KiB. */
  readonly initial: number;
  readonly maximum: number | undefined;
}

const WITHOUT_MAXIMUM = 0;
const WITH_MAXIMUM = 1;

/**
 * Reads the limits of a module's memory, for which JavaScript cannot ask.
 * @returns undefined where it has not exactly one memory of its own that is neither shared nor 64-bit
 */
export function memoryLimitsOf(bytes: Uint8Array): MemoryLimits | undefined {
  const section = sectionsOf(bytes).find(({ id }) => id === MEMORY_SECTION);
  if (section === undefined) return undefined;
  const memories = readUint(bytes, section.contentAt);
  const flags = bytes[memories.next];
  if (memories.value !== 1 || (flags !== WITHOUT_MAXIMUM && flags !== WITH_MAXIMUM)) return undefined;
  const initial = readUint(bytes, memories.next + 1);
  const maximum = flags === WITH_MAXIMUM ? readUint(bytes, initial.next).value : undefined;
  return { initial: initial.value, maximum };
}

/** Counts the entries that a module's tables have together when it begins. The tables are 32-bit and of functions. */
export function tableEntriesOf(bytes: Uint8Array): number {
  const section = sectionsOf(bytes).find(({ id }) => id === TABLE_SECTION);
  if (section === undefined) return 0;
  const tables = readUint(bytes, section.contentAt);
  let entries = 0;
  for (let table = 0, at = tables.next; table < tables.value && at < section.end; table++) {
    // One byte holds the type of the entries, and one the flags.
    const initial = readUint(bytes, at + 2);
    entries += initial.value;
    at = bytes[at + 1] === WITH_MAXIMUM ? readUint(bytes, initial.next).next : initial.next;
  }
  return entries;
}

/** Reads LEB128 of at most five bytes. It multiplies, because shifts would wrap at 32 bits. */
function readUint(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  let next = at;
  for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
    const byte = bytes[next++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  return { value, next };
}
