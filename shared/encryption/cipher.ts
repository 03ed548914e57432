/** Encrypts what is stored, and authenticates it. `context` binds the ciphertext to its item and field. */
export interface Cipher {
  seal(plain: Uint8Array, context: string): Promise<Uint8Array>;
  /** Opens sealed bytes. @throws FaultError CORRUPT_RECORD where bytes or context are not those of `seal` */
  open(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}
