const REDRAW_MS = 200;
const LOG_MS = 10_000;

export interface ProgressLine {
  show(line: string): void;
  /** Clears the line before something else is printed. */
  clear(): void;
  /** Ends the line. The last text stays. */
  end(): void;
}

/**
 * Shows how far a long command is. In a terminal it is one line that is written over. Elsewhere, such as in a log, a new
 * line comes now and then.
 */
export function progressLine(
  stream: { readonly isTTY: boolean; write(text: string): unknown } = process.stderr,
): ProgressLine {
  const terminal = stream.isTTY;
  const everyMs = terminal ? REDRAW_MS : LOG_MS;
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let withheld: string | undefined;

  function write(line: string): void {
    shownAtMs = performance.now();
    withheld = undefined;
    stream.write(terminal ? `\r${line}\u001B[K` : `${line}\n`);
  }
  return {
    show(line) {
      if (performance.now() - shownAtMs < everyMs) withheld = line;
      else write(line);
    },
    clear() {
      withheld = undefined;
      if (terminal) stream.write('\r\u001B[K');
    },
    end() {
      if (withheld !== undefined) write(withheld);
      if (terminal) stream.write('\n');
    },
  };
}
