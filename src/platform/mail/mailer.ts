/** A message in plain text to one address. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends mails. What it sends can hold a secret: nothing of it may reach a log, an error or the job queue. */
export interface Mailer {
  /** Whether there is a way out at all; without one what would be mailed is not even made. */
  readonly available: boolean;
  /** @throws ProviderError when the mail was not accepted, with the kind of failure; NOT_CONFIGURED where none can be sent. */
  send(mail: Mail): Promise<void>;
}
