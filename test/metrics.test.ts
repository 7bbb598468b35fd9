import { expect } from 'chai';
import { createMetrics } from '../src/metrics.ts';

describe('metrics', () => {
  it('counts requests by route, tokens by grant, logins by outcome, the hash queue and database operations', async () => {
    const metrics = createMetrics();
    metrics.observeRequest({ method: 'POST', route: '/token', status: 200, seconds: 0.003 });
    metrics.countToken('client_credentials');
    metrics.countLogin('success');
    metrics.setPasswordQueue({ running: 2, waiting: 7 });
    metrics.countDatabaseOperation({ collection: 'accounts', name: 'findOne', kind: 'read' });
    metrics.countDatabaseCommit();
    const text = await metrics.text();
    for (const line of [
      'gatehouse_http_requests_total{method="POST",route="/token",status="200"} 1',
      'gatehouse_http_request_seconds_bucket{le="0.005",route="/token"} 1',
      'gatehouse_tokens_issued_total{grant="client_credentials"} 1',
      'gatehouse_logins_total{outcome="success"} 1',
      'gatehouse_logins_total{outcome="failure"} 0',
      'gatehouse_password_hashes{state="waiting"} 7',
      'gatehouse_database_operations_total{collection="accounts",name="findOne",kind="read"} 1',
      'gatehouse_database_commits_total 1',
      'process_resident_memory_bytes',
    ]) {
      expect(text).to.include(line);
    }
  });

  it('counts each set of labels separately, and reports the same totals each time', async () => {
    const metrics = createMetrics();
    const request = { method: 'GET', route: '/jwks', status: 200, seconds: 0.003 };
    for (const change of [{}, {}, { status: 404 }, { method: 'HEAD' }, { route: '/token' }]) {
      metrics.observeRequest({ ...request, ...change });
    }
    await metrics.text();
    const text = await metrics.text();
    expect(text.split('\n').filter((line) => line.startsWith('gatehouse_http_requests_total'))).to.have.members([
      'gatehouse_http_requests_total{method="GET",route="/jwks",status="200"} 2',
      'gatehouse_http_requests_total{method="GET",route="/jwks",status="404"} 1',
      'gatehouse_http_requests_total{method="HEAD",route="/jwks",status="200"} 1',
      'gatehouse_http_requests_total{method="GET",route="/token",status="200"} 1',
    ]);
  });

  it('counts each server in one process separately', async () => {
    const [one, two] = [createMetrics(), createMetrics()];
    one.countLogin('failure');
    expect(await two.text()).to.include('gatehouse_logins_total{outcome="failure"} 0');
  });
});
