import { describe, expect, it } from 'vitest';
import { type CertifiedRun, certificationReport } from './report.ts';
import { reportPage } from './report-page.ts';

const MILLION = 1_000_000n;

/** A million rounds of a game. One round in ten pays 9 bets, and one in fifty pays a feature of 0.5 bets. */
function sampleRun(overrides: Partial<CertifiedRun> = {}): CertifiedRun {
  const wins = 100_000n;
  const features = 20_000n;
  const baseSquares = 81n * MILLION * MILLION * wins;
  const bonusSquares = 250_000n * MILLION * features;
  return {
    capabilities: {
      engineId: 'sample',
      buildId: '1.0.0',
      stateEncoding: 'none',
      actions: [],
      modes: [],
      lines: undefined,
      maxHorizon: 2,
      preferredBatch: 1,
    },
    engineSha256: 'ab'.repeat(32),
    mode: {
      name: 'base',
      priceMillionths: MILLION,
      rtpMillionths: 910_000n,
      maxWinMillionths: 9n * MILLION,
    },
    seed: '07'.repeat(32),
    tally: {
      rounds: MILLION,
      hits: wins + features,
      bonuses: features,
      bonusSteps: features,
      basePayout: 9n * MILLION * wins,
      bonusPayout: 500_000n * features,
      maxWin: 9n * MILLION,
      baseSquares,
      bonusSquares,
      roundSquares: baseSquares + bonusSquares,
      histogram: [
        { fromMillionths: 0n, rounds: 880_000n },
        { fromMillionths: 1n, rounds: features },
        { fromMillionths: 5n * MILLION, rounds: wins },
        { fromMillionths: 10n * MILLION, rounds: 0n },
      ],
    },
    convergence: [
      { rounds: 500_000, rtp: 0.9 },
      { rounds: 1_000_000, rtp: 0.91 },
    ],
    reels: [],
    exact: { rtp: 0.91, baseRtp: 0.9, featureRtp: 0.01, hitFrequency: 0.12, featureFrequency: 0.02 },
    ...overrides,
  };
}

/** The same run with a hundredth of the rounds. */
function short(tally: CertifiedRun['tally']): CertifiedRun['tally'] {
  const { maxWin, histogram, ...sums } = tally;
  const hundredths = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / 100n]));
  return {
    ...(hundredths as typeof sums),
    maxWin,
    histogram: histogram.map(({ fromMillionths, rounds }) => ({ fromMillionths, rounds: rounds / 100n })),
  };
}

const failures = (overrides: Partial<CertifiedRun>) =>
  certificationReport(sampleRun(overrides))
    .checks.filter(({ passed }) => !passed)
    .map(({ check }) => check);

describe('A certification report', () => {
  it('A report has the figures of the run', () => {
    const { measured, odds, declared, passed } = certificationReport(sampleRun());
    expect(measured).toMatchObject({
      rtp: 0.91,
      base_rtp: 0.9,
      feature_rtp: 0.01,
      hit_frequency: 0.12,
      feature_frequency: 0.02,
      feature_steps: 1,
      max_win: 9,
    });
    // Each is the mean of the squares, less the square of the mean.
    expect(measured.standard_deviation).toBeCloseTo(Math.sqrt(8.1 + 0.005 - 0.91 ** 2), 3);
    expect(measured.volatility_index / measured.standard_deviation).toBeCloseTo(1.645, 3);
    expect(measured.interval_99.to - measured.interval_99.from).toBeCloseTo(2 * 2.576 * 0.002697, 4);
    expect(odds).toEqual([
      { at_least_bets: 5, rounds: '100000', one_in: 10 },
      { at_least_bets: 10, rounds: '0', one_in: null },
    ]);
    expect([declared.rtp, passed]).toEqual([0.91, true]);
  });

  it('A report measures in prices of the round where a mode costs more than the base bet', () => {
    const mode = { ...sampleRun().mode, priceMillionths: 50n * MILLION };
    const { measured } = certificationReport(sampleRun({ mode }));
    expect(measured).toMatchObject({ rtp: 0.0182, max_win: 0.18 });
  });

  it.each([
    [
      'declared return lies in the 99 % interval',
      { mode: { ...sampleRun().mode, rtpMillionths: 999_999n }, exact: undefined },
    ],
    ['no win above the declared maximum', { mode: { ...sampleRun().mode, maxWinMillionths: 8_999_999n } }],
    [
      'the run is long enough: the return is known to 2.5 points',
      { tally: short(sampleRun().tally), exact: undefined },
    ],
    [
      "the engine's counters agree with each other",
      { tally: { ...sampleRun().tally, hits: 119_000n }, exact: undefined },
    ],
    [
      'exact hit frequency lies in the 99 % interval',
      { exact: { rtp: 0.91, baseRtp: 0.9, featureRtp: 0.01, hitFrequency: 0.2, featureFrequency: 0.02 } },
    ],
    [
      'exact feature frequency lies in the 99 % interval',
      { exact: { rtp: 0.91, baseRtp: 0.9, featureRtp: 0.01, hitFrequency: 0.12, featureFrequency: 0.03 } },
    ],
    [
      'declared return is the exact one',
      { exact: { rtp: 0.9101, baseRtp: 0.9, featureRtp: 0.01, hitFrequency: 0.12, featureFrequency: 0.02 } },
    ],
    [
      'reel 1 shows its symbols as often as its strip has them',
      {
        reels: [
          { reel: 'reel 1', observations: 100, statistic: 50, degreesOfFreedom: 9, pValue: 1e-7 },
          { reel: 'reel 2', observations: 100, statistic: 9, degreesOfFreedom: 9, pValue: 0.4 },
        ],
      },
    ],
  ] satisfies [string, Partial<CertifiedRun>][])(
    'A report fails where this does not hold: %s',
    (check, overrides) => {
      expect(failures(overrides)).toEqual([check]);
    },
  );

  it('A report fails where paid actions return too little, although the feature makes up for it', () => {
    const exact = { rtp: 0.91, baseRtp: 0.92, featureRtp: -0.01, hitFrequency: 0.12, featureFrequency: 0.02 };
    expect(failures({ exact })).toEqual([
      'exact return of paid actions lies in the 99 % interval',
      'exact return of the feature lies in the 99 % interval',
    ]);
  });

  it('A report fails where a feature that the rules never allow came in one round of a million', () => {
    const exact = { rtp: 0.91, baseRtp: 0.9, featureRtp: 0.01, hitFrequency: 0.12, featureFrequency: 0 };
    expect(failures({ exact, tally: { ...sampleRun().tally, bonuses: 1n } })).toEqual([
      'exact feature frequency lies in the 99 % interval',
    ]);
  });

  it('A report is the same JSON for the same run', () => {
    const text = () => JSON.stringify(certificationReport(sampleRun()));
    expect(text()).toBe(text());
  });
});

