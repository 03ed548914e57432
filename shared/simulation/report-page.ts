import { type Bar, convergenceChart, histogramChart } from './charts.ts';
import type { CertificationReport } from './report.ts';

type Row = readonly [name: string, value: string, more?: string];

/** Makes a page that needs nothing beside it: no script and no other file. */
export function reportPage(report: CertificationReport): string {
  const { engine, run, passed } = report;
  const title = `${engine.id} ${engine.build}, mode ${engine.mode}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}: certification report</title>
<style>${STYLE}</style>
<h1>${escaped(title)}</h1>
<p class="${passed ? 'passed' : 'failed'}">${passed ? 'Every check passed.' : 'Not every check passed.'}</p>
<p>${counted(run.rounds)} simulated rounds of seed <code>${escaped(run.seed)}</code>,
engine <code>${escaped(engine.sha256)}</code>.</p>
<h2>Checks</h2>
${table(
  ['check', 'verdict', 'detail'],
  report.checks.map(({ check, passed: holds, detail }) => [check, holds ? 'passed' : 'FAILED', detail]),
)}
<h2>Figures</h2>
${table(['figure', 'measured', 'to compare'], figures(report))}
<h2>Convergence</h2>
<p>The return over the rounds so far (line), the ${report.exact ? 'exact' : 'declared'} return (dashed), and the band that 95 of
100 such runs stay in at any one point.</p>
${convergenceChart(report.convergence, report.exact?.rtp ?? report.declared.rtp, report.measured.standard_deviation)}
<h2>Wins</h2>
<p>Rounds by what they won: at least as many base bets as the figure under the bar, and fewer than under the next. The scale is
logarithmic.</p>
${histogramChart(bars(report))}
${table(['win', 'odds', 'seen'], report.odds.map(oddsRow))}
${reels(report)}
</html>
`;
}

function figures(report: CertificationReport): Row[] {
  const { declared, exact, measured } = report;
  const percent = (share: number, decimals = 4) => `${(share * 100).toFixed(decimals)} %`;
  const beside = (value: number | undefined) => (value === undefined ? '' : `exact ${percent(value)}`);
  const interval = ({ from, to }: { from: number; to: number }) => `${percent(from)} … ${percent(to)}`;
  return [
    [
      'return to player',
      percent(measured.rtp),
      [`declared ${percent(declared.rtp)}`, beside(exact?.rtp)].filter(Boolean).join(', '),
    ],
    ['… of the base game', percent(measured.base_rtp), beside(exact?.base_rtp)],
    ['… of the feature', percent(measured.feature_rtp), beside(exact?.feature_rtp)],
    ['95 % interval', interval(measured.interval_95)],
    ['99 % interval', interval(measured.interval_99)],
    ['standard deviation of a round', figure(measured.standard_deviation, 4), 'in prices of the round'],
    ['volatility index', figure(measured.volatility_index, 2), '1.645 standard deviations'],
    ['hit frequency', percent(measured.hit_frequency), beside(exact?.hit_frequency)],
    ['feature frequency', percent(measured.feature_frequency), beside(exact?.feature_frequency)],
    ['steps of a feature', figure(measured.feature_steps, 2)],
    ...largestWin(report),
  ];
}

/** Counters show how often wins of its size were seen, but not how often this win was. */
function largestWin({ run, declared, measured, odds }: CertificationReport): Row[] {
  const price = run.price_bets;
  const maximum = `declared maximum ${figure(declared.max_win * price, 2)} base bets`;
  const inPrices = `${figure(measured.max_win, 2)} prices of the round`;
  const size = odds.findLast(({ one_in }) => one_in !== null);
  const rows: Row[] = [
    [
      'largest win',
      `${figure(measured.max_win * price, 2)} base bets`,
      price === 1 ? maximum : `${inPrices}, ${maximum}`,
    ],
  ];
  if (!size) return rows;
  const sizeOdds = `${figure(size.at_least_bets, 0)} or more: one round in ${oddsOf(size)}`;
  return [...rows, ['… and wins of its size', sizeOdds, `${counted(size.rounds)} rounds`]];
}

type Odds = CertificationReport['odds'][number];

function oddsRow(odds: Odds): Row {
  const { at_least_bets, rounds, one_in } = odds;
  const bets = `${figure(at_least_bets, 0)} ${at_least_bets === 1 ? 'base bet' : 'base bets'} or more`;
  return [bets, one_in === null ? 'not seen' : `one in ${oddsOf(odds)}`, `${counted(rounds)} rounds`];
}

/** Writes as many digits as the number of rounds supports. */
function oddsOf({ rounds, one_in }: Odds): string {
  const seen = Number(rounds);
  const digits = seen < 1_000 ? 2 : seen < 1_000_000 ? 3 : 4;
  return (one_in ?? 0).toLocaleString('en', { maximumSignificantDigits: digits });
}

function bars({ histogram }: CertificationReport): Bar[] {
  return histogram.map(({ from_bets, rounds }, index) => ({
    label:
      index === 0
        ? 'none'
        : index === 1
          ? '> 0'
          : `${counted(from_bets)}${index === histogram.length - 1 ? '+' : ''}`,
    count: Number(rounds),
  }));
}

function reels({ reels }: CertificationReport): string {
  if (reels.length === 0) return '';
  const rows = reels.map(
    ({ reel, observations, chi_square, degrees_of_freedom, p_value }): Row => [
      reel,
      `p = ${p_value.toFixed(4)}`,
      `chi-square ${figure(chi_square, 2)} with ${degrees_of_freedom} degrees of freedom, ${counted(observations)} spins`,
    ],
  );
  return `<h2>Reels</h2>\n${table(['reel', 'probability', 'test'], rows)}`;
}

function table(headings: readonly [string, string, string], rows: readonly Row[]): string {
  const head = headings.map((heading) => `<th scope="col">${heading}</th>`).join('');
  const lines = rows.map(([name, value, more = '']) => {
    const cells = [name, value, more].map((cell) => `<td>${escaped(cell)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead>\n<tbody>${lines.join('\n')}</tbody></table>`;
}

function figure(value: number, decimals: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function counted(rounds: string | number): string {
  return Number(rounds).toLocaleString('en');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const STYLE = `
:root { color-scheme: light dark; --text: #1c2733; --page: #fff; --quiet: #5b6b7b; --line: #e3e8ee; --ink: #1f5f99; --band: #dbe9f6; --good: #19692c; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --text: #dde4ec; --page: #14191f; --quiet: #98a6b5; --line: #2a323b; --ink: #6aaae4; --band: #22384d; --good: #6fcf86; --bad: #ff8a80; }
}
body { font: 15px/1.5 system-ui, sans-serif; max-width: 900px; margin: 2rem auto; padding: 0 1rem; color: var(--text); background: var(--page); }
h2 { margin-top: 2rem; font-size: 1.1rem; }
code { overflow-wrap: anywhere; font-size: 0.85em; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; border-bottom: 2px solid var(--line); padding: 0.25rem 0.5rem 0.25rem 0; }
td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.5rem 0.25rem 0; vertical-align: top; }
td:nth-child(2) { font-variant-numeric: tabular-nums; }
@media (min-width: 600px) { td:nth-child(2) { white-space: nowrap; } }
td:nth-child(3) { color: var(--quiet); }
.chart { overflow-x: auto; }
svg { width: 100%; min-width: 640px; height: auto; }
.passed { color: var(--good); font-weight: 600; } .failed { color: var(--bad); font-weight: 600; }
`;
