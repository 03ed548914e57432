/**
 * Runs a command's work: an error is one line for the user; DEBUG=1 shows where it came from.
 * @param failureCode the exit code where the work fails
 */
export async function runCommand(work: () => Promise<void>, failureCode = 1): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(
      process.env['DEBUG'] ? error : `Error: ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exitCode = failureCode;
  }
}
