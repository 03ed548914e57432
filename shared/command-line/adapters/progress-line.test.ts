import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressLine } from './progress-line.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function recorder(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

/** Makes a step each tenth of a second, for 25 seconds. */
function work(stream: ReturnType<typeof recorder>) {
  const progress = progressLine(stream);
  for (let step = 0; step < 250; step += 1) {
    progress.show(`step ${step}`);
    vi.advanceTimersByTime(100);
  }
  return progress;
}

describe('the progress of a command', () => {
  it('is one line in a terminal, which is written over and cleared for what is printed next', () => {
    const stream = recorder(true);
    work(stream).clear();
    expect(stream.written.slice(0, 2)).toEqual(['\rstep 0\u001B[K', '\rstep 2\u001B[K']);
    expect(stream.written).toHaveLength(126);
    expect(stream.written.at(-1)).toBe('\r\u001B[K');
    expect(stream.written.join('')).not.toContain('\n');
  });

  it('stays in a terminal as it was in the end', () => {
    const stream = recorder(true);
    work(stream).end();
    expect(stream.written.slice(-2)).toEqual(['\rstep 249\u001B[K', '\n']);
  });

  it('is a plain line every ten seconds elsewhere, and one in the end', () => {
    const stream = recorder(false);
    work(stream).end();
    expect(stream.written).toEqual(['step 0\n', 'step 100\n', 'step 200\n', 'step 249\n']);
  });

  it('leaves nothing elsewhere when it is cleared', () => {
    const stream = recorder(false);
    const progress = progressLine(stream);
    progress.show('step 0');
    progress.show('step 1');
    progress.clear();
    progress.end();
    expect(stream.written).toEqual(['step 0\n']);
  });
});
