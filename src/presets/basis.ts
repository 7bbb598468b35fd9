/** What a preset is based on, in words: by its field `tested`. */
export const basisTexts = {
  'in our tests': 'run in our tests',
  'by hand': 'tried by hand',
  documentation: 'written from its documentation',
} as const;
