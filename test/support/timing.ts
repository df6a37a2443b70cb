/** Answers of two kinds that must take equally long. */
type Answer = () => Promise<unknown>;

const ATTEMPTS = 3;

/**
 * How much longer one takes than the other, as the ratio of their medians, measured in turn. Other work on the machine can bend a
 * measurement, a difference of the product bends all of them: of three, the one closest to 1.
 */
export async function ratioOfTimes(one: Answer, other: Answer, rounds: number): Promise<number> {
  const ratios: number[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) ratios.push(await ratioOnce(one, other, rounds));
  return ratios.sort((a, b) => Math.abs(Math.log(a)) - Math.abs(Math.log(b)))[0] ?? Number.NaN;
}

async function ratioOnce(one: Answer, other: Answer, rounds: number): Promise<number> {
  const [ofOne, ofOther]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    ofOne.push(await took(one));
    ofOther.push(await took(other));
  }
  return median(ofOne) / median(ofOther);
}

async function took(answer: Answer): Promise<number> {
  const began = performance.now();
  await answer();
  return performance.now() - began;
}

const median = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
