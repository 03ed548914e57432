import { SingleBar } from 'cli-progress';

const REDRAWS_PER_SECOND = 5;
const LOG_MS = 10_000;
/** The time that is left is reckoned from so many of the latest figures. */
const RECENT = 100;

type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** It is for work whose end nobody knows. In a terminal it goes away in the end. */
export interface ProgressLine extends Disposable {
  show(text: string): void;
  /** Makes room in a terminal for something else that is printed. A log needs none, as all its lines are whole. */
  clear(): void;
}

export function progressLine(stream: Stream = process.stderr): ProgressLine {
  const line = redrawn('{text}', stream, { stays: false });
  return {
    show: (text) => line.show(0, 0, { text }),
    clear: () => {
      if (stream.isTTY) line.stop();
    },
    [Symbol.dispose]: () => line.stop(),
  };
}

/** It tells how far, how fast and how much longer. It stays in a terminal as it was in the end. */
export interface ProgressBar extends Disposable {
  show(done: number, total: number, note?: string): void;
}

/** @param unit what is counted; without it, the bar does not tell how many come in a second */
export function progressBar(title: string, unit?: string, stream: Stream = process.stderr): ProgressBar {
  const bar = redrawn('{title} {bar} {percentage} %{figures}{eta_formatted}', stream, { stays: true });
  let first: { readonly done: number; readonly atMs: number } | undefined;
  return {
    show: (done, total, note) => {
      first ??= { done, atMs: performance.now() };
      const perSecond = ((done - first.done) / (performance.now() - first.atMs)) * 1_000;
      // Before anything is done, nobody knows how fast it goes.
      const speed = unit && perSecond > 0 ? `${rate(perSecond)} ${unit} a second` : undefined;
      const figures = [note, speed].flatMap((figure) => (figure ? [`, ${figure}`] : [])).join('');
      bar.show(done, total, { title, figures });
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}

/** In a terminal, one line is drawn over and over. Elsewhere, such as in a log, a plain line comes now and then. */
function redrawn(format: string, stream: Stream, { stays }: { readonly stays: boolean }) {
  const bar = new SingleBar({
    format,
    stream,
    fps: REDRAWS_PER_SECOND,
    noTTYOutput: true,
    notTTYSchedule: LOG_MS,
    // In a log, the line that stays would be followed by an empty one.
    clearOnComplete: !(stays && stream.isTTY),
    // A line that is too long is cut, so that it can be drawn over. Nothing changes in the terminal's own settings.
    linewrap: true,
    barsize: 20,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    etaBuffer: RECENT,
    formatTime: (seconds) => (Number.isFinite(seconds) ? `, ${seconds} s left` : ''),
  });
  let drawnAtMs = 0;
  bar.on('redraw-post', () => (drawnAtMs = performance.now()));
  return {
    show(done: number, total: number, texts: Readonly<Record<string, string>>): void {
      if (!bar.isActive) return bar.start(total, done, { ...texts });
      bar.setTotal(total);
      bar.update(done, texts);
      // Work that never waits does not let the bar's own timer come.
      if (!stream.isTTY && performance.now() - drawnAtMs >= LOG_MS) bar.render();
    },
    stop: () => bar.stop(),
  };
}

function rate(perSecond: number): string {
  if (perSecond >= 1e5) return `${(perSecond / 1e6).toFixed(1)} million`;
  if (perSecond >= 10) return Math.round(perSecond).toLocaleString('en');
  return perSecond.toLocaleString('en', { maximumSignificantDigits: 2 });
}
