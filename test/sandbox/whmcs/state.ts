import { z } from 'zod';

import type { SandboxInvoice } from '../world/world';

const Payment = z.object({
  id: z.string(),
  userid: z.string(),
  currency: z.string(),
  gateway: z.string(),
  /** YYYY-MM-DD HH:mm:ss */
  date: z.string(),
  description: z.string(),
  amountin: z.string(),
  fees: z.string(),
  amountout: z.string(),
  rate: z.string(),
  transid: z.string(),
  invoiceid: z.string(),
  refundid: z.string(),
});

const Status = z.enum(['Unpaid', 'Paid', 'Cancelled', 'Refunded']);

const AddedInvoice: z.ZodType<SandboxInvoice> = z.object({
  id: z.string(),
  invoicenum: z.string(),
  userid: z.string(),
  date: z.string(),
  duedate: z.string(),
  total: z.string(),
  status: Status,
  items: z.array(z.object({ description: z.string(), amount: z.string() })),
});

/** What changed in an installation since its world was made. */
export const InstallationState = z.object({
  payments: z.array(Payment),
  /** By invoice id, where it differs from the world. */
  statuses: z.record(z.string(), z.object({ status: Status, datepaid: z.string() })),
  added: z.array(AddedInvoice),
});

/** By the slug of the business. */
export const SandboxState = z.record(z.string(), InstallationState);

/** A booked payment, with the fields of an entry of GetTransactions. */
export type SandboxPayment = Readonly<z.infer<typeof Payment>>;
export type InstallationState = z.infer<typeof InstallationState>;
