import { appendFileSync } from 'node:fs';

/** The local run itself writes here, one line of JSON each. Functions have log files of their own. */
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
