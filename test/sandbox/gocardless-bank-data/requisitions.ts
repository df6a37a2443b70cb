import { randomUUID } from 'node:crypto';

import type { Sandbox } from './sandbox';
import { type Asked, checkFields, created, isUuid, notFound, ok, page, refuseField, type Reply, requireUuid } from './reply';
import type { Agreement, Requisition } from './state';

const FIELDS = ['redirect', 'institution_id', 'agreement', 'reference', 'user_language', 'ssn', 'account_selection', 'redirect_immediate'];

/** Requisitions: the ways on which users give their consent, and then the accounts that they gave it for. */
export class Requisitions {
  constructor(private readonly sandbox: Sandbox) {}

  /** POST /requisitions/ */
  readonly create = ({ body, origin }: Asked): Reply => {
    checkFields(body, FIELDS, ['redirect', 'institution_id']);
    const institution = this.sandbox.institution(String(body['institution_id']));
    const id = randomUUID();
    const requisition: Requisition = {
      id,
      created: this.sandbox.now(),
      redirect: redirectUri(body['redirect']),
      status: 'CR',
      institution_id: institution.id,
      reference: this.unusedReference(body['reference'] ?? id),
      agreement: this.freeAgreement(body['agreement'], institution.id).id,
      accounts: [],
      user_language: textOf(body['user_language'] ?? 'EN'),
    };
    this.sandbox.state.requisitions.push(requisition);
    this.sandbox.save();
    return created(wire(requisition, origin));
  };

  /** GET /requisitions/ */
  readonly list = (asked: Asked): Reply =>
    page(
      this.sandbox.state.requisitions.map(requisition => wire(requisition, asked.origin)),
      asked,
      '/api/v2/requisitions/',
    );

  /** GET /requisitions/{id}/ */
  readonly get = ({ ids, origin }: Asked): Reply => ok(wire(this.existing(ids), origin));

  /** DELETE /requisitions/{id}/ */
  readonly delete = ({ ids }: Asked): Reply => {
    const { id, agreement } = this.existing(ids);
    const { state } = this.sandbox;
    state.requisitions = state.requisitions.filter(requisition => requisition.id !== id);
    state.agreements = state.agreements.filter(other => other.id !== agreement);
    this.sandbox.save();
    return ok({ summary: 'Requisition deleted', detail: `Requisition ${id} deleted with all its End User Agreements` });
  };

  private existing([id = '']: readonly string[]): Requisition {
    requireUuid(id);
    const requisition = this.sandbox.requisition(id);
    if (!requisition) throw notFound();
    return requisition;
  }

  private unusedReference(value: unknown): string {
    const reference = textOf(value);
    if (reference.length > 256) throw refuseField('reference', 'Invalid reference', 'Ensure this field has no more than 256 characters.');
    if (this.sandbox.state.requisitions.some(other => other.reference === reference)) {
      throw refuseField('reference', 'Client reference must be unique', `Client reference: ${reference} already exists`);
    }
    return reference;
  }

  /** The agreement that was named, or a new one with the API's defaults. */
  private freeAgreement(value: unknown, institutionId: string): Agreement {
    if (value === undefined) return this.sandbox.newAgreement(institutionId, 90, 90, ['balances', 'details', 'transactions']);
    const id = textOf(value);
    if (!isUuid(id)) throw refuseField('agreement', 'Invalid EndUserAgreement ID', `${id} is not a valid EndUserAgreement UUID.`);
    const agreement = this.sandbox.agreement(id);
    if (!agreement) throw refuseField('agreement', `ID ${id} not found`, 'Please check whether you specified a valid ID', 404);
    this.checkFree(agreement, institutionId);
    return agreement;
  }

  private checkFree({ id, institution_id }: Agreement, institutionId: string): void {
    if (institution_id !== institutionId) {
      const detail = `Provided Institution ID: '${institutionId}' for requisition does not match EUA institution ID '${institution_id}'.`;
      throw refuseField('agreement', `Incorrect Institution ID ${institutionId}`, detail);
    }
    const other = this.sandbox.state.requisitions.find(requisition => requisition.agreement === id);
    if (!other) return;
    const detail = `The agreement is already associated with requisition ${other.id}.`;
    throw refuseField('agreement', `Agreement ${id} is already associated`, detail);
  }
}

const wire = (requisition: Requisition, origin: string) => ({
  ...requisition,
  link: `${origin}/psd2/start/${requisition.id}/${requisition.institution_id}`,
  ssn: null,
  account_selection: false,
  redirect_immediate: false,
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function redirectUri(value: unknown): string {
  const uri = textOf(value);
  if (uri.length <= 1024 && /^https?:\/\//.test(uri) && URL.canParse(uri)) return uri;
  throw refuseField('redirect', 'Invalid redirect URI', 'Redirect URI must have a valid URI structure');
}
