const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '[::1]', 'localhost']);

/**
 * Tells whether a host, as a URL or a command names it, is this machine itself. Nothing that is sent to it crosses a
 * network.
 */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host);
}