describe('The page of a report', () => {
  const report = certificationReport(sampleRun());

  it('The page shows verdict, figures and charts, and needs nothing from elsewhere', () => {
    const page = reportPage(report);
    expect(page).toContain('Every check passed.');
    expect(page).toContain('91.0000 %');
    expect(page.match(/<svg /g)).toHaveLength(2);
    // The name of a namespace looks like an address, but nothing is fetched from there.
    const withoutNamespaces = page.replaceAll(/ xmlns(:xlink)?="[^"]*"/g, '');
    expect(withoutNamespaces).not.toMatch(/<script|<link|src=|https?:|NaN|undefined|Infinity/);
  });

  it('The page gives the largest win in base bets, and how rare such wins are, whatever a round costs', () => {
    const mode = { ...sampleRun().mode, priceMillionths: 2n * MILLION };
    const page = reportPage(certificationReport(sampleRun({ mode })));
    expect(page).toContain('9.00 base bets');
    expect(page).toContain('4.50 prices of the round');
    expect(page).toContain('5 or more: one round in 10');
  });

  it('The page gives odds no more exactly than the number of rounds allows', () => {
    const odds = [
      { at_least_bets: 1, rounds: '20399949', one_in: 4.901973039246323 },
      { at_least_bets: 500, rounds: '6', one_in: 16_666_666.666666668 },
    ];
    const page = reportPage({ ...report, odds });
    expect(page).toContain('one in 4.902<');
    expect(page).toContain('one in 17,000,000<');
  });

  it('The charts have titles, and axes that begin at 0 and have round figures', () => {
    const convergence = [250_000, 500_000, 750_000].map((rounds) => ({ rounds, rtp: 0.9123 }));
    const page = reportPage({ ...report, convergence });
    expect(page).toContain('>rounds played<');
    expect(page).toContain('>rounds, logarithmic<');
    expect(page).toContain('>base bets won, at least<');
    const labels = [...page.matchAll(/<text [^>]*>([^<]*)</g)].map(([, label]) => label);
    const rounds = labels.indexOf('0');
    expect(labels.slice(rounds, rounds + 4)).toEqual(['0', '200 k', '400 k', '600 k']);
    const percents = labels
      .filter((label) => label?.endsWith(' %'))
      .map((label) => Number.parseFloat(label ?? ''));
    expect(percents.length).toBeGreaterThan(2);
    for (const percent of percents) expect((percent * 10) % 1).toBeCloseTo(0, 6);
    expect(page.match(/<th /g)?.length).toBeGreaterThanOrEqual(9);
  });

  it('The bars of the chart have their counts above them, and one round has a bar, too', () => {
    const histogram = [1, 2_385, 71_959_459].map((rounds) => ({ from_bets: 1, rounds: String(rounds) }));
    const page = reportPage({ ...report, histogram });
    for (const count of ['1', '2.38 k', '72 M']) expect(page).toContain(`>${count}</text>`);
    const heights = [...page.matchAll(/fill="var\(--ink\)"[^>]*>/g)];
    expect(heights).toHaveLength(3);
    expect(page).not.toMatch(/l0 0l[^"]*Z"[^>]*fill="var\(--ink\)"/);
  });

  it('The page says plainly what failed', () => {
    const failed = { ...report, passed: false, checks: [{ check: 'one', passed: false, detail: 'off' }] };
    expect(reportPage(failed)).toMatch(/Not every check passed.*FAILED/s);
  });

  it('The page shows names as text, whatever they contain', () => {
    const engine = { ...report.engine, id: '<img src=x onerror=alert(1)>' };
    expect(reportPage({ ...report, engine })).not.toContain('<img');
  });

  it('The page is drawn also for a run in which nothing was won', () => {
    const tally = {
      ...sampleRun().tally,
      basePayout: 0n,
      bonusPayout: 0n,
      baseSquares: 0n,
      bonusSquares: 0n,
      roundSquares: 0n,
      hits: 0n,
      bonuses: 0n,
      maxWin: 0n,
    };
    const page = reportPage(
      certificationReport(sampleRun({ tally, convergence: [{ rounds: 1_000_000, rtp: 0 }] })),
    );
    expect(page).not.toMatch(/NaN|Infinity/);
  });
});
