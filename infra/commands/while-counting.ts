import type { ReconciliationPorts } from '../../shared/reconciliation/reconcile.ts';

const EVERY_MS = 5_000;

/** Runs `work`, and reports every few seconds on standard error how much it has read. */
export async function whileCounting<T>(
  ports: ReconciliationPorts,
  work: (ports: ReconciliationPorts) => Promise<T>,
): Promise<T> {
  const read = { rounds: 0, transactions: 0 };
  const timer = setInterval(
    () => console.error(`… ${read.rounds} rounds and ${read.transactions} transactions read`),
    EVERY_MS,
  );
  try {
    return await work({
      ...ports,
      archive: {
        files: (period) => ports.archive.files(period),
        read: async (file) => {
          const rounds = await ports.archive.read(file);
          read.rounds += rounds.length;
          return rounds;
        },
      },
      books: {
        page: async (...selection) => {
          const page = await ports.books.page(...selection);
          read.transactions += page?.transactions.length ?? 0;
          return page;
        },
      },
    });
  } finally {
    clearInterval(timer);
  }
}
