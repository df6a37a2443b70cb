import { lookup as resolve } from 'node:dns';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

import { parseStrictJson } from '../tokens/strict-json';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 64 * 1024;

export interface PublicJsonOptions {
  /** In development and tests partners live on this machine, without TLS. */
  readonly loopbackAllowed: boolean;
}

/**
 * Whether a partner's URL may be asked at all: https, no credentials, no fragment, no address that is not public.
 * @requirement SEC-022
 */
export function isFetchable({ protocol, hostname, username, password, hash }: URL, { loopbackAllowed }: PublicJsonOptions): boolean {
  if (username !== '' || password !== '' || hash !== '') return false;
  if (loopbackAllowed && (protocol === 'http:' || protocol === 'https:') && LOOPBACK_NAMES.has(hostname)) return true;
  const literal = hostname.replace(/^\[|\]$/g, '');
  return protocol === 'https:' && (isIP(literal) === 0 || isPublicAddress(literal));
}

/**
 * Fetches JSON from a URL that a stranger gave us. Every address that its name stands for must be public, and the one that was looked at
 * is the one that is called, so that no answer of the DNS leads into our network; no redirect is followed; 5 seconds, 64 KB.
 * @throws Error when there is no such answer.
 * @requirement SEC-022
 */
export async function fetchPublicJson(url: URL, options: PublicJsonOptions): Promise<unknown> {
  if (!isFetchable(url, options)) throw new Error('The URL may not be fetched');
  const loopback = options.loopbackAllowed && LOOPBACK_NAMES.has(url.hostname);
  const response = await request(url, loopback ? undefined : publicLookup);
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`The answer is ${response.statusCode}`);
  }
  return parseStrictJson(await bytesOf(response));
}

/** An address that the whole internet can reach (IANA special-purpose address registries, RFC 6890). */
export const isPublicAddress = (address: string): boolean =>
  isIP(address) === 4
    ? !SPECIAL.check(address, 'ipv4')
    : isIP(address) === 6 && UNICAST.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6');

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const SPECIAL = new BlockList();
for (const range of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Within the IPv6 unicast range: protocol assignments with Teredo, documentation, 6to4.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]) {
  const [network = '', bits] = range.split('/');
  SPECIAL.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4');
}

const UNICAST = new BlockList();
UNICAST.addSubnet('2000::', 3, 'ipv6');

/** All addresses of the name, or an error when one of them is not public. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = error ? [] : addresses;
    if (!first) callback(error ?? new Error('No address'), '', 0);
    else if (!addresses.every(({ address }) => isPublicAddress(address))) callback(new Error('The address is not public'), '', 0);
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

const request = (url: URL, lookup: LookupFunction | undefined): Promise<IncomingMessage> =>
  new Promise((resolved, rejected) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    get(url, { agent: false, signal, headers: { accept: 'application/json' }, ...(lookup && { lookup }) }, resolved).on('error', rejected);
  });

async function bytesOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error('The answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
