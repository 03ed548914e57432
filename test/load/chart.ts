import { LineChart } from 'echarts/charts';
import { LegendComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { drawChart } from '../../shared/charts/chart.ts';
import { playing } from './report-page.ts';
import type { LoadReport } from './report.ts';

use([LineChart, LegendComponent]);

/** The picture is readable on any background, as it brings its own. */
const COLOURS = { text: '#1f2933', grid: '#d5dbe1', background: '#ffffff' };
const ROW = 64;
const SERIES = [
  { field: 'withWallet', name: 'with the wallet', color: '#c2410c', offset: -0.14 },
  { field: 'withoutWallet', name: 'without its share', color: '#0f766e', offset: 0.14 },
] as const;

/** Latency from p50 to p99 at each level, on a logarithmic axis, as SVG. */
export function latencyChart({ levels }: LoadReport): string {
  const rows = [...levels.keys()];
  return drawChart({
    title: 'Latency of a round by number of players, p50 to p99',
    width: 720,
    height: 96 + levels.length * ROW,
    colours: COLOURS,
    option: {
      grid: { left: 110, right: 130, top: 56, bottom: 40 },
      legend: { left: 105, top: 14, icon: 'circle', itemWidth: 10, itemGap: 30 },
      xAxis: { type: 'log', axisLabel: { formatter: '{value} ms' } },
      yAxis: {
        type: 'value',
        inverse: true,
        min: -0.5,
        max: levels.length - 0.5,
        axisLabel: { customValues: rows, formatter: (row: number) => playing(levels[row]?.players ?? 0) },
        splitLine: { show: false },
      },
      series: SERIES.map(({ field, name, color, offset }) => ({
        type: 'line',
        name,
        color,
        symbol: 'circle',
        symbolSize: 10,
        lineStyle: { width: 3 },
        data: levels.flatMap((level, row) => range(level[field], row + offset, color)),
      })),
    },
  });
}

/** A point at p50 and one at p99 with the figures beside it. Nothing joins it to the next level. */
function range({ p50Ms, p99Ms }: { p50Ms: number; p99Ms: number }, y: number, color: string) {
  const label = {
    show: true,
    position: 'right',
    color,
    fontSize: 11,
    formatter: `${p50Ms} – ${p99Ms} ms`,
  } as const;
  return [{ value: [p50Ms, y] }, { value: [p99Ms, y], label }, { value: ['-', '-'] }];
}
