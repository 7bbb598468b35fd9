/** `npm run password-estimator`: writes the script that estimates a password. Run from the repository's root. */
import { writeFileSync } from 'node:fs';
import { passwordEstimator } from './password-estimator.ts';

writeFileSync('views/assets/password-estimator.js', await passwordEstimator());
