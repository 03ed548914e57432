/** Writes little-endian fields into a range of memory; what does not fit is dropped and remembered. */
export class ByteWriter {
  private start: usize = 0;
  private at: usize = 0;
  private end: usize = 0;
  overflowed: bool = false;

  open(start: usize, capacity: i32): void {
    this.start = start;
    this.at = start;
    this.end = start + <usize>capacity;
    this.overflowed = false;
  }

  get length(): i32 {
    return <i32>(this.at - this.start);
  }

  u8(value: u8): void {
    if (this.reserve(1)) store<u8>(this.at - 1, value);
  }

  u32(value: u32): void {
    if (this.reserve(4)) store<u32>(this.at - 4, value);
  }

  u64(value: u64): void {
    if (this.reserve(8)) store<u64>(this.at - 8, value);
  }

  copy(from: usize, length: i32): void {
    if (this.reserve(<usize>length)) memory.copy(this.at - <usize>length, from, <usize>length);
  }

  /** Overwrites four bytes written before, such as a length known only afterwards. */
  patchU32(offset: i32, value: u32): void {
    assert(offset >= 0 && offset + 4 <= this.length);
    store<u32>(this.start + <usize>offset, value);
  }

  private reserve(bytes: usize): bool {
    if (this.end - this.at < bytes) {
      this.overflowed = true;
      return false;
    }
    this.at += bytes;
    return true;
  }
}
