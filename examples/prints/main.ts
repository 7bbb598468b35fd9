import { issuer, photosResource, photosUrl, ports, secretOf } from '../demo-settings.ts';
import { start } from './server.ts';

const { url } = await start({ issuer, port: ports.prints, clientId: 'prints', clientSecret: await secretOf('prints'), photosResource, photosUrl });
console.log(`Prints       ${url}`);
