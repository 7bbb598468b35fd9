/** The time for which a request may wait for the database does not include the time that its caller takes. */
import { request as sendRequest } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { basic, registerApp, seedApis, type AppClient } from '../support/app.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

onEachDatabase('a request whose body arrives slowly', (start) => {
  let server: TestServer;
  let job: AppClient;

  before(async () => {
    server = await start({ environment: { REQUEST_DEADLINE: '1s' } });
    await seedApis(server);
    job = await registerApp(server, { type: 'machine' });
  });

  for (const [title, type] of Object.entries({
    'a plain form': 'application/x-www-form-urlencoded',
    'a form that the engine reads': 'application/x-www-form-urlencoded; charset=utf-8',
  })) {
    it(`is answered as any other: ${title}`, async () => {
      const body = 'grant_type=client_credentials&scope=archive%3Aread';
      const headers = { ...basic(job), 'content-type': type, 'content-length': body.length };
      const sending = sendRequest(`${server.issuer}/token`, { method: 'POST', headers });
      sending.write(body.slice(0, 10));
      await sleep(1300);
      sending.end(body.slice(10));
      const [response] = (await once(sending, 'response')) as [IncomingMessage];
      response.resume();
      expect(response.statusCode).to.equal(200);
    });
  }
});
