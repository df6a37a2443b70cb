import { type Asked, notFound, redirect, type Reply } from './reply';
import type { Sandbox } from './sandbox';
import type { Agreement, Requisition } from './state';

/** The user's side of a consent, at the link of a requisition: `/psd2/start/{requisition}/{institution}`. */
export class ConsentPage {
  constructor(private readonly sandbox: Sandbox) {}

  /** A browser is shown what is asked; any other client is taken for a user who agrees at once. */
  readonly open = ({ ids, headers }: Asked): Reply => {
    const requisition = this.existing(ids);
    if (!isOpen(requisition)) return redirect(backFrom(requisition));
    if (!String(headers['accept']).includes('text/html')) return this.approved(requisition);
    requisition.status = 'GC';
    this.sandbox.save();
    return {
      status: 200,
      html: this.page(requisition),
      headers: { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" },
    };
  };

  /** The page's form. */
  readonly decide = ({ ids, body }: Asked): Reply => {
    const requisition = this.existing(ids);
    if (!isOpen(requisition)) return redirect(backFrom(requisition));
    if (body['decision'] === 'approve') return this.approved(requisition);
    this.sandbox.decline(requisition);
    return redirect(backFrom(requisition));
  };

  private approved(requisition: Requisition): Reply {
    this.sandbox.approve(requisition);
    return redirect(backFrom(requisition));
  }

  private existing([id = '', institutionId]: readonly string[]): Requisition {
    const requisition = this.sandbox.requisition(id);
    if (requisition && requisition.institution_id === institutionId) return requisition;
    throw notFound();
  }

  private page(requisition: Requisition): string {
    const { name, accounts } = this.sandbox.institution(requisition.institution_id);
    const agreement = this.sandbox.agreement(requisition.agreement);
    const list = accounts.map(account => `<li>${escaped(account.name)} <span>${escaped(account.iban)}</span></li>`).join('');
    return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}</title><style>${STYLE}</style>
<main><p class="bank">${escaped(name)} <span>sandbox</span></p>
<h1>Share your account data?</h1>
<p><b>${escaped(new URL(requisition.redirect).host)}</b> asks for read access to these accounts:</p><ul>${list}</ul>
${agreement ? terms(agreement) : ''}
<form method="post"><button name="decision" value="approve">Approve</button><button name="decision" value="decline" class="no">Decline</button></form>
<p class="small">No payment can be made with this access, and you can end it at any time.</p></main></html>`;
  }
}

const isOpen = ({ status }: Requisition): boolean => status === 'CR' || status === 'GC';

function backFrom({ redirect: target, reference, status }: Requisition): string {
  const url = new URL(target);
  url.searchParams.set('ref', reference);
  if (status === 'LN') return url.href;
  url.searchParams.set('error', status === 'EX' ? 'ConsentLinkReused' : 'UserCancelledSession');
  url.searchParams.set('details', status === 'EX' ? 'The consent has expired.' : 'User cancelled the session.');
  return url.href;
}

const terms = ({ access_scope, max_historical_days, access_valid_for_days }: Agreement): string =>
  `<p>It will see ${escaped(access_scope.join(', '))} of the last ${max_historical_days} days, for ${access_valid_for_days} days from now.</p>`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);

const STYLE = `body{margin:0;background:#f3f5f8;color:#1b2430;font:16px/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:8vh auto;padding:2rem;background:#fff;border-radius:12px;box-shadow:0 1px 12px #0002}
h1{font-size:1.4rem}.bank{font-weight:600}span,.small{color:#66707c;font-weight:400;font-size:.85rem}ul{padding-left:1.2rem}
form{display:flex;gap:1rem;margin-top:1.5rem}button{flex:1;padding:.8rem;border:1px solid #14532d;border-radius:8px;background:#166534;color:#fff;font:inherit;cursor:pointer}
button.no{background:#fff;border-color:#b6bec8;color:#1b2430}`;
