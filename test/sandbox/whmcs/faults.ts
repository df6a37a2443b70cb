import { type Fault, Faults, type Misbehaviour } from '../support/faults';

/** How the WHMCS sandbox misbehaves on calls of one action. */
export type WhmcsFault = (Misbehaviour | CrashAfter | DelayEffect) & {
  /** Its whole name, in any case: `AddInvoicePayment`. */
  readonly action: string;
  /** Only at this business; at all of them where left out. */
  readonly slug?: string;
  /** For how many calls; one where left out. */
  readonly times?: number;
  /** Whether the call is first carried out, so that only the answer is lost. */
  readonly afterwards?: boolean;
};

/** The call is carried out, but the connection is reset before the answer. */
interface CrashAfter {
  readonly kind: 'crash-after';
}

/** The call is carried out, and answered, only after this time, also when the client has gone by then. */
interface DelayEffect {
  readonly kind: 'delay-effect';
  readonly ms: number;
}

export class WhmcsFaults {
  private readonly faults = new Faults();
  private readonly delays = new Faults();

  add(fault: WhmcsFault): void {
    const scope = { path: pathOf(fault), ...(fault.times === undefined ? {} : { times: fault.times }) };
    if (fault.kind === 'delay-effect') this.delays.add({ ...scope, kind: 'slow', ms: fault.ms });
    else if (fault.kind === 'crash-after') this.faults.add({ ...scope, kind: 'reset', afterwards: true });
    else this.faults.add({ ...fault, ...scope });
  }

  take(slug: string, action: string): Fault | undefined {
    return this.faults.take('POST', `${slug}/${action}`);
  }

  /** By how many ms the effect of this call is late. */
  takeDelay(slug: string, action: string): number {
    const fault = this.delays.take('POST', `${slug}/${action}`);
    return fault?.kind === 'slow' ? fault.ms : 0;
  }

  clear(): void {
    this.faults.clear();
    this.delays.clear();
  }
}

const pathOf = ({ slug = '[^/]+', action }: WhmcsFault): RegExp => new RegExp(`^${slug}/${action}$`, 'i');
