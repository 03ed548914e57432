import { BarChart, LineChart, type LineSeriesOption } from 'echarts/charts';
import { use } from 'echarts/core';
import { type ChartOption, drawChart } from '../charts/chart.ts';
import type { ConvergencePoint } from './report.ts';

use([BarChart, LineChart]);

/** The page of the report has a light and a dark set of these. */
const COLOURS = { text: 'var(--quiet)', grid: 'var(--line)' };

/** Draws the return over the rounds played, with the band in which 95 of 100 runs of the expected return stay. */
export function convergenceChart(
  points: readonly ConvergencePoint[],
  expected: number,
  standardDeviation: number,
): string {
  const last = points.at(-1)?.rounds ?? 1;
  const drawn = points.filter(({ rounds }) => rounds >= last / 100);
  const halfPercent = (rounds: number) => (196 * standardDeviation) / Math.sqrt(rounds);
  const expectedPercent = expected * 100;
  const lower = drawn.map(({ rounds }): Point => [rounds, expectedPercent - halfPercent(rounds)]);
  const height = drawn.map(({ rounds }): Point => [rounds, 2 * halfPercent(rounds)]);
  const measured = drawn.map(({ rounds, rtp }): Point => [rounds, rtp * 100]);
  const level: Point[] = [
    [0, expectedPercent],
    [last, expectedPercent],
  ];
  const axisLabel = { formatter: countLabel };
  return chart('Return over the rounds played', {
    xAxis: { type: 'value', name: 'rounds played', nameGap: 32, axisLabel, splitLine: { show: false } },
    yAxis: {
      type: 'value',
      name: 'return to player',
      nameGap: 66,
      scale: true,
      axisLabel: { formatter: '{value} %' },
    },
    series: [
      // The band is an area of this height, stacked on a lower edge that is not seen.
      line(lower, { width: 0 }, { stack: 'band' }),
      line(
        height,
        { width: 0 },
        { stack: 'band', stackStrategy: 'all', areaStyle: { color: 'var(--band)', opacity: 1 } },
      ),
      line(level, { width: 1, color: 'var(--bad)', type: [5, 4] }),
      line(measured, { width: 2, color: 'var(--ink)' }),
    ],
  });
}

type Point = [x: number, y: number];

function line(
  data: Point[],
  lineStyle: NonNullable<LineSeriesOption['lineStyle']>,
  more: LineSeriesOption = {},
): LineSeriesOption {
  return { type: 'line', data, showSymbol: false, lineStyle, ...more };
}

export interface Bar {
  readonly label: string;
  readonly count: number;
}

/** Draws bars on a logarithmic scale, for counts that differ by millions. */
export function histogramChart(bars: readonly Bar[]): string {
  return chart('Rounds by what they won', {
    xAxis: {
      type: 'category',
      name: 'base bets won, at least',
      nameGap: 32,
      data: bars.map(({ label }) => label),
      axisLabel: { interval: 0 },
    },
    yAxis: {
      type: 'log',
      name: 'rounds, logarithmic',
      nameGap: 66,
      // One round has a bar, too.
      min: 0.5,
      startValue: 0.5,
      axisLabel: { formatter: (count: number) => (count < 1 ? '' : countLabel(count)) },
    },
    series: [
      {
        type: 'bar',
        data: bars.map(({ count }) => (count > 0 ? count : null)),
        barCategoryGap: 4,
        itemStyle: { color: 'var(--ink)' },
        label: {
          show: true,
          position: 'top',
          color: 'var(--quiet)',
          formatter: ({ value }) => countLabel(Number(value)),
        },
      },
    ],
  });
}

function chart(title: string, option: ChartOption): string {
  const grid = { left: 86, right: 30, top: 24, bottom: 56 };
  const svg = drawChart({ title, width: 860, height: 316, colours: COLOURS, option: { grid, ...option } });
  return `<div class="chart">${svg}</div>`;
}

function countLabel(count: number): string {
  if (count >= 1e9) return `${trim(count / 1e9)} G`;
  if (count >= 1e6) return `${trim(count / 1e6)} M`;
  return count >= 1e3 ? `${trim(count / 1e3)} k` : trim(count);
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}
