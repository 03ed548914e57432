import { progressLine } from '../../infra/commands/progress-line.ts';

const WIDTH = 30;

export interface ProgressBar {
  show(done: number): void;
  end(): void;
}

/** How far, how fast and how much longer. */
export function progressBar(title: string, total: number): ProgressBar {
  const startedMs = performance.now();
  const progress = progressLine();
  return {
    show: (done) => progress.show(lineOf(title, done, total, performance.now() - startedMs)),
    end: () => progress.end(),
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
