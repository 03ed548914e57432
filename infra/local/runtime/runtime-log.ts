import { appendFileSync } from 'node:fs';

/** What the local run itself has to say, one line of JSON each; what functions print has files of its own. */
export interface RuntimeLog {
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
}

export function createRuntimeLog(file: string): RuntimeLog {
  return {
    warn(message, details = {}) {
      const line = { timestamp: new Date().toISOString(), level: 'WARN', message, ...details };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    },
  };
}
