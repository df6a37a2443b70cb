import { badInput } from '../../platform/errors';

/** A DNS name of at least two labels (RFC 1123, section 2.1), as the URL parser spells it. */
const NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** A domain in the one spelling in which host names are compared. @throws BAD_USER_INPUT for what is no host name. */
export function canonicalDomain(domain: string, field: string): string {
  const host = URL.canParse(`https://${domain}/`) ? new URL(`https://${domain}/`) : undefined;
  if (host?.href === `https://${host?.hostname ?? ''}/` && NAME.test(host.hostname)) return host.hostname;
  throw badInput(field, 'A domain is a host name without protocol, port and path, such as billing.example.com');
}

/** Whether a host is the domain itself or below it. */
export const isWithin = (domain: string, hostname: string): boolean => {
  const host = hostname.replace(/\.$/, '');
  return host === domain || host.endsWith(`.${domain}`);
};
