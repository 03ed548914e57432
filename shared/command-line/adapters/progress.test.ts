import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressBar, progressLine } from './progress.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function recorder(isTTY: boolean) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 80 });
  return { stream, written: () => String(stream.read() ?? '') };
}

/** Shows a step each tenth of a second, for 25 seconds. */
function work(show: (step: number) => void): void {
  for (let step = 0; step < 250; step += 1) {
    show(step);
    vi.advanceTimersByTime(100);
  }
}

/** Shows what stands in a terminal after all that was written. It knows the few control sequences that are used. */
function screen(written: string): string[] {
  const lines = [''];
  const readable = written.replaceAll('\u001B', '^');
  for (const [part] of readable.matchAll(/\^\[1G|\^\[[02]K|\^[78]|\n|[^^\n]+/g)) {
    if (part === '\n') lines.push('');
    else if (part === '^[1G' || part === '^[2K') lines[lines.length - 1] = '';
    else if (!part.startsWith('^')) lines[lines.length - 1] += part;
  }
  return lines;
}

describe('the line of work without a known end', () => {
  it('is drawn over in a terminal, and goes away for what is printed next', () => {
    const { stream, written } = recorder(true);
    using line = progressLine(stream);
    work((step) => line.show(`step ${step}`));
    const drawn = written();
    expect(screen(drawn)).toEqual(['step 249']);
    expect(drawn.match(/step/g)?.length).toBeLessThanOrEqual(126);
    line.clear();
    stream.write('a finding\n');
    line.show('step 250');
    expect(screen(written())).toEqual(['a finding', 'step 250']);
  });

  it('is a plain line every ten seconds elsewhere, and one in the end', () => {
    const { stream, written } = recorder(false);
    const line = progressLine(stream);
    work((step) => line.show(`step ${step}`));
    line.clear();
    line[Symbol.dispose]();
    expect(written()).toBe('step 0\nstep 99\nstep 199\nstep 249\n');
  });

  it('comes elsewhere also from work that never waits', () => {
    const { stream, written } = recorder(false);
    let nowMs = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    using line = progressLine(stream);
    for (let step = 0; step < 250; step += 1, nowMs += 100) line.show(`step ${step}`);
    expect(written()).toBe('step 0\nstep 100\nstep 200\n');
    clock.mockRestore();
  });

  it('is cut where the terminal ends', () => {
    const { stream, written } = recorder(true);
    using line = progressLine(stream);
    line.show('x'.repeat(100));
    expect(screen(written())).toEqual(['x'.repeat(80)]);
  });
});

describe('the bar of work with a known end', () => {
  it.each([
    [{ done: 0, total: 1_000, elapsedMs: 3_000 }, /^panda ░{20} 0 %$/],
    [{ done: 500, total: 1_000, elapsedMs: 1_000 }, /^panda █{10}░{10} 50 %, 500 rounds a second, 1 s left$/],
    [{ done: 99_000, total: 198_000, elapsedMs: 1_000 }, / 50 %, 99,000 rounds a second, 1 s left$/],
    [{ done: 3e7, total: 1e8, elapsedMs: 2_000 }, / 30 %, 15.0 million rounds a second, 5 s left$/],
    [{ done: 246, total: 492, elapsedMs: 20_000 }, / 50 %, 12 rounds a second, 20 s left$/],
    [{ done: 1, total: 3, elapsedMs: 3_000 }, / 33 %, 0.33 rounds a second, 6 s left$/],
  ])('tells %j in figures that mean something', ({ done, total, elapsedMs }, line) => {
    const { stream, written } = recorder(true);
    using bar = progressBar('panda', 'rounds', stream);
    bar.show(0, total);
    vi.advanceTimersByTime(elapsedMs);
    bar.show(done, total);
    vi.advanceTimersByTime(200);
    expect(screen(written())).toEqual([expect.stringMatching(line)]);
  });

  it('stays in a terminal as it was in the end', () => {
    const { stream, written } = recorder(true);
    const bar = progressBar('panda', undefined, stream);
    work((step) => bar.show(step + 1, 250, `step ${step}`));
    bar[Symbol.dispose]();
    expect(screen(written())).toEqual([`panda ${'█'.repeat(20)} 100 %, step 249, 0 s left`, '']);
  });

  it('is a plain line every ten seconds elsewhere, and one in the end', () => {
    const { stream, written } = recorder(false);
    const bar = progressBar('panda', undefined, stream);
    work((step) => bar.show(step + 1, 250));
    bar[Symbol.dispose]();
    const shares = written().matchAll(/^panda [█░]{20} (\d+ %)(?:, \d+ s left)?\n/gm);
    expect([...shares].map(([, share]) => share)).toEqual(['0 %', '40 %', '80 %', '100 %']);
  });
});
