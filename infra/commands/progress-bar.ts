import { progressLine } from '../../shared/command-line/adapters/progress-line.ts';

const WIDTH = 30;

export interface ProgressBar {
  show(done: number, total: number): void;
  /** Leaves the line as it is, for what comes after it. */
  end(): void;
}

/** How far, how fast and how much longer. */
export function progressBar(title: string): ProgressBar {
  const startedMs = performance.now();
  const progress = progressLine();
  return {
    show: (done, total) =>
      progress.show(barOf(title, { done, total, elapsedMs: performance.now() - startedMs })),
    end: () => progress.end(),
  };
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
}

export function barOf(title: string, { done, total, elapsedMs }: Progress): string {
  const share = done / total;
  const full = Math.round(share * WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  const line = `${title} ${bar} ${(share * 100).toFixed(0)} %`;
  // Before anything is done, nobody knows how fast it goes.
  if (done === 0) return line;
  const perSecond = done / (elapsedMs / 1_000);
  return `${line}, ${rate(perSecond)} rounds a second, ${Math.ceil((total - done) / perSecond)} s left`;
}

function rate(perSecond: number): string {
  if (perSecond >= 1e5) return `${(perSecond / 1e6).toFixed(1)} million`;
  return Math.round(perSecond).toLocaleString('en');
}
