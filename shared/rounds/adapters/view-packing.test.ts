import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packView, unpackView } from './view-packing.ts';

const MAX_VIEW_BYTES = 4_194_304;
const corrupt = expect.objectContaining({ code: 'CORRUPT_RECORD' });

describe('The view of a stored round', () => {
  it('A view is packed where that saves a byte, and is left as text where it saves none', () => {
    expect(packView('abcabcab')).toHaveLength(7);
    expect(packView('abcabcab')).toBeInstanceOf(Uint8Array);
    for (const view of ['cbcaaabacababccbbc', 'abcabcax', '']) expect(packView(view)).toBe(view);
    expect(deflateRawSync('cbcaaabacababccbbc')).toHaveLength(18);
  });

  it('A view counts by its bytes and not by its characters', () => {
    const view = '€€€€';
    expect(packView(view)).toBeInstanceOf(Uint8Array);
    expect(unpackView(packView(view))).toBe(view);
  });

  it('A view is packed as small as any level of deflate makes it', () => {
    const view = Array.from({ length: 3_000 }, (_, i) => `pay:${((i * 7_919) % 1_009).toString(3)}`).join();
    const sizes = [1, 6, 9].map((level) => deflateRawSync(view, { level }).length);
    expect(new Set(sizes).size).toBe(3);
    expect(packView(view)).toHaveLength(Math.min(...sizes));
  });

  it('A view keeps the byte order mark that it begins with', () => {
    const view = `\uFEFF${'x'.repeat(100)}`;
    expect(unpackView(packView(view))).toBe(view);
  });

  it('A view of 4 MB is read, and bytes that inflate to one more are refused', () => {
    const packed = (length: number) => deflateRawSync(Buffer.alloc(length, 'x'));
    expect(unpackView(packed(MAX_VIEW_BYTES))).toHaveLength(MAX_VIEW_BYTES);
    expect(() => unpackView(packed(MAX_VIEW_BYTES + 1))).toThrow(corrupt);
  });

  it('Bytes that do not inflate to text are refused, and the fault has its cause', () => {
    const notText = deflateRawSync(new Uint8Array([0x7b, 0xff, 0x7d]));
    for (const stored of [notText, new Uint8Array([1, 2, 3]), new Uint8Array()])
      expect(() => unpackView(stored)).toThrow(
        expect.objectContaining({ code: 'CORRUPT_RECORD', cause: expect.any(Error) }),
      );
  });
});
