/** A cryptographically strong source (GLI-19 V3.0, 3.3). */
export interface Random {
  bytes(length: number): Uint8Array;
  /** RFC 9562, version 4: 122 random bits. */
  uuid(): string;
}

/** Where the seeds of rounds come from: this machine, or a generator elsewhere. */
export interface SeedSource {
  /** 32 bytes, never given before. @throws DependencyError SERVICE_UNAVAILABLE */
  seed(): Promise<Uint8Array>;
}
