/** Fewer different characters than this are a pattern, whatever their order. */
const MIN_DIFFERENT = 5;

const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'yxcvbnm', 'azertyuiop', 'qsdfghjklm', '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p']; // prettier-ignore
const SEQUENCES = ROWS.flatMap(row => [row, Array.from(row).reverse().join('')]);

/** Whether a password consists of few characters, of a part that repeats, or mostly of runs along the alphabet, digits or keyboard rows. */
export function isTrivial(password: string): boolean {
  const plain = password.toLowerCase().replaceAll(/\s/g, '');
  return new Set(plain).size < MIN_DIFFERENT || repeats(plain) || runsThrough(plain);
}

/** `passpasspass` and `passpasspas`: everything comes again after at most half of it. */
function repeats(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period += 1) {
    if (text.slice(period) === text.slice(0, text.length - period)) return true;
  }
  return false;
}

const MIN_RUN = 4;

/** Whether runs of four and more make up all but a few characters: too few to be a password by themselves. */
function runsThrough(text: string): boolean {
  let outside = 0;
  for (let at = 0; at < text.length;) {
    const run = runAt(text, at);
    if (run < MIN_RUN) outside += 1;
    at += run < MIN_RUN ? 1 : run;
  }
  return outside < MIN_DIFFERENT;
}

function runAt(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && SEQUENCES.some(sequence => sequence.includes(text.slice(start, end + 1)))) end += 1;
  return end - start;
}
