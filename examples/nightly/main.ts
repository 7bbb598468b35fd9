import { archiveResource, issuer, photosResource, photosUrl, secretOf } from '../demo-settings.ts';
import { run } from './job.ts';

const lines = await run({ issuer, clientId: 'nightly', clientSecret: await secretOf('nightly'), photosResource, archiveResource, photosUrl });
for (const line of lines) {
  console.log(`Nightly job  ${line}`);
}
