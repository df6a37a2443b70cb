/** Waits for SIGINT or SIGTERM, then stops. A process that does not come to its end is ended by whoever started it. */
export async function untilStopped(stop: () => Promise<void>): Promise<void> {
  await new Promise<unknown>(resolve => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await stop();
}
