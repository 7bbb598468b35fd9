/** Runs before `npm test`, because the processes of a run must not install Chromium at the same time. */
import { installChromium } from './chromium.ts';

await installChromium();
