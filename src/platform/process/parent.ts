const STOP_WITHIN_MS = 10_000;

/** Tells the process that started us that we serve now. Does nothing when nobody listens. */
export function reportReady(data: Readonly<Record<string, unknown>> = {}): void {
  process.send?.({ ...data, ready: true });
}

/**
 * Ends this process in an orderly way when its parent is gone, also one that was killed and could tell nobody: the IPC
 * channel closes with it. Does nothing in a process that was not started with such a channel.
 */
export function exitWithParent(stop: () => Promise<void>): void {
  if (!process.connected) return;
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
  // A listener alone would keep the process running after its work has ended.
  process.channel?.unref();
}
