/** Names the object of an engine in its bucket. @param hash is the SHA-256 of its bytes, in lower-case hex */
export function artefactKey(hash: string): string {
  return `engines/${hash}.wasm`;
}

/** Names the object that says what an engine is and how it was made. @param hash is the engine's */
export function recordKey(hash: string): string {
  return `engines/${hash}.json`;
}

/**
 * Names the object of the module that an engine was made from. @param hash is the SHA-256 of the module's bytes, in hex
 */
export function originalKey(hash: string): string {
  return `originals/${hash}.wasm`;
}
