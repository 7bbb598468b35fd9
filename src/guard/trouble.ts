/**
 * Who learns that requests to the authorization server fail. Without `onTrouble`, an operator must not learn of it from
 * the users of the API: so a warning is written when something begins to fail, and when it works again, however many
 * requests there are in between.
 */

/** What failed at the authorization server. */
export type Trouble = 'discovery' | 'keys' | 'introspection' | 'feed';

export type OnTrouble = (what: Trouble, error: unknown) => void;

/** What happens to each request to the authorization server. */
export interface Outcomes {
  readonly onFailure: (error: unknown) => void;
  readonly onSuccess: () => void;
}

type OutcomesOf = (what: Trouble) => Outcomes;

const names: Readonly<Record<Trouble, string>> = {
  discovery: 'the metadata',
  keys: 'the key set',
  introspection: 'introspection',
  feed: 'the revocation feed',
};

/** The reason in one line. Node has that of a failed connection in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { cause } = error;
  const detail = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : '';
  return detail === '' ? error.message : `${error.message} (${detail})`;
}

function createWarnings(issuer: string): OutcomesOf {
  const failing = new Set<Trouble>();
  // What needs the metadata fails for the same reason.
  const reported = new WeakSet();
  return (what) => ({
    onFailure: (error) => {
      const isKnown = failing.has(what) || (error instanceof Error && reported.has(error));
      if (error instanceof Error) {
        reported.add(error);
      }
      if (!isKnown) {
        failing.add(what);
        console.warn(`gatehouse-guard: ${names[what]} of ${issuer} cannot be used: ${reasonOf(error)}`);
      }
    },
    onSuccess: () => {
      if (failing.delete(what)) {
        console.warn(`gatehouse-guard: ${names[what]} of ${issuer} can be used again`);
      }
    },
  });
}

/** Calls `onTrouble` for each failure; without it, writes warnings. */
export function createOutcomes(options: {
  readonly issuer: string;
  readonly onTrouble: OnTrouble | undefined;
}): OutcomesOf {
  const { issuer, onTrouble } = options;
  return onTrouble === undefined
    ? createWarnings(issuer)
    : (what) => ({ onFailure: (error) => onTrouble(what, error), onSuccess: () => undefined });
}
