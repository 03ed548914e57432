/** Milliseconds of one clock that all threads of this process share, and nobody sets. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
