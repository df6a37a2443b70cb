/** A failure that the person at the terminal can mend. The message is one line; the CLI shows it without a stack. */
export class StartupError extends Error {
  override readonly name = 'StartupError';

  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many open files',
  ENOTDIR: 'a part of the path is not a folder',
};

/** The code that the operating system gave to a failed call, such as ENOENT; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/**
 * Turns whatever was thrown while `doing` something ("make .payymo") into one line that says what failed and why.
 * A StartupError passes unchanged: it says more already.
 */
export function asStartupError(error: unknown, doing: string): StartupError {
  if (error instanceof StartupError) return error;
  const reason = REASONS[systemCode(error) ?? ''];
  const detail = String(error).replace(/^Error: /, '');
  return new StartupError(`Cannot ${doing}: ${reason === undefined ? detail : `${reason} (${detail})`}`, { cause: error });
}

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ');
