import type { z } from 'zod';

/** Name and input of a job: importable without the work, so that whoever asks for it needs not know who does it. */
export interface JobSpec<Input extends JobInput = JobInput> {
  /** `module.verb-noun` */
  readonly name: string;
  readonly input: z.ZodType<Input>;
  /** After how many attempts a failure is final; the work itself counts them and keeps them where users see them. */
  readonly attempts: number;
}

/** Every job belongs to a tenant. */
export interface JobInput {
  readonly tenantId: string;
}

export interface Job {
  readonly name: string;
  /** Must be safe to repeat from its start: a worker may die at any point. */
  run(input: unknown): Promise<void>;
}

/** Ties the work to its specification: the input is checked again when the job runs. */
export const job = <Input extends JobInput>(spec: JobSpec<Input>, work: (input: Input) => Promise<void>): Job => ({
  name: spec.name,
  run: async input => {
    await work(spec.input.parse(input));
  },
});
