/** Runs a command's work: an error is one line for the user and exit code 1; DEBUG=1 shows where it came from. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(
      process.env['DEBUG'] ? error : `Error: ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exitCode = 1;
  }
}
