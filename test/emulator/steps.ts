/** Rejects when this process is asked to end. */
const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // It stays: what was started is being stopped, and asking again must not cut that off.
    process.on(signal, () => reject(new Error(`Stopped by ${signal}`)));
  }
});
interrupted.catch(() => undefined);

/** Tells what is being done and how long it took, and gives up at once when this process is asked to end. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedAtMs = performance.now();
  console.log(`== ${title}`);
  const took = () => `${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`;
  try {
    const result = await Promise.race([work(), interrupted]);
    console.log(`== ${title}: done in ${took()}`);
    return result;
  } catch (error) {
    console.log(`== ${title}: failed after ${took()}`);
    throw error;
  }
}
