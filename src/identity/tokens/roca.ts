/** The primes modulo which the powers of 65537 are few: they tell the weak moduli from others. */
const MARKERS: readonly bigint[] = [11n, 13n, 17n, 19n, 37n, 53n, 61n, 71n, 73n, 79n, 97n, 103n, 107n, 109n, 127n, 151n, 157n];

/**
 * Whether an RSA modulus bears the fingerprint of CVE-2017-15361: its primes are powers of 65537 modulo a product of small primes, so
 * the modulus is one modulo each of them (Nemec et al., "The Return of Coppersmith's Attack", 2017, section 2.2). One sound modulus in
 * some hundred million bears it by chance; the answer is to make another.
 */
export const isRocaModulus = (modulus: bigint): boolean => MARKERS.every(prime => isPowerOf65537(modulus % prime, prime));

function isPowerOf65537(residue: bigint, prime: bigint): boolean {
  let power = 1n;
  do {
    if (power === residue) return true;
    power = (power * 65_537n) % prime;
  } while (power !== 1n);
  return false;
}
