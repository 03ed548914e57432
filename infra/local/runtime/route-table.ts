import type { RouteModel } from '../model.ts';

export interface RouteMatch {
  readonly route: RouteModel;
  /** Percent-decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Segment {
  readonly kind: 'literal' | 'parameter' | 'greedy';
  readonly text: string;
}

interface Candidate {
  readonly route: RouteModel;
  readonly segments: readonly Segment[];
}

/**
 * API Gateway's routing: the most specific path wins, read from the left (a literal segment before a parameter,
 * a parameter before a greedy one), and among equal paths the method itself before ANY.
 * The finder returns undefined for no route, and throws URIError for a path that is not percent-encoded well.
 */
export function createRouteFinder(
  routes: readonly RouteModel[],
): (method: string, path: string) => RouteMatch | undefined {
  const candidates = routes.map((route) => ({ route, segments: parsePath(route.path) })).sort(bySpecificity);
  return (method, path) => {
    const parts = path.split('/').slice(1).map(decodeURIComponent);
    for (const { route, segments } of candidates) {
      if (route.method !== method && route.method !== 'ANY') continue;
      const pathParameters = matchSegments(segments, parts);
      if (pathParameters !== undefined) return { route, pathParameters };
    }
    return undefined;
  };
}

function parsePath(path: string): Segment[] {
  return path
    .split('/')
    .slice(1)
    .map((text) => {
      const name = /^\{([^}+]+)(\+?)\}$/.exec(text);
      if (name === null) return { kind: 'literal', text };
      return { kind: name[2] === '+' ? 'greedy' : 'parameter', text: name[1] as string };
    });
}

const RANK = { literal: 0, parameter: 1, greedy: 2 } as const;

function bySpecificity(a: Candidate, b: Candidate): number {
  for (let index = 0; index < Math.min(a.segments.length, b.segments.length); index += 1) {
    const difference = RANK[(a.segments[index] as Segment).kind] - RANK[(b.segments[index] as Segment).kind];
    if (difference !== 0) return difference;
  }
  return Number(a.route.method === 'ANY') - Number(b.route.method === 'ANY');
}

function matchSegments(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, { kind, text }] of segments.entries()) {
    const part = parts[index];
    if (kind === 'greedy') {
      const rest = parts.slice(index).join('/');
      return rest === '' ? undefined : { ...parameters, [text]: rest };
    }
    if (part === undefined || (kind === 'literal' ? part !== text : part === '')) return undefined;
    if (kind === 'parameter') parameters[text] = part;
  }
  return segments.length === parts.length ? parameters : undefined;
}
