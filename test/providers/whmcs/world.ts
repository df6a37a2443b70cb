import { whmcs } from '../../../src/providers/whmcs/billing-system';
import type { WhmcsSandbox } from '../../sandbox/whmcs/server';
import type { Business, SandboxBilling, SandboxInvoice } from '../../sandbox/world/world';

export const IDENTIFIER = 'kT5qWn8RbX2vHc7L';
export const SECRET = 'Zp4mGd9sVy6JfR3e';

/** A business with three clients and no invoices, unless told otherwise. */
export function aBusiness({
  slug = 'larchmont',
  code = 'EUR',
  ...billing
}: Partial<SandboxBilling> & { slug?: string; code?: string } = {}): Business {
  return {
    slug,
    name: 'Larchmont Hosting',
    country: 'NL',
    currency: code,
    institutionId: 'LARCHBANK_LRCHNL2A',
    accounts: [],
    truth: [],
    whmcs: {
      identifier: IDENTIFIER,
      secret: SECRET,
      gateway: 'banktransfer',
      currency: { id: '1', code, prefix: '', suffix: ` ${code}` },
      clients: [
        { id: '31', firstname: 'Ottilie', lastname: 'Vance', companyname: 'Vance &amp; Brandt', email: 'ottilie@vance.example' },
        { id: '32', firstname: 'Ruben', lastname: 'D&#039;Arcy', companyname: '', email: '' },
      ],
      invoices: [],
      ...billing,
    },
  };
}

export const anInvoice = (difference: Partial<SandboxInvoice> = {}): SandboxInvoice => ({
  id: '801',
  invoicenum: 'LH-2026-801',
  userid: '31',
  date: '2026-03-02',
  duedate: '2026-03-16',
  total: '118.45',
  status: 'Unpaid',
  items: [{ description: 'Managed hosting, March', amount: difference.total ?? '118.45' }],
  ...difference,
});

/** Unpaid invoices with the ids from `first` on. */
export const invoicesFrom = (first: number, count: number): SandboxInvoice[] =>
  Array.from({ length: count }, (_, index) => anInvoice({ id: String(first + index), invoicenum: '' }));

interface Difference {
  readonly slug?: string;
  readonly identifier?: string;
  readonly secret?: string;
  readonly gateway?: string;
  readonly timeoutMs?: number;
}

/** The client under test, against the sandbox's first business unless told otherwise. */
export const clientOf = (sandbox: WhmcsSandbox, { slug = 'larchmont', ...difference }: Difference = {}) =>
  whmcs({ url: sandbox.url(slug), identifier: IDENTIFIER, secret: SECRET, gateway: 'banktransfer', ...difference });
