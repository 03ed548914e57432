import { playing } from './report-page.ts';
import type { LoadReport } from './report.ts';

const WIDTH = 720;
const ROW = 64;
const TOP = 56;
const AXIS = { left: 110, right: WIDTH - 40 } as const;
const INK = '#1f2933';
const FAINT = '#d5dbe1';
const SERIES = [
  { field: 'withWallet', label: 'with the wallet', color: '#c2410c', offset: -9 },
  { field: 'withoutWallet', label: 'without its share', color: '#0f766e', offset: 9 },
] as const;

/** Latency from p50 to p99 at each level, on a logarithmic axis, as SVG that is readable on any background. */
export function latencyChart({ levels }: LoadReport): string {
  const values = levels.flatMap(({ withWallet, withoutWallet }) =>
    [withWallet, withoutWallet].flatMap(({ p50Ms, p99Ms }) => [p50Ms, p99Ms]),
  );
  const lowest = Math.floor(Math.log10(Math.max(0.1, Math.min(...values))));
  const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(...values, 1))));
  const x = (ms: number) => {
    const share = (Math.log10(Math.max(ms, 10 ** lowest)) - lowest) / (highest - lowest);
    return Math.round(AXIS.left + share * (AXIS.right - AXIS.left));
  };
  const bottom = TOP + levels.length * ROW;
  const ticks = Array.from({ length: highest - lowest + 1 }, (_, index) => 10 ** (lowest + index));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 40}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>Latency of a round by number of players, p50 to p99</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...SERIES.map(({ label, color }, index) => legend(label, color, AXIS.left + index * 170)),
    ...ticks.map((ms) => tick(x(ms), ms, bottom)),
    ...levels.flatMap((level, index) => {
      const y = TOP + ROW * (index + 0.5);
      const name = text(AXIS.left - 14, y + 5, playing(level.players), 'end');
      const ranges = SERIES.map(({ field, color, offset }) => {
        const { p50Ms, p99Ms } = level[field];
        return range(x(p50Ms), x(p99Ms), y + offset, color, `${p50Ms} – ${p99Ms} ms`);
      });
      return [name, ...ranges];
    }),
    '</svg>\n',
  ].join('\n');
}

function text(x: number, y: number, content: string, anchor = 'start'): string {
  return `<text x="${x}" y="${y}" fill="${INK}" text-anchor="${anchor}">${content}</text>`;
}

function legend(label: string, color: string, x: number): string {
  return `<circle cx="${x}" cy="22" r="5" fill="${color}"/>${text(x + 12, 27, label)}`;
}

function tick(x: number, ms: number, bottom: number): string {
  const line = `<line x1="${x}" y1="${TOP}" x2="${x}" y2="${bottom}" stroke="${FAINT}"/>`;
  return line + text(x, bottom + 20, `${ms} ms`, 'middle');
}

/** A dot at p50 and one at p99. The figures stand where there is room. */
function range(from: number, to: number, y: number, color: string, figures: string): string {
  const atRight = to < AXIS.right - 130;
  const label = `<text x="${atRight ? to + 12 : from - 12}" y="${y + 4}" fill="${color}" font-size="11" text-anchor="${atRight ? 'start' : 'end'}">${figures}</text>`;
  return [
    `<line x1="${from}" y1="${y}" x2="${to}" y2="${y}" stroke="${color}" stroke-width="3"/>`,
    `<circle cx="${from}" cy="${y}" r="5" fill="${color}"/>`,
    `<circle cx="${to}" cy="${y}" r="5" fill="${color}"/>${label}`,
  ].join('');
}
