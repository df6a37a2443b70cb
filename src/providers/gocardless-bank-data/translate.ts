import { z } from 'zod';

import { isoDate } from '../../platform/clock';
import { PayymoError } from '../../platform/errors';
import { type Money, parseMoney } from '../../platform/money';
import type { BankLine, BankLines, RejectedLine } from '../bank-provider';
import { type AccountTransactions, Line } from './schema';

const REFERENCE = /^(RF\d{2}[A-Z0-9]{1,21}|(SI|HR)\d{2}[\d-]{1,22}|[+*]{0,3}\d[\d/]{2,33}[+*]{0,3})$/i;

/** Reads each line for itself: one that nobody understands is rejected and leaves the others alone. */
export function translateLines({ booked, pending }: AccountTransactions): BankLines {
  const rejected: RejectedLine[] = [];
  const understood = (raw: unknown): BankLine[] => {
    const line = translateLine(raw);
    if (!('reason' in line)) return [line];
    rejected.push(line);
    return [];
  };
  return { booked: booked.flatMap(understood), pending: (pending ?? []).flatMap(understood), rejected };
}

/** One line in the provider's format, `TransactionSchema` of its OpenAPI document 2.0 (v2). */
export function translateLine(raw: unknown): BankLine | RejectedLine {
  const { data: line, error } = Line.safeParse(raw);
  if (!line) return { reason: `The line has no readable amount: ${z.prettifyError(error)}`, raw };
  const bookedOn = dayOf(line.bookingDate) ?? dayOf(line.bookingDateTime) ?? valueDayOf(line);
  if (bookedOn === null) return { reason: 'The line has no date', raw };
  try {
    return understoodLine(line, parseMoney(line.transactionAmount.amount, line.transactionAmount.currency), bookedOn);
  } catch (refusal) {
    if (refusal instanceof PayymoError) return { reason: refusal.message, raw };
    throw refusal;
  }
}

/** Text with its runs of white space and control characters (PostgreSQL stores no NUL) made one space; null where nothing is left. */
export function textOf(value: string | null | undefined): string | null {
  const text = (value ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return text === '' ? null : text;
}

/** The calendar day as the bank wrote it: a time or an offset behind it never moves it to another day. */
export function dayOf(value: string | null | undefined): string | null {
  const [day] = /^(?:19[7-9]|20\d)\d-\d\d-\d\d(?=$|[T ])/.exec(value?.trim() ?? '') ?? [];
  return day !== undefined && isCalendarDay(day) ? day : null;
}

/** An IBAN without spaces; null for what has no IBAN's shape, such as a masked one. */
export function ibanOf(value: string | null | undefined): string | null {
  const compact = (value ?? '').replace(/\s/g, '').toUpperCase();
  return /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact) ? compact : null;
}

const understoodLine = (line: Line, amount: Money, bookedOn: string): BankLine => ({
  providerId: textOf(line.transactionId),
  internalId: textOf(line.internalTransactionId),
  amount,
  bookedOn,
  valueOn: valueDayOf(line),
  ...counterpartyOf(line, amount),
  remittance: remittanceOf(line),
  structuredReference: referenceIn(structuredOf(line)),
  endToEndId: given(line.endToEndId),
  bankTransactionCode: textOf(line.bankTransactionCode) ?? textOf(line.proprietaryBankTransactionCode),
});

const valueDayOf = ({ valueDate, valueDateTime }: Line): string | null => dayOf(valueDate) ?? dayOf(valueDateTime);

/** The sign alone decides who the other side is: banks also fill our own side in. */
function counterpartyOf(line: Line, { amountMinor }: Money): Pick<BankLine, 'counterpartyName' | 'counterpartyIban'> {
  const [name, ultimate, account] =
    amountMinor < 0n
      ? [line.creditorName, line.ultimateCreditor, line.creditorAccount]
      : [line.debtorName, line.ultimateDebtor, line.debtorAccount];
  return { counterpartyName: given(name) ?? given(ultimate), counterpartyIban: ibanOf(account?.iban) };
}

/**
 * Some banks send the text whole, some in lines, some both ways with the longer one whole; some have it only in the structured field
 * or in `additionalInformation`.
 */
function remittanceOf(line: Line): string {
  const whole = payersText(line.remittanceInformationUnstructured);
  const lines = payersText(line.remittanceInformationUnstructuredArray?.join(' '));
  const unstructured = (lines ?? '').length > (whole ?? '').length ? lines : whole;
  return unstructured ?? structuredOf(line) ?? given(line.additionalInformation) ?? '';
}

const structuredOf = (line: Line): string | null =>
  given(line.remittanceInformationStructured) ?? given(line.remittanceInformationStructuredArray?.join(' '));

/** ING in Germany puts names of its own fields before the payer's text. */
const payersText = (value: string | null | undefined): string | null =>
  given(value?.replace(/^mandatereference:.*?,creditorid:.*?,remittanceinformation:/s, ''));

/** SEPA's word for an end-to-end id that the payer did not give, which banks also write into other fields. */
function given(value: string | null | undefined): string | null {
  const text = textOf(value);
  return text !== null && /^NOT ?PROVIDED$/i.test(text) ? null : text;
}

/**
 * Banks put free text into the structured field. A reference is an ISO 11649 one (RF18…), a Slovene or Croatian one (SI00 12-3),
 * or digits as in Belgium (+++090/9337/55493+++), Switzerland, Norway, Finland, Sweden and the Netherlands.
 */
const referenceIn = (text: string | null): string | null => (text !== null && REFERENCE.test(text.replace(/\s/g, '')) ? text : null);

function isCalendarDay(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && isoDate(new Date(time)) === day;
}
