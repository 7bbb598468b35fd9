import { credentialsOf, issuer, photosResource, photosUrl, ports } from '../demo-settings.ts';
import { start } from './server.ts';

const { url } = await start({
  issuer,
  port: ports.prints,
  photosResource,
  photosUrl,
  ...(await credentialsOf('prints')),
});
console.log(`Prints       ${url}`);
