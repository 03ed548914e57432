/** The counted cost of one round. */
export interface SpinCost {
  readonly kind: 'spin' | 'bonus';
  readonly won: boolean;
  readonly dynamoCalls: number;
  readonly reads: number;
  readonly writes: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly walletCalls: number;
  readonly itemBytes: number;
  /** Of requests and replies, headers apart. */
  readonly bytes: number;
}

const counted = [
  'dynamoCalls',
  'reads',
  'writes',
  'readUnits',
  'writeUnits',
  'walletCalls',
  'itemBytes',
  'bytes',
] as const;
type Counted = (typeof counted)[number];
type Group = { readonly rounds: number } & Readonly<
  Record<Counted, { readonly mean: number; readonly max: number }>
>;

export interface Report {
  readonly groups: Readonly<Record<string, Group>>;
  readonly spinBundleGzippedBytes: number;
}

export function summarise(costs: readonly SpinCost[], spinBundleGzippedBytes: number): Report {
  const groups = Map.groupBy(costs, ({ kind, won }) => `${won ? 'winning' : 'losing'} ${kind}`);
  const sorted = [...groups].sort(([left], [right]) => left.localeCompare(right));
  return {
    groups: Object.fromEntries(sorted.map(([name, members]) => [name, summary(members)])),
    spinBundleGzippedBytes,
  };
}

function summary(members: readonly SpinCost[]): Group {
  const figures = counted.map((name) => {
    const values = members.map((cost) => cost[name]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [name, { mean: Math.round(mean * 100) / 100, max: Math.max(...values) }];
  });
  return { rounds: members.length, ...Object.fromEntries(figures) } as Group;
}

/** The most that any round of a group may cost. */
const limits: Readonly<Record<string, Partial<Record<Counted, number>>>> = {
  'losing spin': { dynamoCalls: 4, reads: 2, writes: 2, writeUnits: 2, walletCalls: 1 },
  'winning spin': { dynamoCalls: 5, reads: 2, writes: 3, writeUnits: 3, walletCalls: 2 },
  'losing bonus': { dynamoCalls: 3, reads: 2, writes: 1, writeUnits: 1, walletCalls: 1 },
  'winning bonus': { dynamoCalls: 4, reads: 2, writes: 2, writeUnits: 2, walletCalls: 2 },
};
const MAX_SPIN_BUNDLE_BYTES = 150 * 1024;

/** @returns what is over budget, a line each; also a group that was never played, for then nothing was shown */
export function budget({ groups, spinBundleGzippedBytes }: Report): string[] {
  const lines = Object.entries(limits).flatMap(([name, most]) => {
    const group = groups[name];
    if (!group) return [`no ${name} was played`];
    return Object.entries(most).flatMap(([figure, limit]) => {
      const { max } = group[figure as Counted];
      return max > limit ? [`a ${name} took ${max} ${figure}, at most ${limit} are allowed`] : [];
    });
  });
  if (spinBundleGzippedBytes > MAX_SPIN_BUNDLE_BYTES) {
    lines.push(
      `the spin's bundle has ${spinBundleGzippedBytes} bytes gzipped, at most ${MAX_SPIN_BUNDLE_BYTES} are allowed`,
    );
  }
  return lines;
}
