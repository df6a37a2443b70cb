import { z } from 'zod';

const Wire = z.record(z.string(), z.unknown());

const Agreement = z.object({
  id: z.string(),
  created: z.string(),
  institution_id: z.string(),
  max_historical_days: z.number(),
  access_valid_for_days: z.number(),
  access_scope: z.array(z.string()),
  accepted: z.string().nullable(),
  reconfirmation: z.boolean(),
});
export type Agreement = z.infer<typeof Agreement>;

const Requisition = z.object({
  id: z.string(),
  created: z.string(),
  redirect: z.string(),
  status: z.enum(['CR', 'GC', 'LN', 'RJ', 'EX']),
  institution_id: z.string(),
  agreement: z.string(),
  reference: z.string(),
  accounts: z.array(z.string()),
  user_language: z.string(),
});
export type Requisition = z.infer<typeof Requisition>;

const Lines = z.object({
  /** In place of those that the world has. */
  replaced: z.object({ booked: z.array(Wire), pending: z.array(Wire) }).optional(),
  added: z.array(Wire),
});
export type ChangedLines = z.infer<typeof Lines>;

/** What survives a restart of the sandbox: consents, and what was done to the lines of the world. */
export const SandboxState = z.object({
  agreements: z.array(Agreement),
  requisitions: z.array(Requisition),
  /** Accounts that were ever linked, also by a requisition that is deleted. */
  known: z.array(z.string()),
  lines: z.record(z.string(), Lines),
});
export type SandboxState = z.infer<typeof SandboxState>;

export const emptyState = (): SandboxState => ({ agreements: [], requisitions: [], known: [], lines: {} });
