import { formatMoney } from '../../platform/money';
import type { Candidate } from './candidates';
import { ALIKE } from './payer-index';
import type { Strength } from './reference-reading';
import type { Evidence, OpenInvoice, Payment } from './types';

/** What a signal says, before it is known how much of the confidence that is worth. */
export interface Finding extends Omit<Evidence, 'contribution'> {
  /** In basis points: of the doubt that it removes or, if negative, of the confidence that it takes. */
  readonly share: number;
}

const REFERENCE: Readonly<Record<Strength, number>> = { WHOLE: 9400, LONG: 8800, LABELLED: 7500, WEAK: 1500 };
const SAME_PAYER = 7000;
const OTHER_PAYER = -300;
const UNIQUE_AMOUNT = 3500;
const RARE_AMOUNT = 2500;
const COMMON_AMOUNT = 1500;
const PART_OF_BALANCE = 500;
const MORE_THAN_BALANCE = -300;
const USUAL_DATE = 500;
const PAID_BEFORE_ISSUE = -300;

/** Up to so many invoices of one balance are "few". */
const FEW = 5;
/** Names less alike than this (basis points) are of two parties. */
const UNLIKE = 2000;
/** Payments come so many days after the due date without being unusual, and before the issue for want of time zones. */
const GRACE_DAYS = 14;
const EARLY_DAYS = 3;
const DAY_MS = 86_400_000;

/** What the signals say of the pair; one that says nothing is left out. */
export const findingsOf = (payment: Payment, candidate: Candidate): readonly Finding[] =>
  [
    referenceFinding(candidate),
    payerFinding(payment, candidate),
    amountFinding(payment, candidate),
    dateFinding(payment, candidate.invoice),
  ].filter(finding => finding !== null);

function referenceFinding({ invoice, reading }: Candidate): Finding | null {
  if (!reading) return null;
  const { kind, strength, written, others } = reading;
  const meaning = {
    NUMBER: 'the number of this invoice',
    DIGITS: `the digits of this invoice's number ${invoice.number}`,
    ID: "this invoice's id in the billing system",
    SEQUENCE: `the last digits of this invoice's number ${invoice.number}`,
  }[kind];
  const doubt =
    others > 0 ? `, but ${count(others, 'other open invoice')} may be meant too` : ', but it may stand there for something else';
  return {
    signal: 'REFERENCE',
    share: REFERENCE[strength],
    explanation: `The payer wrote "${written}", ${meaning}${strength === 'WEAK' ? doubt : ''}`,
    data: { written, number: invoice.number, kind, strength, others },
  };
}

/** Squared, as a surname alone is much less than a name. */
function payerFinding({ payerName }: Payment, { invoice, payerLikeness }: Candidate): Finding | null {
  if (payerName === null || payerLikeness === null || (payerLikeness < ALIKE && payerLikeness >= UNLIKE)) return null;
  const customer = [invoice.customer.name, invoice.customer.companyName ?? ''].filter(name => name !== '').join(', ');
  const alike = payerLikeness >= ALIKE;
  const relation = payerLikeness === 10_000 ? 'has the name of' : alike ? 'has a name like' : 'has another name than';
  return {
    signal: 'PAYER',
    share: alike ? Math.trunc((SAME_PAYER * payerLikeness ** 2) / 10_000 ** 2) : OTHER_PAYER,
    explanation: `The payer "${payerName}" ${relation} the customer (${customer})`,
    data: { payer: payerName, customer, likeness: payerLikeness },
  };
}

function amountFinding({ amount }: Payment, { invoice: { balance }, equalBalances }: Candidate): Finding {
  const paid = formatMoney(amount);
  const owed = formatMoney(balance);
  const data = { paid, owed, equalBalances };
  if (amount.amountMinor < balance.amountMinor) {
    return { signal: 'AMOUNT', share: PART_OF_BALANCE, explanation: `${paid} would pay a part of the balance of ${owed}`, data };
  }
  if (amount.amountMinor > balance.amountMinor) {
    return { signal: 'AMOUNT', share: MORE_THAN_BALANCE, explanation: `${paid} is more than the balance of ${owed}`, data };
  }
  const others = equalBalances - 1;
  const rarity =
    others === 0 ? 'no other open invoice has it' : `${count(others, 'other open invoice')} ${others === 1 ? 'has' : 'have'} it too`;
  const share = others === 0 ? UNIQUE_AMOUNT : equalBalances <= FEW ? RARE_AMOUNT : COMMON_AMOUNT;
  return { signal: 'AMOUNT', share, explanation: `${paid} is the balance of this invoice; ${rarity}`, data };
}

function dateFinding({ bookedOn }: Payment, { issuedOn, dueOn }: OpenInvoice): Finding | null {
  const days = daysBetween(issuedOn, bookedOn);
  const data = { daysAfterIssue: days };
  if (days < -EARLY_DAYS) {
    const explanation = `The payment came ${-days} days before the invoice was issued`;
    return { signal: 'DATE', share: PAID_BEFORE_ISSUE, explanation, data };
  }
  const usual = Math.max(0, daysBetween(issuedOn, dueOn ?? issuedOn)) + GRACE_DAYS;
  if (!(days >= 0 && days <= usual)) return null;
  return { signal: 'DATE', share: USUAL_DATE, explanation: `The payment came ${count(days, 'day')} after the invoice was issued`, data };
}

const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
