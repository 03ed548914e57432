/** Where an engine lies in its bucket. @param hash SHA-256 of its bytes, lower-case hex */
export function artefactKey(hash: string): string {
  return `engines/${hash}.wasm`;
}
