/** A mail as a server took it. */
export interface ReceivedMail {
  /** Envelope: MAIL FROM and every RCPT TO. */
  readonly from: string;
  readonly to: readonly string[];
  /** The message as it came, dots unstuffed. */
  readonly raw: string;
  /** By lower-case name, unfolded, in the order in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly subject: string;
  readonly text: string;
}

/** Reads a message of one text part (RFC 5322, RFC 2045, RFC 2047). */
export function readMessage(from: string, to: readonly string[], raw: string): ReceivedMail {
  const end = raw.indexOf('\r\n\r\n');
  const headers = headersOf(end < 0 ? raw : raw.slice(0, end));
  const body = end < 0 ? '' : raw.slice(end + 4);
  const text = decodeBody(body, headerOf(headers, 'content-transfer-encoding')).replaceAll('\r\n', '\n').trimEnd();
  return { from, to, raw, headers, subject: decodeWords(headerOf(headers, 'subject')), text };
}

const headersOf = (block: string): [string, string][] =>
  block
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);

const headerOf = (headers: readonly (readonly [string, string])[], wanted: string): string =>
  headers.find(([name]) => name === wanted)?.[1] ?? '';

function decodeBody(body: string, encoding: string): string {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(encoding)) return body;
  return bytesOf(body.replaceAll(/=[ \t]*\r\n/g, ''));
}

/** `=C3=A4` to ä. */
const bytesOf = (text: string): string =>
  Buffer.from(
    text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

/** `=?UTF-8?Q?B=C3=A4r?=`; blanks between two encoded words are none of the text. */
const decodeWords = (text: string): string =>
  text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString('utf8') : bytesOf(word.replaceAll('_', ' ')),
    );
