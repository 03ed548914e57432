import { ByteWriter } from './byte-writer';

const DIGITS: usize = memory.data(20);
const HEX = '0123456789abcdef';

/** Writes compact JSON as ASCII without allocating. The caller keeps the nesting right; commas are put by the writer. */
export class JsonWriter {
  private needsComma: bool = false;

  constructor(private bytes: ByteWriter) {}

  start(): void {
    this.needsComma = false;
  }

  beginObject(): void {
    this.open(0x7b);
  }

  endObject(): void {
    this.close(0x7d);
  }

  beginArray(): void {
    this.open(0x5b);
  }

  endArray(): void {
    this.close(0x5d);
  }

  key(name: string): void {
    this.string(name);
    this.bytes.u8(0x3a);
    this.needsComma = false;
  }

  string(value: string): void {
    this.beginString();
    const units = changetype<usize>(value);
    for (let i: usize = 0; i < <usize>value.length; i++) this.character(load<u16>(units + (i << 1)));
    this.endString();
  }

  /** A string written one UTF-16 unit at a time: `beginString`, `character` …, `endString`. */
  beginString(): void {
    this.separate();
    this.bytes.u8(0x22);
  }

  character(unit: i32): void {
    if (unit < 0x20 || unit > 0x7e || unit == 0x22 || unit == 0x5c) this.escape(unit);
    else this.bytes.u8(<u8>unit);
  }

  endString(): void {
    this.bytes.u8(0x22);
    this.needsComma = true;
  }

  /** Text of which every byte is ASCII and needs no escape, at once. */
  plainString(from: usize, length: i32): void {
    this.beginString();
    this.bytes.copy(from, length);
    this.endString();
  }

  /** Readers keep an integer exact below 2^53; write larger ones with `decimalString`. */
  integer(value: i64): void {
    this.separate();
    this.digits(value);
    this.needsComma = true;
  }

  decimalString(value: i64): void {
    this.beginString();
    this.digits(value);
    this.endString();
  }

  /** `null`. */
  nothing(): void {
    this.separate();
    this.bytes.u32(0x6c6c756e);
    this.needsComma = true;
  }

  boolean(value: bool): void {
    this.separate();
    if (value) {
      this.bytes.u32(0x65757274);
    } else {
      this.bytes.u32(0x736c6166);
      this.bytes.u8(0x65);
    }
    this.needsComma = true;
  }

  stringField(name: string, value: string): void {
    this.key(name);
    this.string(value);
  }

  integerField(name: string, value: i64): void {
    this.key(name);
    this.integer(value);
  }

  private open(bracket: u8): void {
    this.separate();
    this.bytes.u8(bracket);
    this.needsComma = false;
  }

  private close(bracket: u8): void {
    this.bytes.u8(bracket);
    this.needsComma = true;
  }

  private separate(): void {
    if (this.needsComma) this.bytes.u8(0x2c);
  }

  private escape(unit: i32): void {
    this.bytes.u8(0x5c);
    this.bytes.u8(0x75);
    for (let shift = 12; shift >= 0; shift -= 4) this.bytes.u8(<u8>HEX.charCodeAt((unit >> shift) & 15));
  }

  private digits(value: i64): void {
    let rest = <u64>value;
    if (value < 0) {
      this.bytes.u8(0x2d);
      rest = 0 - rest;
    }
    let count: usize = 0;
    do {
      store<u8>(DIGITS + count, <u8>(0x30 + (rest % 10)));
      rest /= 10;
      count += 1;
    } while (rest != 0);
    while (count > 0) {
      count -= 1;
      this.bytes.u8(load<u8>(DIGITS + count));
    }
  }
}
