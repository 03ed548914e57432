import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts';
import {
  type GridComponentOption,
  GridSimpleComponent,
  type LegendComponentOption,
} from 'echarts/components';
import { type ComposeOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

// Each chart adds the kinds of series that it has, so that no bundle carries more of the library than it draws with.
use([SVGRenderer, GridSimpleComponent]);

export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | LegendComponentOption
>;

/** They may be variables of the page that the chart is put into. */
export interface ChartColours {
  readonly text: string;
  readonly grid: string;
  /** Without it, the chart stands on the background of its page. */
  readonly background?: string;
}

export interface Chart {
  /** Readers who do not see the chart are told this. It differs from that of any other chart of the page. */
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly colours: ChartColours;
  readonly option: ChartOption;
}

/** Draws a chart as SVG that needs no script and no other file. The same chart is the same text at any time. */
export function drawChart({ title, width, height, colours, option }: Chart): string {
  const chart = init(null, themeOf(colours), { renderer: 'svg', ssr: true, width, height });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return repeatable(svg, title.replaceAll(/\W+/g, '-')).replace(
    '<svg ',
    `<svg role="img" aria-label="${title}" `,
  );
}

function themeOf({ text, grid, background }: ChartColours) {
  const axis = {
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: text },
    splitLine: { lineStyle: { color: grid } },
    nameLocation: 'middle',
    nameTextStyle: { color: text, fontStyle: 'italic' },
  };
  return {
    animation: false,
    backgroundColor: background ?? 'none',
    textStyle: { color: text, fontFamily: 'system-ui, sans-serif' },
    legend: { textStyle: { color: text } },
    valueAxis: axis,
    logAxis: axis,
    categoryAxis: { ...axis, splitLine: { show: false } },
  };
}

/** The library counts all charts that a process has drawn, in ids and in classes, which only style what a mouse is over. */
function repeatable(svg: string, id: string): string {
  return svg
    .replaceAll(/ class="zr[^"]*"/g, '')
    .replace(/<style >.*<\/style>\n/s, '')
    .replaceAll(/\bzr\d+-/g, `${id}-`);
}
