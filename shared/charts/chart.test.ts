import { LineChart } from 'echarts/charts';
import { use } from 'echarts/core';
import { describe, expect, it } from 'vitest';
import { drawChart } from './chart.ts';

use([LineChart]);

function draw(title: string): string {
  return drawChart({
    title,
    width: 400,
    height: 300,
    colours: { text: 'var(--quiet)', grid: '#d5dbe1' },
    option: {
      xAxis: { type: 'value', name: 'rounds' },
      yAxis: { type: 'log' },
      series: [
        {
          type: 'line',
          data: [
            [1, 10],
            [2, 100],
          ],
          color: 'var(--ink)',
        },
      ],
    },
  });
}

describe('a chart', () => {
  it('is the same text whatever was drawn before it', () => {
    const first = draw('Latency, in ms');
    draw('Another chart');
    expect(draw('Latency, in ms')).toBe(first);
  });

  it('has ids of its own, so that one page can have several charts', () => {
    const idsOf = (title: string) => [...draw(title).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(idsOf('One chart')).toEqual(['One-chart-c0']);
    expect(idsOf('Another chart')).toEqual(['Another-chart-c0']);
    expect(draw('One chart')).toContain('url(#One-chart-c0)');
  });

  it('tells its title to those who do not see it', () => {
    expect(draw('Latency')).toMatch(/^<svg role="img" aria-label="Latency" /);
  });

  it('has the colours that it is given, and neither script nor style', () => {
    const svg = draw('Latency');
    expect(svg).toMatch(/fill="var\(--quiet\)">rounds</);
    expect(svg).toContain('stroke="var(--ink)"');
    expect(svg).not.toMatch(/<script|<style|class=/);
  });
});
