/** A MAC belongs to one stored record. */
export interface MacPlace {
  /** The data key of this time's month (UTC) makes the MAC. A record keeps its time for ever. */
  readonly atMs: number;
  /** Names the record. The same message has another MAC in another place. */
  readonly context: string;
}

/**
 * Authenticates stored records that are not secret. Whoever can write a table but not use the data keys cannot make a MAC.
 */
export interface Macs {
  /** Makes the MAC of a message: 16 bytes. It makes the month's key where there is none. @throws DependencyError SERVICE_UNAVAILABLE */
  make(place: MacPlace, message: Uint8Array): Promise<Uint8Array>;
  /** Makes the MAC of a message that was stored earlier. @throws FaultError CORRUPT_RECORD where its month has no key */
  remake(place: MacPlace, message: Uint8Array): Promise<Uint8Array>;
  /** Checks a stored MAC. @throws FaultError CORRUPT_RECORD where it is not the one of `make` */
  check(place: MacPlace, message: Uint8Array, mac: Uint8Array): Promise<void>;
}
