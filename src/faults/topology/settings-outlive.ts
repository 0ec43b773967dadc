import type { Fault } from '../fault.ts';

/** An application that makes its settings for the session and not for the transaction. */
export function settingsOutlive(): Fault {
  return {
    kind: 'settings-outlive',
    name: 'settings-outlive request.session',
    object: 'request.session',
    says: 'the settings of a request are made for the session: plain SET',
    scope: 'cluster',
    alters: (design) => ({ ...design, request: { ...design.request, settingsLast: 'session' } }),
    inject: async () => {},
    heal: async () => {},
  };
}
