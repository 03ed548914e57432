import type { ConvergencePoint } from './report.ts';

const WIDTH = 860;
const HEIGHT = 316;
const LEFT = 86;
const RIGHT = 30;
const TOP = 14;
const BOTTOM = 56;
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;

/** Draws the return over the rounds played, with the band in which 95 of 100 runs of the expected return stay. */
export function convergenceChart(
  points: readonly ConvergencePoint[],
  expected: number,
  standardDeviation: number,
): string {
  const last = points.at(-1)?.rounds ?? 1;
  const drawn = points.filter(({ rounds }) => rounds >= last / 100);
  const half = (rounds: number) => (1.96 * standardDeviation) / Math.sqrt(rounds);
  const reach = Math.max(
    ...drawn.map(({ rounds, rtp }) => Math.max(half(rounds), Math.abs(rtp - expected))),
    1e-9,
  );
  const x = (rounds: number) => LEFT + (rounds / last) * PLOT_WIDTH;
  const y = (rtp: number) => TOP + PLOT_HEIGHT * (0.5 - (rtp - expected) / (2.1 * reach));
  const upper = drawn.map(({ rounds }) => `${x(rounds).toFixed(1)},${y(expected + half(rounds)).toFixed(1)}`);
  const lower = drawn.map(({ rounds }) => `${x(rounds).toFixed(1)},${y(expected - half(rounds)).toFixed(1)}`);
  const line = drawn.map(({ rounds, rtp }) => `${x(rounds).toFixed(1)},${y(rtp).toFixed(1)}`);
  return svg('Return over the rounds played', [
    ...ticksOf(expected - reach, expected + reach).map((rtp) =>
      gridLine(y(rtp), `${(rtp * 100).toFixed(decimalsFor(reach))} %`),
    ),
    `<polygon class="band" points="${[...upper, ...lower.toReversed()].join(' ')}"/>`,
    `<line class="expected" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(expected)}" y2="${y(expected)}"/>`,
    `<polyline class="measured" points="${line.join(' ')}"/>`,
    ...ticksOf(0, last).map((rounds) => bottomLabel(x(rounds), countLabel(rounds))),
    ...titles('rounds played', 'return to player'),
  ]);
}

/** Chooses about six round figures of a scale. A step is 1, 2 or 5 times a power of ten. */
function ticksOf(from: number, to: number): number[] {
  const rough = (to - from) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((part) => part * power >= rough * 0.999) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) => (first + index) * step);
}

export interface Bar {
  readonly label: string;
  readonly count: number;
}

/** Draws bars on a logarithmic scale, for counts that differ by millions. */
export function histogramChart(bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ count }) => count), 10);
  const decades = Math.ceil(Math.log10(most));
  // One round has a bar, too.
  const below = 0.3;
  const y = (count: number) => TOP + PLOT_HEIGHT * (1 - (Math.log10(count) + below) / (decades + below));
  const width = PLOT_WIDTH / bars.length;
  const grid = Array.from({ length: decades + 1 }, (_, decade) =>
    gridLine(y(10 ** decade), countLabel(10 ** decade)),
  );
  const drawn = bars.map(({ label, count }, index) => {
    const left = LEFT + index * width;
    const top = y(Math.max(count, 1));
    const height = TOP + PLOT_HEIGHT - top;
    const rectangle = `<rect class="bar" x="${(left + 2).toFixed(1)}" y="${top.toFixed(1)}" width="${(width - 4).toFixed(1)}" height="${height.toFixed(1)}"><title>${label}: ${count.toLocaleString('en')}</title></rect>`;
    return (count > 0 ? rectangle : '') + bottomLabel(left + width / 2, label);
  });
  return svg('Rounds by what they won', [
    ...grid,
    ...drawn,
    ...titles('base bets won, at least', 'rounds, logarithmic'),
  ]);
}

function svg(label: string, parts: readonly string[]): string {
  const drawing = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${parts.join('')}</svg>`;
  return `<div class="chart">${drawing}</div>`;
}

function titles(bottom: string, left: string): string[] {
  const middle = TOP + PLOT_HEIGHT / 2;
  return [
    `<text class="title" x="${LEFT + PLOT_WIDTH / 2}" y="${HEIGHT - 8}">${bottom}</text>`,
    `<text class="title" x="14" y="${middle}" transform="rotate(-90 14 ${middle})">${left}</text>`,
  ];
}

function gridLine(y: number, label: string): string {
  return (
    `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}"/>` +
    `<text class="left" x="${LEFT - 8}" y="${(y + 4).toFixed(1)}">${label}</text>`
  );
}

function bottomLabel(x: number, label: string): string {
  return `<text class="bottom" x="${x.toFixed(1)}" y="${HEIGHT - BOTTOM + 20}">${label}</text>`;
}

function countLabel(count: number): string {
  if (count >= 1e9) return `${trim(count / 1e9)} G`;
  if (count >= 1e6) return `${trim(count / 1e6)} M`;
  return count >= 1e3 ? `${trim(count / 1e3)} k` : trim(count);
}

function trim(value: number): string {
  return String(Number(value.toFixed(2)));
}

function decimalsFor(reach: number): number {
  return Math.min(6, Math.max(1, 1 - Math.floor(Math.log10(reach * 100))));
}
