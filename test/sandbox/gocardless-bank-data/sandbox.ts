import { randomUUID } from 'node:crypto';

import type { Clock } from '../../../src/platform/clock';
import type { StateFile } from '../support/state-file';
import type { Business, SandboxAccount } from '../world/world';
import { institutionsOf, type SandboxInstitution } from './institutions';
import { refuseField } from './reply';
import { type Agreement, type ChangedLines, emptyState, type Requisition, type SandboxState } from './state';

export type WireLine = Readonly<Record<string, unknown>>;

export interface WireLines {
  readonly booked: readonly WireLine[];
  readonly pending: readonly WireLine[];
}

/** The world that is served and what has happened to it: the store behind all handlers. */
export class Sandbox {
  readonly institutions: readonly SandboxInstitution[];
  readonly state: SandboxState;
  private readonly accounts: ReadonlyMap<string, SandboxAccount>;

  constructor(
    businesses: readonly Business[],
    private readonly file: StateFile<SandboxState>,
    readonly clock: Clock,
  ) {
    this.institutions = institutionsOf(businesses);
    this.accounts = new Map(businesses.flatMap(({ accounts }) => accounts.map(account => [account.id, account])));
    this.state = file.read(emptyState());
  }

  save(): void {
    this.file.write(this.state);
  }

  now(): string {
    return this.clock.now().toISOString();
  }

  /** Throws the 400 of an institution that does not exist. */
  institution(id: string): SandboxInstitution {
    const institution = this.institutions.find(other => other.id === id);
    if (institution) return institution;
    throw refuseField('institution_id', `Unknown Institution ID ${id}`, 'Get Institution IDs from /institutions/?country={$COUNTRY_CODE}');
  }

  account(id: string): SandboxAccount | undefined {
    return this.accounts.get(id);
  }

  agreement(id: string): Agreement | undefined {
    return this.state.agreements.find(agreement => agreement.id === id);
  }

  requisition(id: string): Requisition | undefined {
    return this.state.requisitions.find(requisition => requisition.id === id);
  }

  newAgreement(institutionId: string, historyDays: number, validDays: number, scopes: string[]): Agreement {
    const agreement: Agreement = {
      id: randomUUID(),
      created: this.now(),
      institution_id: institutionId,
      max_historical_days: historyDays,
      access_valid_for_days: validDays,
      access_scope: scopes,
      accepted: null,
      reconfirmation: false,
    };
    this.state.agreements.push(agreement);
    return agreement;
  }

  /** The user says yes: the agreement counts from now on, and the accounts of the institution are linked. */
  approve(requisition: Requisition): void {
    const agreement = this.agreement(requisition.agreement);
    if (agreement) agreement.accepted = this.now();
    const ids = this.institution(requisition.institution_id).accounts.map(({ id }) => id);
    requisition.status = 'LN';
    requisition.accounts = ids;
    this.state.known = [...new Set([...this.state.known, ...ids])];
    this.save();
  }

  decline(requisition: Requisition): void {
    requisition.status = 'RJ';
    this.save();
  }

  expire(requisitions: readonly Requisition[]): void {
    for (const requisition of requisitions) requisition.status = 'EX';
    this.save();
  }

  lines(accountId: string): WireLines {
    const { booked, pending } = this.changed(accountId).replaced ?? this.knownAccount(accountId);
    return { booked: [...booked, ...this.changed(accountId).added], pending };
  }

  addLines(accountId: string, lines: readonly WireLine[]): void {
    const changed = this.changed(accountId);
    this.state.lines[accountId] = { ...changed, added: [...changed.added, ...lines] };
    this.save();
  }

  setLines(accountId: string, { booked, pending }: WireLines): void {
    this.knownAccount(accountId);
    this.state.lines[accountId] = { replaced: { booked: [...booked], pending: [...pending] }, added: [] };
    this.save();
  }

  private changed(accountId: string): ChangedLines {
    return this.state.lines[this.knownAccount(accountId).id] ?? { added: [] };
  }

  private knownAccount(id: string): SandboxAccount {
    const account = this.accounts.get(id);
    if (!account) throw new RangeError(`The sandbox has no account ${id}`);
    return account;
  }
}
