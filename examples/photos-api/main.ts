import { archiveResource, issuer, photosResource, ports, secretOf } from '../demo-settings.ts';
import { start } from './server.ts';

const { url } = await start({
  issuer,
  port: ports.photosApi,
  identifier: photosResource,
  archive: { identifier: archiveResource, clientId: 'photos-api', clientSecret: await secretOf('photos-api') },
});
console.log(`Photos API   ${url}/photos`);
