import { readDemo } from './demo/demo-file';
import { say } from './say';
import { signIn } from './sign-in';

/** Prints an access token of the running demo; nothing else, so that a shell can take it. @throws StartupError */
export async function token(slug: string, role: string): Promise<void> {
  say(await signIn(await readDemo(), slug, role));
}
