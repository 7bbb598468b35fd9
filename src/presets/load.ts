/** Reads the presets that come with Gatehouse. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';
import { presetSchema, type Preset } from './preset.ts';

const folder = new URL('../../config/presets/', import.meta.url);

/** The names of all presets, in alphabetical order. */
export function presetNames(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .toSorted();
}

/**
 * Parses the text of a preset.
 * @throws ConfigurationError with everything that is wrong with it
 */
export function parsePreset(name: string, yaml: string): Preset {
  const parsed = presetSchema.safeParse(parse(yaml));
  if (!parsed.success) {
    throw new ConfigurationError([`config/presets/${name}.yaml: ${z.prettifyError(parsed.error)}`]);
  }
  return { name, ...parsed.data };
}

/**
 * @param name one of {@link presetNames}
 * @throws ConfigurationError when the file is not a preset
 */
export function loadPreset(name: string): Preset {
  return parsePreset(name, readFileSync(fileURLToPath(new URL(`${name}.yaml`, folder)), 'utf8'));
}
