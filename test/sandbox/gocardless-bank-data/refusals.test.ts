import { ACCOUNT, BANK, SECRET_ID, SECRET_KEY, startSandbox } from '../../providers/gocardless-bank-data/world';
import type { GoCardlessSandbox } from './server';

describe('the sandbox of GoCardless Bank Account Data', () => {
  let sandbox: GoCardlessSandbox;
  let authorization: string;

  beforeAll(async () => {
    sandbox = await startSandbox();
    const body = JSON.stringify({ secret_id: SECRET_ID, secret_key: SECRET_KEY });
    const response = await fetch(`${sandbox.url}/token/new/`, { method: 'POST', body });
    authorization = `Bearer ${((await response.json()) as { access: string }).access}`;
  });
  afterAll(() => sandbox.close());

  it.each<[string, string, unknown, number, object]>([
    ['POST', '/token/new/', { secret_id: SECRET_ID, secret_key: 'no' }, 401, { summary: 'Authentication failed', status_code: 401 }],
    ['POST', '/token/refresh/', { refresh: 'no' }, 401, { summary: 'Invalid token', detail: 'Token is invalid or expired' }],
    ['GET', '/institutions/?country=gbr', undefined, 400, { summary: 'Invalid country choice.', detail: 'GBR is not a valid choice.' }],
    ['GET', '/institutions/NOBANK/', undefined, 404, { summary: 'Not found.', detail: 'Not found.', status_code: 404 }],
    ['GET', '/institutions', undefined, 404, { status_code: 404 }],
    ['POST', '/agreements/enduser/', {}, 400, { institution_id: ['This field is required.'], status_code: 400 }],
    ['POST', '/agreements/enduser/', { institution_id: 'X' }, 400, { institution_id: { summary: 'Unknown Institution ID X' } }],
    [
      'POST',
      '/agreements/enduser/',
      { institution_id: BANK, max_historical_days: 91 },
      400,
      { max_historical_days: [{ detail: `max_historical_days must be > 0 and <= ${BANK} transaction_total_days (90)` }] },
    ],
    [
      'POST',
      '/agreements/enduser/',
      { institution_id: BANK, access_valid_for_days: 181 },
      400,
      { access_valid_for_days: [{ detail: 'access_valid_for_days must be > 0 and <= 180' }] },
    ],
    [
      'POST',
      '/agreements/enduser/',
      { institution_id: BANK, access_scope: ['payments'] },
      400,
      { access_scope: { summary: "Unknown value 'payments' in access_scope" } },
    ],
    ['POST', '/agreements/enduser/', { institution_id: BANK, days: 1 }, 400, { summary: 'Unknown fields' }],
    ['POST', '/requisitions/', {}, 400, { redirect: ['This field is required.'], institution_id: ['This field is required.'] }],
    ['POST', '/requisitions/', { institution_id: BANK, redirect: 'ftp://x' }, 400, { redirect: { summary: 'Invalid redirect URI' } }],
    [
      'POST',
      '/requisitions/',
      { institution_id: BANK, redirect: 'https://x.example', agreement: '0b9d8c1e-1111-4222-8333-944455556666' },
      404,
      { agreement: { summary: 'ID 0b9d8c1e-1111-4222-8333-944455556666 not found' }, status_code: 404 },
    ],
    ['GET', '/requisitions/12/', undefined, 400, { summary: 'Invalid ID', detail: '12 is not a valid UUID.' }],
    ['DELETE', `/requisitions/${ACCOUNT}/`, undefined, 404, { summary: 'Not found.' }],
    ['GET', `/accounts/${ACCOUNT}/balances/`, undefined, 404, { summary: `Account ID ${ACCOUNT} not found` }],
    ['POST', '/requisitions/', [1], 400, { summary: 'Unknown fields' }],
    ['POST', '/requisitions/', 'text', 400, { summary: 'JSON parse error' }],
  ])('refuses %s %s of %j with %i [BNK-006]', async (method, path, body, status, expected) => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(sandbox.url + path, { method, headers: { authorization }, ...init });

    expect({ status: response.status, body: await response.json() }).toMatchObject({ status, body: expected });
  });
});
