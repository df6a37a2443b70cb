/** Deeper than any token of ours or of a partner needs. */
const MAX_DEPTH = 10;

/** A string or a structural character, in text that JSON.parse accepts. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * JSON that can be read in one way only (RFC 8259, sections 4, 8.1 and 8.2; I-JSON, RFC 7493, section 2): UTF-8 without a byte order
 * mark, no member twice in an object, no lone surrogate, no member `__proto__`, at most ten levels deep.
 * @throws SyntaxError for anything else.
 * @requirement SEC-007
 */
export function parseStrictJson(input: Uint8Array | string): unknown {
  const text = typeof input === 'string' ? input : decode(input);
  if (LONE_SURROGATE.test(text)) throw new SyntaxError('A lone surrogate');
  // First: in text that is no JSON, looking for its strings can take time that grows with the square of its length.
  const value: unknown = JSON.parse(text);
  requireOneReading(text);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    // The byte order mark stays in the text, where JSON.parse refuses it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SyntaxError('Not UTF-8');
  }
}

/** The member names of the objects around the place that is looked at; null for an array. */
type Level = Set<string> | null;

/** Looks at depth and names alone, in text that is known to be JSON. */
function requireOneReading(text: string): void {
  const levels: Level[] = [];
  let nameComesNext = false;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token.startsWith('"')) {
      readString(token, nameComesNext ? levels.at(-1) : null);
      nameComesNext = false;
    } else {
      move(levels, token);
      nameComesNext = (token === '{' || token === ',') && levels.at(-1) instanceof Set;
    }
  }
}

function move(levels: Level[], token: string): void {
  if (token === '}' || token === ']') levels.pop();
  if (token === '{' || token === '[') levels.push(token === '{' ? new Set() : null);
  if (levels.length > MAX_DEPTH) throw new SyntaxError('Too deep');
}

function readString(token: string, names: Level | undefined): void {
  const escaped = token.includes('\\');
  // Written with escapes, a name can look like another one.
  const value = escaped ? (JSON.parse(token) as string) : token.slice(1, -1);
  if (escaped && LONE_SURROGATE.test(value)) throw new SyntaxError('A lone surrogate');
  if (!names) return;
  if (value === '__proto__' || names.has(value)) throw new SyntaxError('A member that must not be there, or stands there twice');
  names.add(value);
}
