const WIDTH = 30;
const REDRAW_MS = 200;

export interface ProgressBar {
  show(done: number): void;
  end(): void;
}

/** On stderr: how far, how fast and how much longer. A line every ten seconds where stderr is no terminal. */
export function progressBar(title: string, total: number): ProgressBar {
  const startedMs = performance.now();
  const terminal = process.stderr.isTTY;
  let drawnMs = 0;
  return {
    show(done) {
      const nowMs = performance.now();
      if (nowMs - drawnMs < (terminal ? REDRAW_MS : 10_000) && done < total) return;
      drawnMs = nowMs;
      const line = lineOf(title, done, total, nowMs - startedMs);
      process.stderr.write(terminal ? `\r${line}\u001b[K` : `${line}\n`);
    },
    end() {
      if (terminal) process.stderr.write('\n');
    },
  };
}

function lineOf(title: string, done: number, total: number, elapsedMs: number): string {
  const share = done / total;
  const full = Math.round(share * WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  const perSecond = done / (elapsedMs / 1_000);
  const leftSeconds = Math.ceil((total - done) / perSecond);
  return `${title} ${bar} ${(share * 100).toFixed(0)} %, ${(perSecond / 1e6).toFixed(2)} million rounds a second, ${leftSeconds} s left`;
}
