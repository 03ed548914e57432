import type { RouteModel } from '../model.ts';

export interface RouteMatch {
  readonly route: RouteModel;
  /** Percent-decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Routes as API Gateway does. The most specific path wins, read from the left. A text is more specific than a parameter.
 * The finder returns undefined for no route, and throws URIError for a path that is not percent-encoded well.
 */
export function createRouteFinder(
  routes: readonly RouteModel[],
): (method: string, path: string) => RouteMatch | undefined {
  // A parameter sorts behind every text: its brace comes after all letters.
  const candidates = routes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return (method, path) => {
    const parts = path.split('/').map(decodeURIComponent);
    for (const route of candidates) {
      const pathParameters = route.method === method ? matchPath(route.path, parts) : undefined;
      if (pathParameters !== undefined) return { route, pathParameters };
    }
    return undefined;
  };
}

function matchPath(path: string, parts: readonly string[]): Record<string, string> | undefined {
  const segments = path.split('/');
  if (segments.length !== parts.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? '';
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name === undefined ? part !== segment : part === '') return undefined;
    if (name !== undefined) parameters[name] = part;
  }
  return parameters;
}
