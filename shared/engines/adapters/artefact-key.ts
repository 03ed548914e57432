/** Where an engine lies in its bucket. @param hash SHA-256 of its bytes, lower-case hex */
export function artefactKey(hash: string): string {
  return `engines/${hash}.wasm`;
}

/** Where it is told what an engine is and how it was made. @param hash the engine's */
export function recordKey(hash: string): string {
  return `engines/${hash}.json`;
}

/** Where the module lies that an engine was made from. @param hash SHA-256 of the module's bytes, lower-case hex */
export function originalKey(hash: string): string {
  return `originals/${hash}.wasm`;
}
