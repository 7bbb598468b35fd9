/** Metrics for Prometheus. Names and labels are an interface for operators: dashboards depend on them. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** @param request.route the route's pattern, not the path: paths contain ids, and each would create a new series */
  observeRequest(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  countToken(grant: string): void;
  countLogin(outcome: 'success' | 'failure' | 'throttled'): void;
  /** A sign-in with another identity provider. @param upstream the id that the operator gave the provider */
  countUpstreamLogin(upstream: string, outcome: 'success' | 'refused' | 'failure' | 'unavailable'): void;
  setPasswordQueue(queue: { readonly running: number; readonly waiting: number }): void;
  countDatabaseOperation(operation: {
    readonly collection: string;
    readonly name: string;
    readonly kind: 'read' | 'write';
  }): void;
  /** A wait for the disk: a sync of SQLite, which may cover the writes of many requests, or a write of MongoDB. */
  countDatabaseCommit(): void;
  countUnusualUse(rule: 'new_network' | 'new_address_block' | 'many_refusals'): void;
  /** @param entries ends in the list of this process */
  setRevocations(entries: number): void;
  /** @param readers connections that receive the revocation feed */
  setFeedReaders(readers: number): void;
  readonly contentType: string;
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>;
}

/** Seconds, from half a millisecond for a cached answer to five seconds, the deadline of a request. */
const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

interface Tally {
  readonly labels: Readonly<Record<string, string | number>>;
  count: number;
  /** The tallies with one more label, by its value. */
  readonly next: Map<string | number, Tally>;
}

function createTallyOf(labels: Tally['labels']): Tally {
  return { labels, count: 0, next: new Map() };
}

/**
 * A counter that does not call the library for each increment, because the library hashes the labels. The library gets
 * the totals when the metrics are read.
 * @returns a function that adds one
 */
function createTally<L extends string>(
  registry: Registry,
  { name, help, labelNames }: { readonly name: string; readonly help: string; readonly labelNames: readonly L[] },
): (labels: Readonly<Record<L, string | number>>) => void {
  // One entry for each set of labels. Labels have few values: routes of the table, methods that Node accepts, statuses.
  // They are found label by label: a key made of all of them would be a new text for each increment.
  const root = createTallyOf({});
  const counter = new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect: () => {
      counter.reset();
      report(root);
    },
  });
  function report({ labels, count, next }: Tally): void {
    if (count > 0) {
      counter.inc(labels as Record<L, string | number>, count);
    }
    next.forEach(report);
  }
  return (labels) => {
    let tally = root;
    for (const label of labelNames) {
      const value = labels[label];
      let next = tally.next.get(value);
      if (next === undefined) {
        next = createTallyOf({ ...tally.labels, [label]: value });
        tally.next.set(value, next);
      }
      tally = next;
    }
    tally.count += 1;
  };
}

/** Creates metrics with their own registry, so that two servers in one process do not share counters. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const countRequest = createTally(registry, {
    name: 'gatehouse_http_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'route', 'status'],
  });
  const latency = new Histogram({
    name: 'gatehouse_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['route'],
    buckets: latencyBuckets,
    registers,
  });
  const countToken = createTally(registry, {
    name: 'gatehouse_tokens_issued_total',
    help: 'Token responses, by grant',
    labelNames: ['grant'],
  });
  const logins = new Counter({
    name: 'gatehouse_logins_total',
    help: 'Sign-ins with a password, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const upstreamLogins = new Counter({
    name: 'gatehouse_upstream_logins_total',
    help: 'Sign-ins with another identity provider, by outcome',
    labelNames: ['upstream', 'outcome'],
    registers,
  });
  const queue = new Gauge({
    name: 'gatehouse_password_hashes',
    help: 'Password hashes that run or wait',
    labelNames: ['state'],
    registers,
  });
  const countDatabaseOperation = createTally(registry, {
    name: 'gatehouse_database_operations_total',
    help: 'Operations that reached the database',
    labelNames: ['collection', 'name', 'kind'],
  });
  const commits = new Counter({
    name: 'gatehouse_database_commits_total',
    help: 'Writes that the disk was waited for',
    registers,
  });
  const unusualUses = new Counter({
    name: 'gatehouse_unusual_uses_total',
    help: 'Unusual uses of tokens, by rule',
    labelNames: ['rule'],
    registers,
  });
  const revocations = new Gauge({
    name: 'gatehouse_revocations',
    help: 'Grants, sessions, tokens, clients and APIs in the list of what has ended lately',
    registers,
  });
  const feedReaders = new Gauge({
    name: 'gatehouse_revocation_feed_readers',
    help: 'Connections that receive the revocation feed',
    registers,
  });
  for (const outcome of ['success', 'failure', 'throttled']) {
    logins.inc({ outcome }, 0);
  }
  for (const rule of ['new_network', 'new_address_block', 'many_refusals']) {
    unusualUses.inc({ rule }, 0);
  }
  for (const state of ['running', 'waiting']) {
    queue.set({ state }, 0);
  }
  return {
    observeRequest: ({ method, route, status, seconds }) => {
      countRequest({ method, route, status });
      latency.observe({ route }, seconds);
    },
    countToken: (grant) => countToken({ grant }),
    countLogin: (outcome) => logins.inc({ outcome }),
    setPasswordQueue: ({ running, waiting }) => {
      queue.set({ state: 'running' }, running);
      queue.set({ state: 'waiting' }, waiting);
    },
    countUpstreamLogin: (upstream, outcome) => upstreamLogins.inc({ upstream, outcome }),
    countUnusualUse: (rule) => unusualUses.inc({ rule }),
    setRevocations: (entries) => revocations.set(entries),
    setFeedReaders: (readers) => feedReaders.set(readers),
    countDatabaseOperation,
    countDatabaseCommit: () => commits.inc(),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
