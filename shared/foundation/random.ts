/** A source of chance that is cryptographically strong (GLI-19 V3.0, 3.3). */
export interface Random {
  bytes(length: number): Uint8Array;
  /** Makes an id by RFC 9562, version 4, with 122 random bits. */
  uuid(): string;
}

/** The seeds of rounds come from here: from this machine, or from a generator elsewhere. */
export interface SeedSource {
  /** Gives 32 bytes that were never given before. @throws DependencyError SERVICE_UNAVAILABLE */
  seed(): Promise<Uint8Array>;
}
