import { archiveResource, credentialsOf, issuer, photosResource, photosUrl } from '../demo-settings.ts';
import { run } from './job.ts';

const lines = await run({ issuer, photosResource, archiveResource, photosUrl, ...(await credentialsOf('nightly')) });
for (const line of lines) {
  console.log(`Nightly job  ${line}`);
}
