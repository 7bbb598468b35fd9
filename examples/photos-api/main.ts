import { archiveResource, credentialsOf, issuer, photosResource, ports } from '../demo-settings.ts';
import { start } from './server.ts';

const archive = { identifier: archiveResource, ...(await credentialsOf('photos-api')) };
const { url } = await start({ issuer, port: ports.photosApi, identifier: photosResource, archive });
console.log(`Photos API   ${url}/photos`);
