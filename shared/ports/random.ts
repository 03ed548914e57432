/** A cryptographically strong source (GLI-19 V3.0, 3.3). */
export interface Random {
  bytes(length: number): Uint8Array;
  /** RFC 9562, version 4: 122 random bits. */
  uuid(): string;
}
