import { clientIdOf, issuer, ports } from '../demo-settings.ts';
import { start } from './server.ts';

const { url } = await start({ issuer, port: ports.calendar, clientId: clientIdOf('calendar') });
console.log(`Calendar     ${url}`);
