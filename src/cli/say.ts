/** What a command prints for people; logs go elsewhere. */
export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}
