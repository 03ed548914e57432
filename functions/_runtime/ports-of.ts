/** Each maker makes a port of the composition root, and gives the same one for as long as the sandbox lives. */
type Makers = Readonly<Record<string, () => unknown>>;

/**
 * Names the ports of one function by their makers: `portsOf({ clock, ledger })`. A port is made when it is first asked
 * for, so a wrong setting fails the request and not the start. It takes makers and no names of ports. A table of all
 * makers would bring every adapter into every bundle.
 */
export function portsOf<M extends Makers>(
  makers: M,
): () => { readonly [Port in keyof M]: ReturnType<M[Port]> } {
  return () => {
    const made = Object.entries(makers).map(([port, make]) => [port, make()]);
    return Object.fromEntries(made) as { readonly [Port in keyof M]: ReturnType<M[Port]> };
  };
}
