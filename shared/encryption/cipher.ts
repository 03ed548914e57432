/** Authenticated encryption at rest. `context` binds the ciphertext to the item and field it belongs to. */
export interface Cipher {
  seal(plain: Uint8Array, context: string): Promise<Uint8Array>;
  /** @throws FaultError CORRUPT_RECORD where bytes or context are not those of `seal` */
  open(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}
