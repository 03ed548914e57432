/** Reads little-endian fields from a range of memory; past its end it answers 0 and remembers that it failed. */
export class ByteReader {
  private at: usize = 0;
  private end: usize = 0;
  private failed: bool = false;

  open(start: usize, length: i32): void {
    this.at = start;
    this.end = start + <usize>length;
    this.failed = false;
  }

  /** For whoever reads a value that must not be. */
  fail(): void {
    this.failed = true;
  }

  /** Everything was read, all of it good, and nothing is left. */
  get exhausted(): bool {
    return !this.failed && this.at == this.end;
  }

  u8(): u8 {
    return this.take(1) ? load<u8>(this.at - 1) : 0;
  }

  u32(): u32 {
    return this.take(4) ? load<u32>(this.at - 4) : 0;
  }

  u64(): u64 {
    return this.take(8) ? load<u64>(this.at - 8) : 0;
  }

  private take(bytes: usize): bool {
    if (this.end - this.at < bytes) {
      this.failed = true;
      this.at = this.end;
      return false;
    }
    this.at += bytes;
    return true;
  }
}
