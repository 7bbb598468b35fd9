// Made by "npm run password-estimator" from @zxcvbn-ts/core and @zxcvbn-ts/language-common.
// Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc., and the contributors of zxcvbn-ts. MIT License.
this.zxcvbnts = this.zxcvbnts || {};
this.zxcvbnts.core = (function (exports) {
    'use strict';

    const extend = (listToExtend, list) =>
    // eslint-disable-next-line prefer-spread
    listToExtend.push.apply(listToExtend, list);
    // sort on i primary, j secondary
    const sorted = matches => matches.sort((m1, m2) => m1.i - m2.i || m1.j - m2.j);
    const buildRankedDictionary = orderedList => {
      const result = {};
      let counter = 1; // rank starts at 1, not 0
      orderedList.forEach(word => {
        result[word] = counter;
        counter += 1;
      });
      return result;
    };

    var dateSplits = {
      4: [
      // for length-4 strings, eg 1191 or 9111, two ways to split:
      [1, 2],
      // 1 1 91 (2nd split starts at index 1, 3rd at index 2)
      [2, 3] // 91 1 1
      ],
      5: [[1, 3],
      // 1 11 91
      [2, 3],
      // 11 1 91
      //  [2, 3], // 91 1 11    <- duplicate previous one
      [2, 4] // 91 11 1    <- New and must be added as bug fix
      ],
      6: [[1, 2],
      // 1 1 1991
      [2, 4],
      // 11 11 91
      [4, 5] // 1991 1 1
      ],
      //  1111991
      7: [[1, 3],
      // 1 11 1991
      [2, 3],
      // 11 1 1991
      [4, 5],
      // 1991 1 11
      [4, 6] // 1991 11 1
      ],
      8: [[2, 4],
      // 11 11 1991
      [4, 6] // 1991 11 11
      ]
    };

    const DATE_MAX_YEAR = 2050;
    const DATE_MIN_YEAR = 1000;
    const DATE_SPLITS = dateSplits;
    const BRUTEFORCE_CARDINALITY = 10;
    const MIN_GUESSES_BEFORE_GROWING_SEQUENCE = 10000;
    const MIN_SUBMATCH_GUESSES_SINGLE_CHAR = 10;
    const MIN_SUBMATCH_GUESSES_MULTI_CHAR = 50;
    const MIN_YEAR_SPACE = 21;
    // \xbf-\xdf is a range for almost all special uppercase letter like Ä and so on
    const START_UPPER = /^[A-Z\xbf-\xdf][^A-Z\xbf-\xdf]+$/;
    const END_UPPER = /^[^A-Z\xbf-\xdf]+[A-Z\xbf-\xdf]$/;
    // \xdf-\xff is a range for almost all special lowercase letter like ä and so on
    const ALL_UPPER = /^[A-Z\xbf-\xdf]+$/;
    const ALL_UPPER_INVERTED = /^[^a-z\xdf-\xff]+$/;
    const ALL_LOWER = /^[a-z\xdf-\xff]+$/;
    const ALL_LOWER_INVERTED = /^[^A-Z\xbf-\xdf]+$/;
    const ONE_LOWER = /[a-z\xdf-\xff]/;
    const ONE_UPPER = /[A-Z\xbf-\xdf]/;
    const ALPHA_INVERTED = /[^A-Za-z\xbf-\xdf]/gi;
    const ALL_DIGIT = /^\d+$/;
    const REFERENCE_YEAR = new Date().getFullYear();
    const REGEXEN = {
      recentYear: /19\d\d|200\d|201\d|202\d/g
    };
    /* Separators */
    const SEPERATOR_CHARS = [' ', ',', ';', ':', '|', '/', '\\', '_', '.', '-'];
    const SEPERATOR_CHAR_COUNT = SEPERATOR_CHARS.length;
    const ESCAPE_REGEX = /[.*+?^${}()|[\]\\]/g;

    class MatcherBaseClass {
      constructor(options) {
        this.options = options;
      }
    }

    /*
     * -------------------------------------------------------------------------------
     *  date matching ----------------------------------------------------------------
     * -------------------------------------------------------------------------------
     */
    class MatchDate extends MatcherBaseClass {
      /*
       * a "date" is recognized as:
       *   any 3-tuple that starts or ends with a 2- or 4-digit year,
       *   with 2 or 0 separator chars (1.1.91 or 1191),
       *   maybe zero-padded (01-01-91 vs 1-1-91),
       *   a month between 1 and 12,
       *   a day between 1 and 31.
       *
       * note: this isn't true date parsing in that "feb 31st" is allowed,
       * this doesn't check for leap years, etc.
       *
       * recipe:
       * start with regex to find maybe-dates, then attempt to map the integers
       * onto month-day-year to filter the maybe-dates into dates.
       * finally, remove matches that are substrings of other matches to reduce noise.
       *
       * note: instead of using a lazy or greedy regex to find many dates over the full string,
       * this uses a ^...$ regex against every substring of the password -- less performant but leads
       * to every possible date match.
       */
      match({
        password
      }) {
        const matches = [...this.getMatchesWithoutSeparator(password), ...this.getMatchesWithSeparator(password)];
        const filteredMatches = this.filterNoise(matches);
        return sorted(filteredMatches);
      }
      getMatchesWithSeparator(password) {
        const matches = [];
        const maybeDateWithSeparator = /^(\d{1,4})([\s/\\_.-])(\d{1,2})\2(\d{1,4})$/;
        // # dates with separators are between length 6 '1/1/91' and 10 '11/11/1991'
        for (let i = 0; i <= Math.abs(password.length - 6); i += 1) {
          for (let j = i + 5; j <= i + 9; j += 1) {
            if (j >= password.length) {
              break;
            }
            const token = password.slice(i, j + 1 || 9e9);
            const regexMatch = maybeDateWithSeparator.exec(token);
            if (regexMatch != null) {
              const dmy = this.mapIntegersToDayMonthYear([parseInt(regexMatch[1], 10), parseInt(regexMatch[3], 10), parseInt(regexMatch[4], 10)]);
              if (dmy != null) {
                matches.push({
                  pattern: 'date',
                  token,
                  i,
                  j,
                  separator: regexMatch[2],
                  year: dmy.year,
                  month: dmy.month,
                  day: dmy.day
                });
              }
            }
          }
        }
        return matches;
      }
      // eslint-disable-next-line max-statements
      getMatchesWithoutSeparator(password) {
        const matches = [];
        const maybeDateNoSeparator = /^\d{4,8}$/;
        const metric = candidate => Math.abs(candidate.year - REFERENCE_YEAR);
        // # dates without separators are between length 4 '1191' and 8 '11111991'
        for (let i = 0; i <= Math.abs(password.length - 4); i += 1) {
          for (let j = i + 3; j <= i + 7; j += 1) {
            if (j >= password.length) {
              break;
            }
            const token = password.slice(i, j + 1 || 9e9);
            if (maybeDateNoSeparator.exec(token)) {
              const candidates = [];
              const index = token.length;
              const splittedDates = DATE_SPLITS[index];
              splittedDates.forEach(([k, l]) => {
                const dmy = this.mapIntegersToDayMonthYear([parseInt(token.slice(0, k), 10), parseInt(token.slice(k, l), 10), parseInt(token.slice(l), 10)]);
                if (dmy != null) {
                  candidates.push(dmy);
                }
              });
              if (candidates.length > 0) {
                /*
                 * at this point: different possible dmy mappings for the same i,j substring.
                 * match the candidate date that likely takes the fewest guesses: a year closest
                 * to 2000.
                 * (scoring.REFERENCE_YEAR).
                 *
                 * ie, considering '111504', prefer 11-15-04 to 1-1-1504
                 * (interpreting '04' as 2004)
                 */
                let bestCandidate = candidates[0];
                let minDistance = metric(candidates[0]);
                candidates.slice(1).forEach(candidate => {
                  const distance = metric(candidate);
                  if (distance < minDistance) {
                    bestCandidate = candidate;
                    minDistance = distance;
                  }
                });
                matches.push({
                  pattern: 'date',
                  token,
                  i,
                  j,
                  separator: '',
                  year: bestCandidate.year,
                  month: bestCandidate.month,
                  day: bestCandidate.day
                });
              }
            }
          }
        }
        return matches;
      }
      /*
       * matches now contains all valid date strings in a way that is tricky to capture
       * with regexes only. while thorough, it will contain some unintuitive noise:
       *
       * '2015_06_04', in addition to matching 2015_06_04, will also contain
       * 5(!) other date matches: 15_06_04, 5_06_04, ..., even 2015 (matched as 5/1/2020)
       *
       * to reduce noise, remove date matches that are strict substrings of others
       */
      filterNoise(matches) {
        return matches.filter(match => {
          let isSubmatch = false;
          const matchesLength = matches.length;
          for (let o = 0; o < matchesLength; o += 1) {
            const otherMatch = matches[o];
            if (match !== otherMatch) {
              if (otherMatch.i <= match.i && otherMatch.j >= match.j) {
                isSubmatch = true;
                break;
              }
            }
          }
          return !isSubmatch;
        });
      }
      /*
       * given a 3-tuple, discard if:
       *   middle int is over 31 (for all dmy formats, years are never allowed in the middle)
       *   middle int is zero
       *   any int is over the max allowable year
       *   any int is over two digits but under the min allowable year
       *   2 integers are over 31, the max allowable day
       *   2 integers are zero
       *   all integers are over 12, the max allowable month
       */
      // eslint-disable-next-line complexity, max-statements
      mapIntegersToDayMonthYear(integers) {
        if (integers[1] > 31 || integers[1] <= 0) {
          return null;
        }
        let over12 = 0;
        let over31 = 0;
        let under1 = 0;
        for (let o = 0, len1 = integers.length; o < len1; o += 1) {
          const int = integers[o];
          if (int > 99 && int < DATE_MIN_YEAR || int > DATE_MAX_YEAR) {
            return null;
          }
          if (int > 31) {
            over31 += 1;
          }
          if (int > 12) {
            over12 += 1;
          }
          if (int <= 0) {
            under1 += 1;
          }
        }
        if (over31 >= 2 || over12 === 3 || under1 >= 2) {
          return null;
        }
        return this.getDayMonth(integers);
      }
      // eslint-disable-next-line max-statements
      getDayMonth(integers) {
        // first look for a four digit year: yyyy + daymonth or daymonth + yyyy
        const possibleYearSplits = [[integers[2], integers.slice(0, 2)],
        // year last
        [integers[0], integers.slice(1, 3)] // year first
        ];
        const possibleYearSplitsLength = possibleYearSplits.length;
        for (let j = 0; j < possibleYearSplitsLength; j += 1) {
          const [y, rest] = possibleYearSplits[j];
          if (DATE_MIN_YEAR <= y && y <= DATE_MAX_YEAR) {
            const dm = this.mapIntegersToDayMonth(rest);
            if (dm != null) {
              return {
                year: y,
                month: dm.month,
                day: dm.day
              };
            }
            /*
             * for a candidate that includes a four-digit year,
             * when the remaining integers don't match to a day and month,
             * it is not a date.
             */
            return null;
          }
        }
        // given no four-digit year, two digit years are the most flexible int to match, so
        // try to parse a day-month out of integers[0..1] or integers[1..0]
        for (let k = 0; k < possibleYearSplitsLength; k += 1) {
          const [y, rest] = possibleYearSplits[k];
          const dm = this.mapIntegersToDayMonth(rest);
          if (dm != null) {
            return {
              year: this.twoToFourDigitYear(y),
              month: dm.month,
              day: dm.day
            };
          }
        }
        return null;
      }
      mapIntegersToDayMonth(integers) {
        const temp = [integers, integers.slice().reverse()];
        // eslint-disable-next-line @typescript-eslint/prefer-for-of
        for (let i = 0; i < temp.length; i += 1) {
          const data = temp[i];
          const day = data[0];
          const month = data[1];
          if (day >= 1 && day <= 31 && month >= 1 && month <= 12) {
            return {
              day,
              month
            };
          }
        }
        return null;
      }
      twoToFourDigitYear(year) {
        if (year > 99) {
          return year;
        }
        if (year > 50) {
          // 87 -> 1987
          return year + 1900;
        }
        // 15 -> 2015
        return year + 2000;
      }
    }

    const peq = new Uint32Array(0x10000);
    const myers_32 = (a, b) => {
        const n = a.length;
        const m = b.length;
        const lst = 1 << (n - 1);
        let pv = -1;
        let mv = 0;
        let sc = n;
        let i = n;
        while (i--) {
            peq[a.charCodeAt(i)] |= 1 << i;
        }
        for (i = 0; i < m; i++) {
            let eq = peq[b.charCodeAt(i)];
            const xv = eq | mv;
            eq |= ((eq & pv) + pv) ^ pv;
            mv |= ~(eq | pv);
            pv &= eq;
            if (mv & lst) {
                sc++;
            }
            if (pv & lst) {
                sc--;
            }
            mv = (mv << 1) | 1;
            pv = (pv << 1) | ~(xv | mv);
            mv &= xv;
        }
        i = n;
        while (i--) {
            peq[a.charCodeAt(i)] = 0;
        }
        return sc;
    };
    const myers_x = (b, a) => {
        const n = a.length;
        const m = b.length;
        const mhc = [];
        const phc = [];
        const hsize = Math.ceil(n / 32);
        const vsize = Math.ceil(m / 32);
        for (let i = 0; i < hsize; i++) {
            phc[i] = -1;
            mhc[i] = 0;
        }
        let j = 0;
        for (; j < vsize - 1; j++) {
            let mv = 0;
            let pv = -1;
            const start = j * 32;
            const vlen = Math.min(32, m) + start;
            for (let k = start; k < vlen; k++) {
                peq[b.charCodeAt(k)] |= 1 << k;
            }
            for (let i = 0; i < n; i++) {
                const eq = peq[a.charCodeAt(i)];
                const pb = (phc[(i / 32) | 0] >>> i) & 1;
                const mb = (mhc[(i / 32) | 0] >>> i) & 1;
                const xv = eq | mv;
                const xh = ((((eq | mb) & pv) + pv) ^ pv) | eq | mb;
                let ph = mv | ~(xh | pv);
                let mh = pv & xh;
                if ((ph >>> 31) ^ pb) {
                    phc[(i / 32) | 0] ^= 1 << i;
                }
                if ((mh >>> 31) ^ mb) {
                    mhc[(i / 32) | 0] ^= 1 << i;
                }
                ph = (ph << 1) | pb;
                mh = (mh << 1) | mb;
                pv = mh | ~(xv | ph);
                mv = ph & xv;
            }
            for (let k = start; k < vlen; k++) {
                peq[b.charCodeAt(k)] = 0;
            }
        }
        let mv = 0;
        let pv = -1;
        const start = j * 32;
        const vlen = Math.min(32, m - start) + start;
        for (let k = start; k < vlen; k++) {
            peq[b.charCodeAt(k)] |= 1 << k;
        }
        let score = m;
        for (let i = 0; i < n; i++) {
            const eq = peq[a.charCodeAt(i)];
            const pb = (phc[(i / 32) | 0] >>> i) & 1;
            const mb = (mhc[(i / 32) | 0] >>> i) & 1;
            const xv = eq | mv;
            const xh = ((((eq | mb) & pv) + pv) ^ pv) | eq | mb;
            let ph = mv | ~(xh | pv);
            let mh = pv & xh;
            score += (ph >>> (m - 1)) & 1;
            score -= (mh >>> (m - 1)) & 1;
            if ((ph >>> 31) ^ pb) {
                phc[(i / 32) | 0] ^= 1 << i;
            }
            if ((mh >>> 31) ^ mb) {
                mhc[(i / 32) | 0] ^= 1 << i;
            }
            ph = (ph << 1) | pb;
            mh = (mh << 1) | mb;
            pv = mh | ~(xv | ph);
            mv = ph & xv;
        }
        for (let k = start; k < vlen; k++) {
            peq[b.charCodeAt(k)] = 0;
        }
        return score;
    };
    const distance = (a, b) => {
        if (a.length < b.length) {
            const tmp = b;
            b = a;
            a = tmp;
        }
        if (b.length === 0) {
            return a.length;
        }
        if (a.length <= 32) {
            return myers_32(a, b);
        }
        return myers_x(a, b);
    };

    const getUsedThreshold = (password, entry, threshold) => {
      const isPasswordToShort = password.length <= entry.length;
      const isThresholdLongerThanPassword = password.length <= threshold;
      const shouldUsePasswordLength = isPasswordToShort || isThresholdLongerThanPassword;
      // if password is too small use the password length divided by 4 while the threshold needs to be at least 1
      return shouldUsePasswordLength ? Math.ceil(password.length / 4) : threshold;
    };
    const findLevenshteinDistance = (password, rankedDictionary, threshold) => {
      let foundDistance = 0;
      const found = Object.keys(rankedDictionary).find(entry => {
        const usedThreshold = getUsedThreshold(password, entry, threshold);
        if (Math.abs(password.length - entry.length) > usedThreshold) {
          return false;
        }
        const foundEntryDistance = distance(password, entry);
        const isInThreshold = foundEntryDistance <= usedThreshold;
        if (isInThreshold) {
          foundDistance = foundEntryDistance;
        }
        return isInThreshold;
      });
      if (found) {
        return {
          levenshteinDistance: foundDistance,
          levenshteinDistanceEntry: found
        };
      }
      return {};
    };

    var mergeUserInputDictionary = (optionsRankedDictionaries, optionsRankedDictionariesMaxWordSize, userInputsOptions) => {
      if (!userInputsOptions) {
        return {
          rankedDictionaries: optionsRankedDictionaries,
          rankedDictionariesMaxWordSize: optionsRankedDictionariesMaxWordSize
        };
      }
      const rankedDictionaries = {
        ...optionsRankedDictionaries
      };
      const rankedDictionariesMaxWordSize = {
        ...optionsRankedDictionariesMaxWordSize
      };
      rankedDictionaries.userInputs = {
        ...(rankedDictionaries.userInputs || {}),
        ...userInputsOptions.rankedDictionary
      };
      rankedDictionariesMaxWordSize.userInputs = Math.max(userInputsOptions.rankedDictionaryMaxWordSize, rankedDictionariesMaxWordSize.userInputs || 0);
      return {
        rankedDictionaries,
        rankedDictionariesMaxWordSize
      };
    };

    class MatchDictionary extends MatcherBaseClass {
      constructor(options, wordSequenceCheck) {
        super(options);
        this.wordSequenceCheck = wordSequenceCheck;
      }
      getRangedDictionaries(userInputsOptions) {
        if (this.wordSequenceCheck) {
          const rankedDictionaries = {};
          const rankedDictionariesMaxWordSize = {};
          Object.keys(this.options.rankedDictionaries).forEach(key => {
            if (this.options.isWordSequence(key)) {
              rankedDictionaries[key] = this.options.rankedDictionaries[key];
              rankedDictionariesMaxWordSize[key] = this.options.rankedDictionariesMaxWordSize[key];
            }
          });
          return {
            rankedDictionaries,
            rankedDictionariesMaxWordSize
          };
        }
        return mergeUserInputDictionary(this.options.rankedDictionaries, this.options.rankedDictionariesMaxWordSize, userInputsOptions);
      }
      // eslint-disable-next-line complexity,max-statements
      match({
        password,
        userInputsOptions,
        useLevenshtein = true
      }) {
        const matches = [];
        const passwordLength = password.length;
        const passwordLower = password.toLowerCase();
        const {
          rankedDictionaries,
          rankedDictionariesMaxWordSize
        } = this.getRangedDictionaries(userInputsOptions);
        const dictionaryNames = Object.keys(rankedDictionaries);
        const maxSearchWidth = Math.max(0, ...Object.values(rankedDictionariesMaxWordSize));
        for (let i = 0; i < passwordLength; i += 1) {
          for (let j = i; j < passwordLength; j += 1) {
            const isFullPassword = i === 0 && j === passwordLength - 1;
            // if the word is longer than the longest word in any dictionary and it is not the full password
            // we can skip it. For the full password we still need to check for levenshtein distance
            if (j - i + 1 > maxSearchWidth && !isFullPassword) {
              break;
            }
            const usedPassword = passwordLower.slice(i, j + 1);
            for (const dictionaryName of dictionaryNames) {
              const rankedDict = rankedDictionaries[dictionaryName];
              if (j - i + 1 > rankedDictionariesMaxWordSize[dictionaryName] && !isFullPassword) {
                continue;
              }
              const rank = rankedDict[usedPassword];
              const isInDictionary = rank !== undefined;
              let foundLevenshteinDistance = {};
              // only use levenshtein distance on full password to minimize the performance drop
              // and because otherwise there would be to many false positives
              if (this.options.useLevenshteinDistance && isFullPassword && !isInDictionary && useLevenshtein) {
                foundLevenshteinDistance = findLevenshteinDistance(usedPassword, rankedDict, this.options.levenshteinThreshold);
              }
              const isLevenshteinMatch = foundLevenshteinDistance.levenshteinDistance !== undefined;
              if (isInDictionary || isLevenshteinMatch) {
                const usedRankPassword = isLevenshteinMatch ? foundLevenshteinDistance.levenshteinDistanceEntry : usedPassword;
                const rankValue = isInDictionary ? rank : rankedDict[usedRankPassword];
                matches.push({
                  pattern: 'dictionary',
                  i,
                  j,
                  token: password.slice(i, j + 1),
                  matchedWord: usedPassword,
                  rank: rankValue,
                  dictionaryName,
                  reversed: false,
                  l33t: false,
                  ...foundLevenshteinDistance
                });
              }
            }
          }
        }
        return matches;
      }
    }

    class CleanPasswords {
      constructor({
        substr,
        limit,
        trieRoot
      }) {
        this.buffer = [];
        this.finalPasswords = [];
        this.substr = substr;
        this.limit = limit;
        this.trieRoot = trieRoot;
      }
      getAllPossibleSubsAtIndex(index) {
        const nodes = [];
        let cur = this.trieRoot;
        for (let i = index; i < this.substr.length; i += 1) {
          const character = this.substr.charAt(i);
          cur = cur.getChild(character);
          if (!cur) {
            break;
          }
          nodes.push(cur);
        }
        return nodes;
      }
      // eslint-disable-next-line complexity,max-statements
      helper({
        onlyFullSub,
        isFullSub,
        index,
        subIndex,
        changes,
        lastSubLetter,
        consecutiveSubCount
      }) {
        if (this.finalPasswords.length >= this.limit) {
          return;
        }
        if (index === this.substr.length) {
          if (onlyFullSub === isFullSub) {
            this.finalPasswords.push({
              password: this.buffer.join(''),
              changes,
              isFullSubstitution: onlyFullSub
            });
          }
          return;
        }
        // first, exhaust all possible substitutions at this index
        const nodes = [...this.getAllPossibleSubsAtIndex(index)];
        let hasSubs = false;
        // iterate backward to get wider substitutions first
        for (let i = index + nodes.length - 1; i >= index; i -= 1) {
          const cur = nodes[i - index];
          const sub = cur.parents.join('');
          if (cur.isTerminal()) {
            // Skip if this would be a 4th or more consecutive substitution of the same letter
            // this should work in all language as there shouldn't be the same letter more than four times in a row
            // So we can ignore the rest to save calculation time
            if (lastSubLetter === sub && consecutiveSubCount >= 3) {
              continue;
            }
            hasSubs = true;
            const letters = cur.subs;
            for (const letter of letters) {
              this.buffer.push(letter);
              const newSubs = changes.concat({
                i: subIndex,
                letter,
                substitution: sub
              });
              // recursively build the rest of the string
              this.helper({
                onlyFullSub,
                isFullSub,
                index: index + sub.length,
                subIndex: subIndex + letter.length,
                changes: newSubs,
                lastSubLetter: sub,
                consecutiveSubCount: lastSubLetter === sub ? consecutiveSubCount + 1 : 1
              });
              // backtrack by ignoring the added postfix
              this.buffer.pop();
              if (this.finalPasswords.length >= this.limit) {
                return;
              }
            }
          }
        }
        // next, generate all combos without doing a substitution at this index
        // if a partial substitution is requested or there are no substitutions at this index
        if (!onlyFullSub || !hasSubs) {
          const firstChar = this.substr.charAt(index);
          this.buffer.push(firstChar);
          this.helper({
            onlyFullSub,
            isFullSub: isFullSub && !hasSubs,
            index: index + 1,
            subIndex: subIndex + 1,
            changes,
            lastSubLetter,
            consecutiveSubCount
          });
          this.buffer.pop();
        }
      }
      getAll() {
        // only full substitution
        this.helper({
          onlyFullSub: true,
          isFullSub: true,
          index: 0,
          subIndex: 0,
          changes: [],
          lastSubLetter: undefined,
          consecutiveSubCount: 0
        });
        // only partial substitution
        this.helper({
          onlyFullSub: false,
          isFullSub: true,
          index: 0,
          subIndex: 0,
          changes: [],
          lastSubLetter: undefined,
          consecutiveSubCount: 0
        });
        return this.finalPasswords;
      }
    }
    const getCleanPasswords = (password, limit, trieRoot) => {
      const helper = new CleanPasswords({
        substr: password,
        limit,
        trieRoot
      });
      return helper.getAll();
    };

    const getExtras = (passwordWithSubs, i, j) => {
      let iUnsubbed = i;
      let jUnsubbed = j;
      const filtered = [];
      const subDisplay = [];
      const seenSubs = new Set();
      passwordWithSubs.changes.forEach(change => {
        if (change.i < i) {
          const diff = change.substitution.length - change.letter.length;
          iUnsubbed += diff;
          jUnsubbed += diff;
        } else if (change.i <= j) {
          jUnsubbed += change.substitution.length - change.letter.length;
          const subKey = `${change.letter}-${change.substitution}`;
          if (!seenSubs.has(subKey)) {
            seenSubs.add(subKey);
            filtered.push({
              letter: change.letter,
              substitution: change.substitution
            });
            subDisplay.push(`${change.substitution} -> ${change.letter}`);
          }
        }
      });
      return {
        i: iUnsubbed,
        j: jUnsubbed,
        subs: filtered,
        subDisplay: subDisplay.join(', ')
      };
    };
    /*
     * -------------------------------------------------------------------------------
     *  Dictionary l33t matching -----------------------------------------------------
     * -------------------------------------------------------------------------------
     */
    class MatchL33t extends MatchDictionary {
      isAlreadyIncluded(matches, newMatch) {
        return matches.some(l33tMatch => {
          return l33tMatch.i === newMatch.i && l33tMatch.j === newMatch.j && l33tMatch.dictionaryName === newMatch.dictionaryName && l33tMatch.matchedWord === newMatch.matchedWord;
        });
      }
      match(matchOptions) {
        const matches = [];
        const subbedPasswords = getCleanPasswords(matchOptions.password, this.options.l33tMaxSubstitutions, this.options.trieNodeRoot);
        let hasFullMatch = false;
        subbedPasswords.forEach(subbedPassword => {
          if (hasFullMatch) {
            return;
          }
          const matchedDictionary = super.match({
            ...matchOptions,
            password: subbedPassword.password,
            useLevenshtein: subbedPassword.isFullSubstitution
          });
          matchedDictionary.forEach(match => {
            const extras = getExtras(subbedPassword, match.i, match.j);
            if (!hasFullMatch) {
              hasFullMatch = extras.i === 0 && extras.j === matchOptions.password.length - 1;
            }
            const token = matchOptions.password.slice(extras.i, extras.j + 1);
            const newMatch = {
              ...match,
              l33t: true,
              token,
              ...extras
            };
            const alreadyIncluded = this.isAlreadyIncluded(matches, newMatch);
            // only return the matches that contain an actual substitution
            if (token.toLowerCase() !== match.matchedWord && !alreadyIncluded) {
              matches.push(newMatch);
            }
          });
        });
        // filter single-character l33t matches to reduce noise.
        // otherwise '1' matches 'i', '4' matches 'a', both very common English words
        // with low dictionary rank.
        return matches.filter(match => match.token.length > 1);
      }
    }

    /*
     * -------------------------------------------------------------------------------
     *  Dictionary reverse matching --------------------------------------------------
     * -------------------------------------------------------------------------------
     */
    class MatchReverse extends MatchDictionary {
      match(matchOptions) {
        const passwordReversed = matchOptions.password.split('').reverse().join('');
        return super.match({
          ...matchOptions,
          password: passwordReversed
        }).map(match => ({
          ...match,
          token: match.token.split('').reverse().join(''),
          // reverse back
          reversed: true,
          // map coordinates back to original string
          i: matchOptions.password.length - 1 - match.j,
          j: matchOptions.password.length - 1 - match.i
        }));
      }
    }

    /*
     * -------------------------------------------------------------------------------
     *  regex matching ---------------------------------------------------------------
     * -------------------------------------------------------------------------------
     */
    class MatchRegex extends MatcherBaseClass {
      match({
        password
      }) {
        const matches = [];
        Object.keys(REGEXEN).forEach(name => {
          const regex = REGEXEN[name];
          regex.lastIndex = 0; // keeps regexMatch stateless
          let regexMatch;
          while (regexMatch = regex.exec(password)) {
            if (regexMatch) {
              const token = regexMatch[0];
              matches.push({
                pattern: 'regex',
                token,
                i: regexMatch.index,
                j: regexMatch.index + regexMatch[0].length - 1,
                regexName: name,
                regexMatch
              });
            }
          }
        });
        return sorted(matches);
      }
    }

    const LOG10 = Math.log(10);
    const LOG2 = Math.log(2);
    var utils = {
      // binomial coefficients
      // src: http://blog.plover.com/math/choose.html
      nCk(n, k) {
        let count = n;
        if (k > count) {
          return 0;
        }
        if (k === 0) {
          return 1;
        }
        let coEff = 1;
        for (let i = 1; i <= k; i += 1) {
          coEff *= count;
          coEff /= i;
          count -= 1;
        }
        return coEff;
      },
      log10(n) {
        if (n === 0) return 0;
        return Math.log(n) / LOG10; // IE doesn't support Math.log10 :(
      },
      log2(n) {
        return Math.log(n) / LOG2;
      },
      factorial(num) {
        let rval = 1;
        for (let i = 2; i <= num; i += 1) rval *= i;
        return rval;
      }
    };

    var bruteforceMatcher$1 = ({
      token
    }) => {
      let guesses = BRUTEFORCE_CARDINALITY ** token.length;
      if (guesses === Number.POSITIVE_INFINITY) {
        guesses = Number.MAX_VALUE;
      }
      let minGuesses;
      // small detail: make bruteforce matches at minimum one guess bigger than smallest allowed
      // submatch guesses, such that non-bruteforce submatches over the same [i..j] take precedence.
      if (token.length === 1) {
        minGuesses = MIN_SUBMATCH_GUESSES_SINGLE_CHAR + 1;
      } else {
        minGuesses = MIN_SUBMATCH_GUESSES_MULTI_CHAR + 1;
      }
      return Math.max(guesses, minGuesses);
    };

    var dateMatcher$1 = ({
      year,
      separator
    }) => {
      // base guesses: (year distance from REFERENCE_YEAR) * num_days * num_years
      const yearSpace = Math.max(Math.abs(year - REFERENCE_YEAR), MIN_YEAR_SPACE);
      let guesses = yearSpace * 365;
      // add factor of 4 for separator selection (one of ~4 choices)
      if (separator) {
        guesses *= 4;
      }
      return guesses;
    };

    const getVariations = cleanedWord => {
      const wordArray = cleanedWord.split('');
      const upperCaseCount = wordArray.filter(char => char.match(ONE_UPPER)).length;
      const lowerCaseCount = wordArray.filter(char => char.match(ONE_LOWER)).length;
      let variations = 0;
      const variationLength = Math.min(upperCaseCount, lowerCaseCount);
      for (let i = 1; i <= variationLength; i += 1) {
        variations += utils.nCk(upperCaseCount + lowerCaseCount, i);
      }
      return variations;
    };
    var uppercaseVariant = word => {
      // clean words of non alpha characters to remove the reward effekt to capitalize the first letter https://github.com/dropbox/zxcvbn/issues/232
      const cleanedWord = word.replace(ALPHA_INVERTED, '');
      if (cleanedWord.match(ALL_LOWER_INVERTED) || cleanedWord.toLowerCase() === cleanedWord) {
        return 1;
      }
      // a capitalized word is the most common capitalization scheme,
      // so it only doubles the search space (uncapitalized + capitalized).
      // all caps and end-capitalized are common enough too, underestimate as 2x factor to be safe.
      const commonCases = [START_UPPER, END_UPPER, ALL_UPPER_INVERTED];
      const commonCasesLength = commonCases.length;
      for (let i = 0; i < commonCasesLength; i += 1) {
        const regex = commonCases[i];
        if (cleanedWord.match(regex)) {
          return 2;
        }
      }
      // otherwise calculate the number of ways to capitalize U+L uppercase+lowercase letters
      // with U uppercase letters or less. or, if there's more uppercase than lower (for eg. PASSwORD),
      // the number of ways to lowercase U+L letters with L lowercase letters or less.
      return getVariations(cleanedWord);
    };

    const countSubstring = (string, substring) => {
      let count = 0;
      let pos = string.indexOf(substring);
      while (pos >= 0) {
        count += 1;
        pos = string.indexOf(substring, pos + substring.length);
      }
      return count;
    };
    const getCounts = ({
      sub,
      token
    }) => {
      // lower-case match.token before calculating: capitalization shouldn't affect l33t calc.
      const tokenLower = token.toLowerCase();
      // num of subbed chars
      const subbedCount = countSubstring(tokenLower, sub.substitution);
      // num of unsubbed chars
      const unsubbedCount = countSubstring(tokenLower, sub.letter);
      return {
        subbedCount,
        unsubbedCount
      };
    };
    var l33tVariant = ({
      l33t,
      subs,
      token
    }) => {
      if (!l33t) {
        return 1;
      }
      let variations = 1;
      subs.forEach(sub => {
        const {
          subbedCount,
          unsubbedCount
        } = getCounts({
          sub,
          token
        });
        if (subbedCount === 0 || unsubbedCount === 0) {
          // for this sub, password is either fully subbed (444) or fully unsubbed (aaa)
          // treat that as doubling the space (attacker needs to try fully subbed chars in addition to
          // unsubbed.)
          variations *= 2;
        } else {
          // this case is similar to capitalization:
          // with aa44a, U = 3, S = 2, attacker needs to try unsubbed + one sub + two subs
          const p = Math.min(unsubbedCount, subbedCount);
          let possibilities = 0;
          for (let i = 1; i <= p; i += 1) {
            possibilities += utils.nCk(unsubbedCount + subbedCount, i);
          }
          variations *= possibilities;
        }
      });
      return variations;
    };

    var dictionaryMatcher$1 = ({
      rank,
      reversed,
      l33t,
      subs,
      token,
      dictionaryName
    }) => {
      const baseGuesses = rank; // keep these as properties for display purposes
      const uppercaseVariations = uppercaseVariant(token);
      const l33tVariations = l33tVariant({
        l33t,
        subs,
        token
      });
      const reversedVariations = reversed && 2 || 1;
      let calculation;
      if (dictionaryName === 'diceware') {
        // diceware dictionaries are special, so we get a simple scoring of 1/2 of 6^5 (6 digits on 5 dice)
        // to get fix entropy of ~12.9 bits for every entry https://en.wikipedia.org/wiki/Diceware#:~:text=The%20level%20of,bits
        calculation = 6 ** 5 / 2;
      } else {
        calculation = baseGuesses * uppercaseVariations * l33tVariations * reversedVariations;
      }
      return {
        baseGuesses,
        uppercaseVariations,
        l33tVariations,
        calculation
      };
    };

    var regexMatcher$1 = ({
      regexName,
      regexMatch,
      token
    }) => {
      const charClassBases = {
        alphaLower: 26,
        alphaUpper: 26,
        alpha: 52,
        alphanumeric: 62,
        digits: 10,
        symbols: 33
      };
      if (regexName in charClassBases) {
        return charClassBases[regexName] ** token.length;
      }
      // TODO add more regex types for example special dates like 09.11
      switch (regexName) {
        case 'recentYear':
          // conservative estimate of year space: num years from REFERENCE_YEAR.
          // if year is close to REFERENCE_YEAR, estimate a year space of MIN_YEAR_SPACE.
          return Math.max(Math.abs(parseInt(regexMatch[0], 10) - REFERENCE_YEAR), MIN_YEAR_SPACE);
      }
      return 0;
    };

    var repeatMatcher$1 = ({
      baseGuesses,
      repeatCount
    }) => baseGuesses * repeatCount;

    var sequenceMatcher$1 = ({
      token,
      ascending
    }) => {
      const firstChr = token.charAt(0);
      let baseGuesses;
      const startingPoints = ['a', 'A', 'z', 'Z', '0', '1', '9'];
      // lower guesses for obvious starting points
      if (startingPoints.includes(firstChr)) {
        baseGuesses = 4;
      } else if (/\d/.exec(firstChr)) {
        baseGuesses = 10; // digits
      } else {
        // could give a higher base for uppercase,
        // assigning 26 to both upper and lower sequences is more conservative.
        baseGuesses = 26;
      }
      // need to try a descending sequence in addition to every ascending sequence ->
      // 2x guesses
      if (!ascending) {
        baseGuesses *= 2;
      }
      return baseGuesses * token.length;
    };

    const calcAverageDegree = graph => {
      let average = 0;
      Object.keys(graph).forEach(key => {
        const neighbors = graph[key];
        average += neighbors.filter(entry => !!entry).length;
      });
      average /= Object.entries(graph).length;
      return average;
    };
    const estimatePossiblePatterns = (graphEntry, {
      token,
      turns
    }) => {
      const startingPosition = Object.keys(graphEntry).length;
      const averageDegree = calcAverageDegree(graphEntry);
      let guesses = 0;
      const tokenLength = token.length;
      // # estimate the number of possible patterns w/ tokenLength or less with turns or less.
      for (let i = 2; i <= tokenLength; i += 1) {
        const possibleTurns = Math.min(turns, i - 1);
        for (let j = 1; j <= possibleTurns; j += 1) {
          guesses += utils.nCk(i - 1, j - 1) * startingPosition * averageDegree ** j;
        }
      }
      return guesses;
    };
    var spatialMatcher$1 = ({
      graph,
      token,
      shiftedCount,
      turns
    }, options) => {
      let guesses = estimatePossiblePatterns(options.graphs[graph], {
        token,
        turns
      });
      // add extra guesses for shifted keys. (% instead of 5, A instead of a.)
      // math is similar to extra guesses of l33t substitutions in dictionary matches.
      if (shiftedCount) {
        const unShiftedCount = token.length - shiftedCount;
        if (shiftedCount === 0 || unShiftedCount === 0) {
          guesses *= 2;
        } else {
          let shiftedVariations = 0;
          for (let i = 1; i <= Math.min(shiftedCount, unShiftedCount); i += 1) {
            shiftedVariations += utils.nCk(shiftedCount + unShiftedCount, i);
          }
          guesses *= shiftedVariations;
        }
      }
      return Math.round(guesses);
    };

    var separatorMatcher$1 = () => {
      return SEPERATOR_CHAR_COUNT;
    };

    function factorial(n) {
      if (n <= 1) return 1;
      return n * factorial(n - 1);
    }
    var wordSequenceMatcher$1 = match => {
      if (match.pattern !== 'wordSequence') {
        return 0;
      }
      // Base guesses: factorial of word count (number of ways to order the words)
      const baseGuesses = factorial(match.wordCount);
      // Additional penalty for longer sequences
      const lengthPenalty = 2 ** (match.wordCount - 2);
      return baseGuesses * lengthPenalty;
    };

    const getMinGuesses = (match, password) => {
      let minGuesses = 1;
      if (match.token.length < password.length) {
        if (match.token.length === 1) {
          minGuesses = MIN_SUBMATCH_GUESSES_SINGLE_CHAR;
        } else {
          minGuesses = MIN_SUBMATCH_GUESSES_MULTI_CHAR;
        }
      }
      return minGuesses;
    };
    const matchers = {
      bruteforce: bruteforceMatcher$1,
      date: dateMatcher$1,
      dictionary: dictionaryMatcher$1,
      regex: regexMatcher$1,
      repeat: repeatMatcher$1,
      sequence: sequenceMatcher$1,
      spatial: spatialMatcher$1,
      separator: separatorMatcher$1,
      wordSequence: wordSequenceMatcher$1
    };
    const getScoring = (options, name, match) => {
      if (matchers[name]) {
        return matchers[name](match, options);
      }
      if (options.matchers[name] && 'scoring' in options.matchers[name]) {
        return options.matchers[name].scoring(match, options);
      }
      return 0;
    };
    // ------------------------------------------------------------------------------
    // guess estimation -- one function per match pattern ---------------------------
    // ------------------------------------------------------------------------------
    var estimateGuesses = (options, match, password) => {
      const extraData = {};
      // a match's guess estimate doesn't change. cache it.
      if ('guesses' in match && match.guesses != null) {
        return match;
      }
      const minGuesses = getMinGuesses(match, password);
      const estimationResult = getScoring(options, match.pattern, match);
      let guesses = 0;
      if (typeof estimationResult === 'number') {
        guesses = estimationResult;
      } else if (match.pattern === 'dictionary') {
        guesses = estimationResult.calculation;
        extraData.baseGuesses = estimationResult.baseGuesses;
        extraData.uppercaseVariations = estimationResult.uppercaseVariations;
        extraData.l33tVariations = estimationResult.l33tVariations;
      }
      const matchGuesses = Math.max(guesses, minGuesses);
      return {
        ...match,
        ...extraData,
        guesses: matchGuesses,
        guessesLog10: utils.log10(matchGuesses)
      };
    };

    class Scoring {
      constructor(options) {
        this.options = options;
        this.password = '';
        this.optimal = {};
        this.excludeAdditive = false;
      }
      fillArray(size, valueType) {
        const result = [];
        for (let i = 0; i < size; i += 1) {
          let value = [];
          if (valueType === 'object') {
            value = {};
          }
          result.push(value);
        }
        return result;
      }
      // helper: make bruteforce match objects spanning i to j, inclusive.
      makeBruteforceMatch(i, j) {
        return {
          pattern: 'bruteforce',
          token: this.password.slice(i, j + 1 || 9e9),
          i,
          j
        };
      }
      // helper: considers whether a length-sequenceLength
      // sequence ending at match bestMatches is better (fewer guesses)
      // than previously encountered sequences, updating state if so.
      // eslint-disable-next-line max-statements
      update(match, sequenceLength) {
        const k = match.j;
        const estimatedMatch = estimateGuesses(this.options, match, this.password);
        let pi = estimatedMatch.guesses;
        if (sequenceLength > 1) {
          // we're considering a length-sequenceLength sequence ending with match bestMatches:
          // obtain the product term in the minimization function by multiplying bestMatches's guesses
          // by the product of the length-(sequenceLength-1)
          // sequence ending just before bestMatches, at bestMatches.i - 1.
          pi *= this.optimal.guessesProduct[estimatedMatch.i - 1][sequenceLength - 1];
        }
        // calculate the minimization func
        let g = utils.factorial(sequenceLength) * pi;
        if (!this.excludeAdditive) {
          g += MIN_GUESSES_BEFORE_GROWING_SEQUENCE ** (sequenceLength - 1);
        }
        // update state if new best.
        // first see if any competing sequences covering this prefix,
        // with sequenceLength or fewer matches,
        // fare better than this sequence. if so, skip it and return.
        let shouldSkip = false;
        const competingG = this.optimal.totalGuesses[k];
        Object.keys(competingG).forEach(competingPatternLengthStr => {
          const competingPatternLength = parseInt(competingPatternLengthStr, 10);
          const competingMetricMatch = competingG[competingPatternLength];
          if (competingPatternLength <= sequenceLength) {
            if (competingMetricMatch <= g) {
              shouldSkip = true;
            }
          }
        });
        if (!shouldSkip) {
          // this sequence might be part of the final optimal sequence.
          this.optimal.totalGuesses[k][sequenceLength] = g;
          this.optimal.bestMatches[k][sequenceLength] = estimatedMatch;
          this.optimal.guessesProduct[k][sequenceLength] = pi;
        }
      }
      // helper: evaluate bruteforce matches ending at passwordCharIndex.
      bruteforceUpdate(passwordCharIndex) {
        // see if a single bruteforce match spanning the passwordCharIndex-prefix is optimal.
        let match = this.makeBruteforceMatch(0, passwordCharIndex);
        this.update(match, 1);
        for (let i = 1; i <= passwordCharIndex; i += 1) {
          // generate passwordCharIndex bruteforce matches, spanning from (i=1, j=passwordCharIndex) up to (i=passwordCharIndex, j=passwordCharIndex).
          // see if adding these new matches to any of the sequences in optimal[i-1]
          // leads to new bests.
          match = this.makeBruteforceMatch(i, passwordCharIndex);
          const tmp = this.optimal.bestMatches[i - 1];
          Object.keys(tmp).forEach(sequenceLengthStr => {
            const sequenceLength = parseInt(sequenceLengthStr, 10);
            const lastMatch = tmp[sequenceLength];
            // corner: an optimal sequence will never have two adjacent bruteforce matches.
            // it is strictly better to have a single bruteforce match spanning the same region:
            // same contribution to the guess product with a lower length.
            // --> safe to skip those cases.
            if (lastMatch.pattern !== 'bruteforce') {
              // try adding bestMatches to this length-sequenceLength sequence.
              this.update(match, sequenceLength + 1);
            }
          });
        }
      }
      // helper: step backwards through optimal.bestMatches starting at the end,
      // constructing the final optimal match sequence.
      unwind(passwordLength) {
        const optimalMatchSequence = [];
        let k = passwordLength - 1;
        // find the final best sequence length and score
        let sequenceLength = 0;
        // eslint-disable-next-line no-loss-of-precision
        let g = 2e308;
        const temp = this.optimal.totalGuesses[k];
        // safety check for empty passwords
        if (temp) {
          Object.keys(temp).forEach(candidateSequenceLengthStr => {
            const candidateSequenceLength = parseInt(candidateSequenceLengthStr, 10);
            const candidateMetricMatch = temp[candidateSequenceLength];
            if (candidateMetricMatch < g) {
              sequenceLength = candidateSequenceLength;
              g = candidateMetricMatch;
            }
          });
        }
        while (k >= 0) {
          const match = this.optimal.bestMatches[k][sequenceLength];
          optimalMatchSequence.unshift(match);
          k = match.i - 1;
          sequenceLength -= 1;
        }
        return optimalMatchSequence;
      }
      // ------------------------------------------------------------------------------
      // search --- most guessable match sequence -------------------------------------
      // ------------------------------------------------------------------------------
      //
      // takes a sequence of overlapping matches, returns the non-overlapping sequence with
      // minimum guesses. the following is a O(l_max * (n + m)) dynamic programming algorithm
      // for a length-n password with m candidate matches. l_max is the maximum optimal
      // sequence length spanning each prefix of the password. In practice it rarely exceeds 5 and the
      // search terminates rapidly.
      //
      // the optimal "minimum guesses" sequence is here defined to be the sequence that
      // minimizes the following function:
      //
      //    totalGuesses = sequenceLength! * Product(m.guesses for m in sequence) + D^(sequenceLength - 1)
      //
      // where sequenceLength is the length of the sequence.
      //
      // the factorial term is the number of ways to order sequenceLength patterns.
      //
      // the D^(sequenceLength-1) term is another length penalty, roughly capturing the idea that an
      // attacker will try lower-length sequences first before trying length-sequenceLength sequences.
      //
      // for example, consider a sequence that is date-repeat-dictionary.
      //  - an attacker would need to try other date-repeat-dictionary combinations,
      //    hence the product term.
      //  - an attacker would need to try repeat-date-dictionary, dictionary-repeat-date,
      //    ..., hence the factorial term.
      //  - an attacker would also likely try length-1 (dictionary) and length-2 (dictionary-date)
      //    sequences before length-3. assuming at minimum D guesses per pattern type,
      //    D^(sequenceLength-1) approximates Sum(D^i for i in [1..sequenceLength-1]
      //
      // ------------------------------------------------------------------------------
      mostGuessableMatchSequence(password, matches, excludeAdditive = false) {
        this.password = password;
        this.excludeAdditive = excludeAdditive;
        const passwordLength = password.length;
        // partition matches into sublists according to ending index j
        let matchesByCoordinateJ = this.fillArray(passwordLength, 'array');
        matches.forEach(match => {
          matchesByCoordinateJ[match.j].push(match);
        });
        // small detail: for deterministic output, sort each sublist by i.
        matchesByCoordinateJ = matchesByCoordinateJ.map(match => match.sort((m1, m2) => m1.i - m2.i));
        this.optimal = {
          // optimal.bestMatches[k][sequenceLength] holds final match in the best length-sequenceLength
          // match sequence covering the
          // password prefix up to k, inclusive.
          // if there is no length-sequenceLength sequence that scores better (fewer guesses) than
          // a shorter match sequence spanning the same prefix,
          // optimal.bestMatches[k][sequenceLength] is undefined.
          bestMatches: this.fillArray(passwordLength, 'object'),
          // same structure as optimal.bestMatches -- holds the product term Prod(bestMatches.guesses for bestMatches in sequence).
          // optimal.guessesProduct allows for fast (non-looping) updates to the minimization function.
          guessesProduct: this.fillArray(passwordLength, 'object'),
          // same structure as optimal.bestMatches -- holds the overall metric.
          totalGuesses: this.fillArray(passwordLength, 'object')
        };
        for (let k = 0; k < passwordLength; k += 1) {
          matchesByCoordinateJ[k].forEach(match => {
            if (match.i > 0) {
              const prevM = this.optimal.bestMatches[match.i - 1];
              Object.keys(prevM).forEach(sequenceLengthStr => {
                const sequenceLength = parseInt(sequenceLengthStr, 10);
                this.update(match, sequenceLength + 1);
              });
            } else {
              this.update(match, 1);
            }
          });
          this.bruteforceUpdate(k);
        }
        const optimalMatchSequence = this.unwind(passwordLength);
        const optimalSequenceLength = optimalMatchSequence.length;
        const guesses = this.getGuesses(password, optimalSequenceLength);
        return {
          password,
          guesses,
          guessesLog10: utils.log10(guesses),
          sequence: optimalMatchSequence
        };
      }
      getGuesses(password, optimalSequenceLength) {
        const passwordLength = password.length;
        if (password.length === 0) {
          return 1;
        } else {
          return this.optimal.totalGuesses[passwordLength - 1][optimalSequenceLength];
        }
      }
    }

    /*
     *-------------------------------------------------------------------------------
     * repeats (aaa, abcabcabc) ------------------------------
     *-------------------------------------------------------------------------------
     */
    class MatchRepeat extends MatcherBaseClass {
      constructor(options) {
        super(options);
        this.scoring = new Scoring(options);
      }
      // eslint-disable-next-line max-statements
      match({
        password,
        omniMatch
      }) {
        const matches = [];
        let lastIndex = 0;
        while (lastIndex < password.length) {
          const greedyMatch = this.getGreedyMatch(password, lastIndex);
          const lazyMatch = this.getLazyMatch(password, lastIndex);
          if (greedyMatch == null) {
            break;
          }
          const {
            match,
            baseToken
          } = this.setMatchToken(greedyMatch, lazyMatch);
          if (match) {
            const j = match.index + match[0].length - 1;
            const baseGuesses = this.getBaseGuesses(baseToken, omniMatch);
            matches.push(this.normalizeMatch(baseToken, j, match, baseGuesses));
            lastIndex = j + 1;
          }
        }
        const hasPromises = matches.some(match => {
          return match instanceof Promise;
        });
        if (hasPromises) {
          // eslint-disable-next-line @typescript-eslint/await-thenable
          return Promise.all(matches);
        }
        return matches;
      }
      // eslint-disable-next-line max-params
      normalizeMatch(baseToken, j, match, baseGuesses) {
        const baseMatch = {
          pattern: 'repeat',
          i: match.index,
          j,
          token: match[0],
          baseToken,
          baseGuesses: 0,
          repeatCount: match[0].length / baseToken.length
        };
        if (baseGuesses instanceof Promise) {
          return baseGuesses.then(resolvedBaseGuesses => {
            return {
              ...baseMatch,
              baseGuesses: resolvedBaseGuesses
            };
          });
        }
        return {
          ...baseMatch,
          baseGuesses
        };
      }
      getGreedyMatch(password, lastIndex) {
        const greedy = /(.+)\1+/g;
        greedy.lastIndex = lastIndex;
        return greedy.exec(password);
      }
      getLazyMatch(password, lastIndex) {
        const lazy = /(.+?)\1+/g;
        lazy.lastIndex = lastIndex;
        return lazy.exec(password);
      }
      setMatchToken(greedyMatch, lazyMatch) {
        const lazyAnchored = /^(.+?)\1+$/;
        let match;
        let baseToken = '';
        if (lazyMatch && greedyMatch[0].length > lazyMatch[0].length) {
          // greedy beats lazy for 'aabaab'
          // greedy: [aabaab, aab]
          // lazy:   [aa,     a]
          match = greedyMatch;
          // greedy's repeated string might itself be repeated, eg.
          // aabaab in aabaabaabaab.
          // run an anchored lazy match on greedy's repeated string
          // to find the shortest repeated string
          const temp = lazyAnchored.exec(match[0]);
          if (temp) {
            baseToken = temp[1];
          }
        } else {
          // lazy beats greedy for 'aaaaa'
          // greedy: [aaaa,  aa]
          // lazy:   [aaaaa, a]
          match = lazyMatch;
          if (match) {
            baseToken = match[1];
          }
        }
        return {
          match,
          baseToken
        };
      }
      getBaseGuesses(baseToken, omniMatch) {
        const matches = omniMatch.match(baseToken);
        if (matches instanceof Promise) {
          return matches.then(resolvedMatches => {
            const baseAnalysis = this.scoring.mostGuessableMatchSequence(baseToken, resolvedMatches);
            return baseAnalysis.guesses;
          });
        }
        const baseAnalysis = this.scoring.mostGuessableMatchSequence(baseToken, matches);
        return baseAnalysis.guesses;
      }
    }

    /*
     *-------------------------------------------------------------------------------
     * sequences (abcdef) ------------------------------
     *-------------------------------------------------------------------------------
     */
    class MatchSequence extends MatcherBaseClass {
      constructor() {
        super(...arguments);
        this.MAX_DELTA = 5;
      }
      // eslint-disable-next-line max-statements
      match({
        password
      }) {
        /*
         * Identifies sequences by looking for repeated differences in unicode codepoint.
         * this allows skipping, such as 9753, and also matches some extended unicode sequences
         * such as Greek and Cyrillic alphabets.
         *
         * for example, consider the input 'abcdb975zy'
         *
         * password: a   b   c   d   b    9   7   5   z   y
         * index:    0   1   2   3   4    5   6   7   8   9
         * delta:      1   1   1  -2  -41  -2  -2  69   1
         *
         * expected result:
         * [(i, j, delta), ...] = [(0, 3, 1), (5, 7, -2), (8, 9, 1)]
         */
        const result = [];
        if (password.length === 1) {
          return [];
        }
        let i = 0;
        let lastDelta = null;
        const passwordLength = password.length;
        for (let k = 1; k < passwordLength; k += 1) {
          const delta = password.charCodeAt(k) - password.charCodeAt(k - 1);
          if (lastDelta === null) {
            lastDelta = delta;
          }
          if (delta !== lastDelta) {
            const j = k - 1;
            this.update({
              i,
              j,
              delta: lastDelta,
              password,
              result
            });
            i = j;
            lastDelta = delta;
          }
        }
        this.update({
          i,
          j: passwordLength - 1,
          delta: lastDelta,
          password,
          result
        });
        return result;
      }
      update({
        i,
        j,
        delta,
        password,
        result
      }) {
        if (j - i > 1 || Math.abs(delta) === 1) {
          const absoluteDelta = Math.abs(delta);
          if (absoluteDelta > 0 && absoluteDelta <= this.MAX_DELTA) {
            const token = password.slice(i, j + 1 || 9e9);
            const {
              sequenceName,
              sequenceSpace
            } = this.getSequence(token);
            return result.push({
              pattern: 'sequence',
              i,
              j,
              token: password.slice(i, j + 1 || 9e9),
              sequenceName,
              sequenceSpace,
              ascending: delta > 0
            });
          }
        }
        return null;
      }
      getSequence(token) {
        // TODO conservatively stick with roman alphabet size.
        //  (this could be improved)
        let sequenceName = 'unicode';
        let sequenceSpace = 26;
        if (ALL_LOWER.test(token)) {
          sequenceName = 'lower';
          sequenceSpace = 26;
        } else if (ALL_UPPER.test(token)) {
          sequenceName = 'upper';
          sequenceSpace = 26;
        } else if (ALL_DIGIT.test(token)) {
          sequenceName = 'digits';
          sequenceSpace = 10;
        }
        return {
          sequenceName,
          sequenceSpace
        };
      }
    }

    /*
     * ------------------------------------------------------------------------------
     * spatial match (qwerty/dvorak/keypad and so on) -----------------------------------------
     * ------------------------------------------------------------------------------
     */
    class MatchSpatial extends MatcherBaseClass {
      constructor() {
        super(...arguments);
        this.SHIFTED_RX = /[~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?]/;
      }
      match({
        password
      }) {
        const matches = [];
        Object.keys(this.options.graphs).forEach(graphName => {
          const graph = this.options.graphs[graphName];
          extend(matches, this.helper(password, graph, graphName));
        });
        return sorted(matches);
      }
      checkIfShifted(graphName, password, index) {
        if (!graphName.includes('keypad') &&
        // initial character is shifted
        this.SHIFTED_RX.test(password.charAt(index))) {
          return 1;
        }
        return 0;
      }
      // eslint-disable-next-line complexity, max-statements
      helper(password, graph, graphName) {
        let shiftedCount;
        const matches = [];
        let i = 0;
        const passwordLength = password.length;
        while (i < passwordLength - 1) {
          let j = i + 1;
          let lastDirection = null;
          let turns = 0;
          shiftedCount = this.checkIfShifted(graphName, password, i);
          while (true) {
            const prevChar = password.charAt(j - 1);
            const adjacents = graph[prevChar] || [];
            let found = false;
            let curDirection = -1;
            // consider growing pattern by one character if j hasn't gone over the edge.
            if (j < passwordLength) {
              const curChar = password.charAt(j);
              const adjacentsLength = adjacents.length;
              for (let k = 0; k < adjacentsLength; k += 1) {
                const adjacent = adjacents[k];
                curDirection += 1;
                // eslint-disable-next-line max-depth
                if (adjacent) {
                  const adjacentIndex = adjacent.indexOf(curChar);
                  // eslint-disable-next-line max-depth
                  if (adjacentIndex !== -1) {
                    found = true;
                    // eslint-disable-next-line max-depth
                    if (adjacentIndex === 1) {
                      // # index 1 in the adjacency means the key is shifted,
                      // # 0 means unshifted: A vs a, % vs 5, etc.
                      // # for example, 'q' is adjacent to the entry '2@'.
                      // # @ is shifted w/ index 1, 2 is unshifted.
                      shiftedCount += 1;
                    }
                    const foundDirection = curDirection;
                    // eslint-disable-next-line max-depth
                    if (lastDirection !== foundDirection) {
                      // # adding a turn is correct even in the initial
                      // case when last_direction is null:
                      // # every spatial pattern starts with a turn.
                      turns += 1;
                      lastDirection = foundDirection;
                    }
                    break;
                  }
                }
              }
            }
            // if the current pattern continued, extend j and try to grow again
            if (found) {
              j += 1;
              // otherwise push the pattern discovered so far, if any...
            } else {
              // don't consider length 1 or 2 chains.
              if (j - i > 2) {
                matches.push({
                  pattern: 'spatial',
                  i,
                  j: j - 1,
                  token: password.slice(i, j),
                  graph: graphName,
                  turns,
                  shiftedCount
                });
              }
              // ...and then start a new search for the rest of the password.
              i = j;
              break;
            }
          }
        }
        return matches;
      }
    }

    const separatorRegex = new RegExp(`[${SEPERATOR_CHARS.join('')}]`);
    /*
     *-------------------------------------------------------------------------------
     * separators (any semi-repeated special character) -----------------------------
     *-------------------------------------------------------------------------------
     */
    class MatchSeparator extends MatcherBaseClass {
      static getMostUsedSeparatorChar(password) {
        const mostUsedSeperators = [...password.split('').filter(c => separatorRegex.test(c)).reduce((memo, c) => {
          const m = memo.get(c);
          if (m) {
            memo.set(c, parseInt(m, 10) + 1);
          } else {
            memo.set(c, 1);
          }
          return memo;
        }, new Map()).entries()].sort(([_a, a], [_b, b]) => b - a);
        if (!mostUsedSeperators.length) return undefined;
        const match = mostUsedSeperators[0];
        // If the special character is only used once, don't treat it like a separator
        if (match[1] < 2) return undefined;
        return match[0];
      }
      static getSeparatorRegex(separator) {
        const escaped = separator.replace(ESCAPE_REGEX, '\\$&');
        return new RegExp(`([^${escaped}\n])(${escaped})(?!${escaped})`, 'g');
        // negative lookbehind can be added again in a few years when it is more supported by the browsers (currently 2023)
        // https://github.com/zxcvbn-ts/zxcvbn/issues/202
        // return new RegExp(`(?<!${separator})(${separator})(?!${separator})`, 'g')
      }
      match({
        password
      }) {
        const result = [];
        if (password.length === 0) return result;
        const mostUsedSpecial = MatchSeparator.getMostUsedSeparatorChar(password);
        if (mostUsedSpecial === undefined) return result;
        const isSeparator = MatchSeparator.getSeparatorRegex(mostUsedSpecial);
        for (const match of password.matchAll(isSeparator)) {
          if (match.index === undefined) continue;
          // add one to the index because we changed the regex from negative lookbehind to something simple.
          // this simple approach uses the first character before the separater too but we only need the index of the separater
          // https://github.com/zxcvbn-ts/zxcvbn/issues/202
          const i = match.index + 1;
          result.push({
            pattern: 'separator',
            token: mostUsedSpecial,
            i,
            j: i
          });
        }
        return result;
      }
    }

    /*
     *-------------------------------------------------------------------------------
     * word sequences (oneTwoThree, fourFiveSix) ------------------------------
     *-------------------------------------------------------------------------------
     */
    class MatchWordSequence extends MatcherBaseClass {
      constructor(options) {
        super(options);
        this.dictionary = new MatchDictionary(this.options, true);
        this.dictionaryL33t = new MatchL33t(this.options, true);
        this.dictionaryReverse = new MatchReverse(this.options, true);
      }
      match(matchOptions) {
        const {
          password
        } = matchOptions;
        // Get all dictionary matches first
        const dictionaryMatches = this.dictionary.match(matchOptions);
        const dictionaryL33tMatches = this.dictionaryL33t.match(matchOptions);
        const dictionaryReverseMatches = this.dictionaryReverse.match(matchOptions);
        const filteredDictionaryMatches = this.filterDictionaryMatches([...dictionaryMatches, ...dictionaryL33tMatches, ...dictionaryReverseMatches]);
        // Convert dictionary matches to our internal format
        const wordMatches = this.convertToWordMatches(filteredDictionaryMatches);
        // Find sequences of consecutive words
        return this.findWordSequences(wordMatches, password);
      }
      filterDictionaryMatches(matches) {
        // sort by start index, then by end index
        return [...matches].sort((a, b) => {
          if (a.i !== b.i) return a.i - b.i;
          if (a.j !== b.j) return a.j - b.j;
          // prefer forward over reversed
          if (a.reversed !== b.reversed) return a.reversed ? 1 : -1;
          // prefer non-l33t
          if (a.l33t !== b.l33t) return a.l33t ? 1 : -1;
          // prefer better rank
          return a.rank - b.rank;
        })
        // Keep only non-overlapping matches, favoring earlier ones
        .reduce((acc, match) => {
          const last = acc[acc.length - 1];
          if (!last || match.i > last.j) {
            acc.push(match);
          }
          return acc;
        }, []);
      }
      convertToWordMatches(dictionaryMatches) {
        return dictionaryMatches.map(match => ({
          word: match.matchedWord,
          i: match.i,
          j: match.j,
          rank: match.rank,
          dictionaryName: match.dictionaryName
        }));
      }
      findWordSequences(wordMatches, password) {
        const sequences = [];
        if (wordMatches.length === 0) {
          return sequences;
        }
        // Sort matches by start position
        const sortedMatches = [...wordMatches].sort((a, b) => a.i - b.i);
        // Find all possible sequences
        for (let startIdx = 0; startIdx < sortedMatches.length; startIdx += 1) {
          const sequencesFromStart = this.findSequencesFromStart(sortedMatches, startIdx, password);
          sequences.push(...sequencesFromStart);
        }
        return sequences;
      }
      // eslint-disable-next-line max-statements
      findSequencesFromStart(sortedMatches, startIdx, password) {
        const sequences = [];
        const startMatch = sortedMatches[startIdx];
        // Start with single word sequence
        let currentSequence = [startMatch];
        let currentEnd = startMatch.j;
        // Try to extend the sequence
        for (let nextIdx = startIdx + 1; nextIdx < sortedMatches.length; nextIdx += 1) {
          const nextMatch = sortedMatches[nextIdx];
          // Only extend if the next word can form a valid sequence
          if (this.isValidWordSequence(currentSequence, nextMatch, password)) {
            currentSequence.push(nextMatch);
            currentEnd = nextMatch.j;
          } else if (nextMatch.i > currentEnd) {
            // Gap found, save current sequence and start new one
            if (currentSequence.length > 1) {
              sequences.push(this.createWordSequenceMatch(currentSequence, password));
            }
            currentSequence = [nextMatch];
            currentEnd = nextMatch.j;
          }
          // If nextMatch.i <= currentEnd, it overlaps, so we skip it
        }
        // Don't forget the last sequence
        if (currentSequence.length > 1) {
          sequences.push(this.createWordSequenceMatch(currentSequence, password));
        }
        return sequences;
      }
      isValidWordSequence(currentSequence, nextMatch, password) {
        // Get the text between the last word and the next word
        const lastWord = currentSequence[currentSequence.length - 1];
        const textBetween = password.slice(lastWord.j + 1, nextMatch.i);
        // Check for common word separators
        const separators = ['', ' ', '-', '_', '.', ''];
        // For simple concatenation (no separator)
        const isSimpleConcat = textBetween === '';
        // For snake_case or kebab-case, check for separators
        const hasValidSeparator = separators.some(sep => textBetween === sep);
        // For camelCase, we need to check if the next word starts with uppercase
        // and there's no separator (or just a single character that could be uppercase)
        const isCamelCase = textBetween.length === 1 && textBetween === textBetween.toUpperCase() && textBetween !== textBetween.toLowerCase();
        return hasValidSeparator || isSimpleConcat || isCamelCase;
      }
      createWordSequenceMatch(sequence, password) {
        const firstMatch = sequence[0];
        const lastMatch = sequence[sequence.length - 1];
        const words = sequence.map(match => match.word);
        // Determine if sequence is ascending (by rank)
        const ranks = sequence.map(match => match.rank);
        const ascending = ranks.every((rank, i) => i === 0 || rank >= ranks[i - 1]);
        // Use the most common dictionary name, or the first one
        const dictionaryNames = sequence.map(match => match.dictionaryName);
        const dictionaryName = this.getMostCommon(dictionaryNames) || firstMatch.dictionaryName;
        return {
          pattern: 'wordSequence',
          i: firstMatch.i,
          j: lastMatch.j,
          token: password.slice(firstMatch.i, lastMatch.j + 1),
          words,
          wordCount: words.length,
          dictionaryName,
          ascending
        };
      }
      getMostCommon(array) {
        if (array.length === 0) return null;
        const counts = new Map();
        let maxCount = 0;
        let mostCommon = null;
        array.forEach(item => {
          const count = (counts.get(item) || 0) + 1;
          counts.set(item, count);
          if (count > maxCount) {
            maxCount = count;
            mostCommon = item;
          }
        });
        return mostCommon;
      }
    }

    /*
     * -------------------------------------------------------------------------------
     *  Omnimatch combine matchers ---------------------------------------------------------------
     * -------------------------------------------------------------------------------
     */
    class Matching {
      constructor(options) {
        this.options = options;
        this.matchers = {};
        this.matchers = {
          date: new MatchDate(this.options),
          dictionary: new MatchDictionary(this.options),
          dictionaryL33t: new MatchL33t(this.options),
          dictionaryReverse: new MatchReverse(this.options),
          regex: new MatchRegex(this.options),
          repeat: new MatchRepeat(this.options),
          sequence: new MatchSequence(this.options),
          spatial: new MatchSpatial(this.options),
          separator: new MatchSeparator(this.options),
          wordSequence: new MatchWordSequence(this.options)
        };
        Object.entries(this.options.matchers).forEach(([key, Matcher]) => {
          this.matchers[key] = new Matcher.Matching(this.options);
        });
      }
      processResult(matches, promises, result) {
        if (result instanceof Promise) {
          const wrappedPromise = result.then(response => {
            extend(matches, response);
            return response;
          });
          promises.push(wrappedPromise);
        } else {
          extend(matches, result);
        }
      }
      handlePromises(matches, promises) {
        if (promises.length > 0) {
          return new Promise((resolve, reject) => {
            Promise.all(promises).then(() => {
              resolve(sorted(matches));
            }).catch(error => {
              // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
              reject(error);
            });
          });
        }
        return sorted(matches);
      }
      match(password, userInputsOptions) {
        const matches = [];
        const promises = [];
        Object.values(this.matchers).forEach(matcher => {
          const result = matcher.match({
            password,
            omniMatch: this,
            userInputsOptions
          });
          // extends matches and promises by references
          this.processResult(matches, promises, result);
        });
        return this.handlePromises(matches, promises);
      }
    }

    const SECOND = 1;
    const MINUTE = SECOND * 60;
    const HOUR = MINUTE * 60;
    const DAY = HOUR * 24;
    const MONTH = DAY * 31;
    const YEAR = MONTH * 12;
    const CENTURY = YEAR * 100;
    const times = {
      second: SECOND,
      minute: MINUTE,
      hour: HOUR,
      day: DAY,
      month: MONTH,
      year: YEAR,
      century: CENTURY
    };
    const timeEstimationValuesDefaults = {
      scoring: {
        0: 1e3,
        1: 1e6,
        2: 1e8,
        3: 1e10
      },
      attackTime: {
        onlineThrottlingXPerHour: 100,
        onlineNoThrottlingXPerSecond: 10,
        offlineSlowHashingXPerSecond: 1e4,
        offlineFastHashingXPerSecond: 1e10
      }
    };
    /*
     * -------------------------------------------------------------------------------
     *  Estimates time for an attacker ---------------------------------------------------------------
     * -------------------------------------------------------------------------------
     */
    class TimeEstimates {
      constructor(options) {
        this.options = options;
      }
      estimateAttackTimes(guesses) {
        const crackTimesSeconds = this.calculateCrackTimesSeconds(guesses);
        const crackTimes = {};
        Object.keys(crackTimesSeconds).forEach(crackTime => {
          const usedScenario = crackTime;
          const seconds = crackTimesSeconds[usedScenario];
          const {
            base,
            displayStr
          } = this.displayTime(seconds);
          crackTimes[usedScenario] = {
            base,
            seconds,
            display: this.translate(displayStr, base)
          };
        });
        return {
          crackTimes,
          score: this.guessesToScore(guesses)
        };
      }
      calculateCrackTimesSeconds(guesses) {
        const attackTimesOptions = this.options.timeEstimationValues.attackTime;
        return {
          onlineThrottlingXPerHour: guesses / (attackTimesOptions.onlineThrottlingXPerHour / 3600),
          onlineNoThrottlingXPerSecond: guesses / attackTimesOptions.onlineNoThrottlingXPerSecond,
          offlineSlowHashingXPerSecond: guesses / attackTimesOptions.offlineSlowHashingXPerSecond,
          offlineFastHashingXPerSecond: guesses / attackTimesOptions.offlineFastHashingXPerSecond
        };
      }
      guessesToScore(guesses) {
        const scoringOptions = this.options.timeEstimationValues.scoring;
        const DELTA = 5;
        if (guesses < scoringOptions[0] + DELTA) {
          // risky password: "too guessable"
          return 0;
        }
        if (guesses < scoringOptions[1] + DELTA) {
          // modest protection from throttled online attacks: "very guessable"
          return 1;
        }
        if (guesses < scoringOptions[2] + DELTA) {
          // modest protection from unthrottled online attacks: "somewhat guessable"
          return 2;
        }
        if (guesses < scoringOptions[3] + DELTA) {
          // modest protection from offline attacks: "safely unguessable"
          // assuming a salted, slow hash function like bcrypt, scrypt, PBKDF2, argon, etc
          return 3;
        }
        // strong protection from offline attacks under same scenario: "very unguessable"
        return 4;
      }
      displayTime(seconds) {
        let displayStr = 'centuries';
        let base = null;
        const timeKeys = Object.keys(times);
        const foundIndex = timeKeys.findIndex(time => seconds < times[time]);
        if (foundIndex > -1) {
          displayStr = timeKeys[foundIndex - 1];
          if (foundIndex !== 0) {
            base = Math.round(seconds / times[displayStr]);
          } else {
            displayStr = 'ltSecond';
          }
        }
        return {
          base,
          displayStr
        };
      }
      translate(displayStr, value) {
        let key = displayStr;
        if (value !== null && value !== 1) {
          key += 's';
        }
        const {
          timeEstimation
        } = this.options.translations;
        const translation = timeEstimation[key];
        if (typeof translation === 'function') {
          return translation(value);
        }
        return translation.replace('{base}', `${value}`);
      }
    }

    var bruteforceMatcher = () => {
      return null;
    };

    var dateMatcher = options => {
      return {
        warning: options.translations.warnings.dates,
        suggestions: [options.translations.suggestions.dates]
      };
    };

    const getDictionaryWarningPassword = (options, match, isSoleMatch) => {
      let warning = null;
      if (isSoleMatch && !match.l33t && !match.reversed) {
        if (match.rank <= 10) {
          warning = options.translations.warnings.topTen;
        } else if (match.rank <= 100) {
          warning = options.translations.warnings.topHundred;
        } else {
          warning = options.translations.warnings.common;
        }
      } else if (match.guessesLog10 <= 4) {
        warning = options.translations.warnings.similarToCommon;
      }
      return warning;
    };
    const getDictionaryWarningWikipedia = (options, match, isSoleMatch) => {
      let warning = null;
      if (isSoleMatch) {
        warning = options.translations.warnings.wordByItself;
      }
      return warning;
    };
    const getDictionaryWarningNames = (options, match, isSoleMatch) => {
      if (isSoleMatch) {
        return options.translations.warnings.namesByThemselves;
      }
      return options.translations.warnings.commonNames;
    };
    const getDictionaryWarning = (options, match, isSoleMatch) => {
      const dictName = match.dictionaryName;
      const isAName = dictName.toLowerCase().includes('lastnames') || dictName.toLowerCase().includes('firstnames') || dictName.toLowerCase().includes('names');
      if (dictName.includes('passwords')) {
        return getDictionaryWarningPassword(options, match, isSoleMatch);
      }
      if (dictName.includes('wikipedia')) {
        return getDictionaryWarningWikipedia(options, match, isSoleMatch);
      }
      if (isAName) {
        return getDictionaryWarningNames(options, match, isSoleMatch);
      }
      if (dictName.includes('userInputs')) {
        return options.translations.warnings.userInputs;
      }
      return null;
    };
    var dictionaryMatcher = (options, match, isSoleMatch) => {
      const warning = getDictionaryWarning(options, match, isSoleMatch);
      const suggestions = [];
      const word = match.token;
      if (word.match(START_UPPER)) {
        suggestions.push(options.translations.suggestions.capitalization);
      } else if (word.match(ALL_UPPER_INVERTED) && word.toLowerCase() !== word) {
        suggestions.push(options.translations.suggestions.allUppercase);
      }
      if (match.reversed && match.token.length >= 4) {
        suggestions.push(options.translations.suggestions.reverseWords);
      }
      if (match.l33t) {
        suggestions.push(options.translations.suggestions.l33t);
      }
      return {
        warning,
        suggestions
      };
    };

    var regexMatcher = (options, match) => {
      if (match.regexName === 'recentYear') {
        return {
          warning: options.translations.warnings.recentYears,
          suggestions: [options.translations.suggestions.recentYears, options.translations.suggestions.associatedYears]
        };
      }
      return {
        warning: null,
        suggestions: []
      };
    };

    var repeatMatcher = (options, match) => {
      let warning = options.translations.warnings.extendedRepeat;
      if (match.baseToken.length === 1) {
        warning = options.translations.warnings.simpleRepeat;
      }
      return {
        warning,
        suggestions: [options.translations.suggestions.repeated]
      };
    };

    var sequenceMatcher = options => {
      return {
        warning: options.translations.warnings.sequences,
        suggestions: [options.translations.suggestions.sequences]
      };
    };

    var spatialMatcher = (options, match) => {
      let warning = options.translations.warnings.keyPattern;
      if (match.turns === 1) {
        warning = options.translations.warnings.straightRow;
      }
      return {
        warning,
        suggestions: [options.translations.suggestions.longerKeyboardPattern]
      };
    };

    var separatorMatcher = () => {
      // no suggestions
      return null;
    };

    var wordSequenceMatcher = (options, match) => {
      if (match.pattern !== 'wordSequence') {
        return null;
      }
      let warning = null;
      const suggestions = [];
      // Warning for common word sequences
      if (match.wordCount >= 3) {
        warning = options.translations.warnings.sequences;
      }
      // Suggestions based on sequence characteristics
      if (match.ascending) {
        suggestions.push(options.translations.suggestions.sequences);
      } else {
        suggestions.push(options.translations.suggestions.anotherWord);
      }
      if (match.wordCount > 2) {
        suggestions.push(options.translations.suggestions.useWords);
      }
      return {
        warning,
        suggestions
      };
    };

    const createFeedback = suggestions => ({
      warning: null,
      suggestions: suggestions !== null && suggestions !== void 0 ? suggestions : []
    });
    /*
     * -------------------------------------------------------------------------------
     *  Generate feedback ---------------------------------------------------------------
     * -------------------------------------------------------------------------------
     */
    class Feedback {
      constructor(options) {
        this.options = options;
        this.matchers = {};
        this.matchers = {
          bruteforce: bruteforceMatcher,
          date: dateMatcher,
          dictionary: dictionaryMatcher,
          regex: regexMatcher,
          repeat: repeatMatcher,
          sequence: sequenceMatcher,
          spatial: spatialMatcher,
          separator: separatorMatcher,
          wordSequence: wordSequenceMatcher
        };
        Object.entries(this.options.matchers).forEach(([key, matcher]) => {
          if (matcher.feedback) {
            this.matchers[key] = matcher.feedback;
          }
        });
      }
      getFeedback(score, sequence) {
        if (sequence.length === 0) {
          return createFeedback([this.options.translations.suggestions.useWords, this.options.translations.suggestions.noNeed]);
        }
        if (score > 2) {
          return createFeedback();
        }
        const extraFeedback = this.options.translations.suggestions.anotherWord;
        const longestMatch = this.getLongestMatch(sequence);
        let feedback = this.getMatchFeedback(longestMatch, sequence.length === 1);
        if (feedback !== null && feedback !== undefined) {
          feedback.suggestions.unshift(extraFeedback);
        } else {
          feedback = createFeedback([extraFeedback]);
        }
        return feedback;
      }
      getLongestMatch(sequence) {
        let longestMatch = sequence[0];
        // ignore first entry
        for (let i = 1; i < sequence.length; i += 1) {
          const match = sequence[i];
          if (match.token.length > longestMatch.token.length) {
            longestMatch = match;
          }
        }
        return longestMatch;
      }
      getMatchFeedback(match, isSoleMatch) {
        if (this.matchers[match.pattern]) {
          return this.matchers[match.pattern](this.options, match, isSoleMatch);
        }
        return createFeedback();
      }
    }

    var l33tTable = {
      a: ['4', '@'],
      b: ['8'],
      c: ['(', '{', '[', '<'],
      d: ['6', '|)'],
      e: ['3'],
      f: ['#'],
      g: ['6', '9', '&'],
      h: ['#', '|-|'],
      i: ['1', '!', '|'],
      k: ['<', '|<'],
      l: ['!', '1', '|', '7'],
      m: ['^^', 'nn', '2n', '/\\\\/\\\\'],
      n: ['//'],
      o: ['0', '()'],
      q: ['9'],
      u: ['|_|'],
      s: ['$', '5'],
      t: ['+', '7'],
      v: ['<', '>', '/'],
      w: ['^/', 'uu', 'vv', '2u', '2v', '\\\\/\\\\/'],
      x: ['%', '><'],
      z: ['2']
    };

    var translationKeys = {
      warnings: {
        straightRow: 'straightRow',
        keyPattern: 'keyPattern',
        simpleRepeat: 'simpleRepeat',
        extendedRepeat: 'extendedRepeat',
        sequences: 'sequences',
        recentYears: 'recentYears',
        dates: 'dates',
        topTen: 'topTen',
        topHundred: 'topHundred',
        common: 'common',
        similarToCommon: 'similarToCommon',
        wordByItself: 'wordByItself',
        namesByThemselves: 'namesByThemselves',
        commonNames: 'commonNames',
        userInputs: 'userInputs',
        pwned: 'pwned'
      },
      suggestions: {
        l33t: 'l33t',
        reverseWords: 'reverseWords',
        allUppercase: 'allUppercase',
        capitalization: 'capitalization',
        dates: 'dates',
        recentYears: 'recentYears',
        associatedYears: 'associatedYears',
        sequences: 'sequences',
        repeated: 'repeated',
        longerKeyboardPattern: 'longerKeyboardPattern',
        anotherWord: 'anotherWord',
        useWords: 'useWords',
        noNeed: 'noNeed',
        pwned: 'pwned'
      },
      timeEstimation: {
        ltSecond: 'ltSecond',
        second: 'second',
        seconds: 'seconds',
        minute: 'minute',
        minutes: 'minutes',
        hour: 'hour',
        hours: 'hours',
        day: 'day',
        days: 'days',
        month: 'month',
        months: 'months',
        year: 'year',
        years: 'years',
        centuries: 'centuries'
      }
    };

    class TrieNode {
      constructor(parents = []) {
        this.parents = parents;
        this.children = new Map();
      }
      addSub(key, ...subs) {
        const firstChar = key.charAt(0);
        if (!this.children.has(firstChar)) {
          this.children.set(firstChar, new TrieNode([...this.parents, firstChar]));
        }
        let cur = this.children.get(firstChar);
        for (let i = 1; i < key.length; i += 1) {
          const c = key.charAt(i);
          if (!cur.hasChild(c)) {
            cur.addChild(c);
          }
          cur = cur.getChild(c);
        }
        cur.subs = (cur.subs || []).concat(subs);
        return this;
      }
      getChild(child) {
        return this.children.get(child);
      }
      isTerminal() {
        return !!this.subs;
      }
      addChild(child) {
        if (!this.hasChild(child)) {
          this.children.set(child, new TrieNode([...this.parents, child]));
        }
      }
      hasChild(child) {
        return this.children.has(child);
      }
    }

    var l33tTableToTrieNode = (l33tTable, triNode) => {
      Object.entries(l33tTable).forEach(([letter, substitutions]) => {
        substitutions.forEach(substitution => {
          triNode.addSub(substitution, letter);
        });
      });
      return triNode;
    };

    const checkL33tTable = l33tTable => {
      if (typeof l33tTable !== 'object' || l33tTable === null) {
        throw new Error('l33tTable must be an object');
      }
      Object.values(l33tTable).forEach(substitutions => {
        if (!Array.isArray(substitutions)) {
          throw new Error('l33tTable substitutions must be an array');
        }
        substitutions.forEach(substitution => {
          if (typeof substitution !== 'string') {
            throw new Error('l33tTable substitutions must be strings');
          }
        });
      });
    };
    const checkDictionary = dictionary => {
      if (typeof dictionary !== 'object' || dictionary === null) {
        throw new Error('dictionary must be an object');
      }
      Object.values(dictionary).forEach(list => {
        if (!Array.isArray(list)) {
          throw new Error('dictionary list must be an array');
        }
        list.forEach(el => {
          if (typeof el !== 'string' && typeof el !== 'number') {
            throw new Error('dictionary entries must be strings or numbers');
          }
        });
      });
    };
    const checkGraphs = graphs => {
      if (typeof graphs !== 'object' || graphs === null) {
        throw new Error('graphs must be an object');
      }
      Object.values(graphs).forEach(graph => {
        if (typeof graph !== 'object' || graph === null) {
          throw new Error('graph must be an object');
        }
        Object.values(graph).forEach(adjacencies => {
          if (!Array.isArray(adjacencies)) {
            throw new Error('graph adjacencies must be an array');
          }
          adjacencies.forEach(adjacency => {
            if (typeof adjacency !== 'string' && adjacency !== null) {
              throw new Error('graph adjacency must be a string or null');
            }
          });
        });
      });
    };
    const checkUseLevenshteinDistance = useLevenshteinDistance => {
      if (typeof useLevenshteinDistance !== 'boolean') {
        throw new Error('useLevenshteinDistance must be a boolean');
      }
    };
    const checkLevenshteinThreshold = levenshteinThreshold => {
      if (typeof levenshteinThreshold !== 'number' || levenshteinThreshold < 0) {
        throw new Error('levenshteinThreshold must be a non-negative number');
      }
    };
    const checkL33tMaxSubstitutions = l33tMaxSubstitutions => {
      if (typeof l33tMaxSubstitutions !== 'number' || l33tMaxSubstitutions < 0) {
        throw new Error('l33tMaxSubstitutions must be a non-negative number');
      }
    };
    const checkMaxLength = maxLength => {
      if (typeof maxLength !== 'number' || maxLength < 0) {
        throw new Error('maxLength must be a non-negative number');
      }
    };
    const checkMatcher = (name, matcher) => {
      if (typeof name !== 'string') {
        throw new Error('matcher name must be a string');
      }
      if (typeof matcher !== 'object' || matcher === null) {
        throw new Error(`matcher ${name} must be an object`);
      }
      if (typeof matcher.feedback !== 'function') {
        throw new Error(`matcher ${name}.feedback must be a function`);
      }
      if (typeof matcher.scoring !== 'function') {
        throw new Error(`matcher ${name}.scoring must be a function`);
      }
      if (typeof matcher.Matching !== 'function') {
        throw new Error(`matcher ${name}.Matching must be a constructor`);
      }
    };
    const checkCustomMatchers = customMatchers => {
      if (typeof customMatchers !== 'object' || customMatchers === null) {
        throw new Error('customMatchers must be an object');
      }
    };
    const checkCustomTranslations = translations => {
      let valid = true;
      Object.keys(translationKeys).forEach(type => {
        if (type in translations) {
          const translationType = type;
          Object.keys(translationKeys[translationType]).forEach(key => {
            if (!(key in translations[translationType])) {
              valid = false;
            }
            const translation = translations[translationType][key];
            if (typeof translation !== 'string' && typeof translation !== 'function') {
              valid = false;
            }
          });
        } else {
          valid = false;
        }
      });
      return valid;
    };
    const checkTimeEstimationValues = timeEstimationValues => {
      if (typeof timeEstimationValues !== 'object' || timeEstimationValues === null) {
        throw new Error('timeEstimationValues must be an object');
      }
      Object.keys(timeEstimationValuesDefaults).forEach(key => {
        if (!(key in timeEstimationValues)) {
          throw new Error(`timeEstimationValues.${key} is required`);
        }
        const data = timeEstimationValues[key];
        if (typeof data !== 'object' || data === null) {
          throw new Error(`timeEstimationValues.${key} must be an object`);
        }
        Object.keys(timeEstimationValuesDefaults[key]).forEach(subKey => {
          if (!(subKey in data)) {
            throw new Error(`timeEstimationValues.${key}.${subKey} is required`);
          }
          const value = data[subKey];
          if (typeof value !== 'number') {
            throw new Error(`timeEstimationValues.${key}.${subKey} must be a number`);
          }
          if (value < timeEstimationValuesDefaults[key][subKey]) {
            throw new Error('Time estimation values are not to be allowed to be less than default');
          }
        });
      });
    };

    class Options {
      constructor(options = {}, customMatchers = {}) {
        this.matchers = {};
        this.l33tTable = l33tTable;
        this.trieNodeRoot = l33tTableToTrieNode(l33tTable, new TrieNode());
        this.dictionary = {
          userInputs: []
        };
        this.rankedDictionaries = {};
        this.rankedDictionariesMaxWordSize = {};
        this.translations = translationKeys;
        this.graphs = {};
        this.useLevenshteinDistance = false;
        this.levenshteinThreshold = 2;
        this.l33tMaxSubstitutions = 100;
        this.maxLength = 256;
        this.wordSequenceNames = ['cardinalNumbers', 'ordinalNumbers', 'daysOfWeek', 'months', 'seasons', 'timePeriods', 'rainbowColors', 'directions', 'intermediateDirections', 'sizeProgression', 'militaryAlphabet', 'planets', 'zodiacSigns', 'chineseZodiac'];
        this.timeEstimationValues = {
          scoring: {
            ...timeEstimationValuesDefaults.scoring
          },
          attackTime: {
            ...timeEstimationValuesDefaults.attackTime
          }
        };
        checkCustomMatchers(customMatchers);
        this.setOptions(options);
        Object.entries(customMatchers).forEach(([name, matcher]) => {
          checkMatcher(name, matcher);
          this.addMatcher(name, matcher);
        });
      }
      isWordSequence(key) {
        return this.wordSequenceNames.some(name => key === name || key.startsWith(`${name}-`));
      }
      // eslint-disable-next-line max-statements,complexity
      setOptions(options = {}) {
        if (options.l33tTable) {
          checkL33tTable(options.l33tTable);
          this.l33tTable = options.l33tTable;
          this.trieNodeRoot = l33tTableToTrieNode(options.l33tTable, new TrieNode());
        }
        if (options.dictionary) {
          checkDictionary(options.dictionary);
          this.dictionary = options.dictionary;
          this.setRankedDictionaries();
        }
        if (options.translations) {
          this.setTranslations(options.translations);
        }
        if (options.graphs) {
          checkGraphs(options.graphs);
          this.graphs = options.graphs;
        }
        if (options.useLevenshteinDistance !== undefined) {
          checkUseLevenshteinDistance(options.useLevenshteinDistance);
          this.useLevenshteinDistance = options.useLevenshteinDistance;
        }
        if (options.levenshteinThreshold !== undefined) {
          checkLevenshteinThreshold(options.levenshteinThreshold);
          this.levenshteinThreshold = options.levenshteinThreshold;
        }
        if (options.l33tMaxSubstitutions !== undefined) {
          checkL33tMaxSubstitutions(options.l33tMaxSubstitutions);
          this.l33tMaxSubstitutions = options.l33tMaxSubstitutions;
        }
        if (options.maxLength !== undefined) {
          checkMaxLength(options.maxLength);
          this.maxLength = options.maxLength;
        }
        if (options.timeEstimationValues !== undefined) {
          checkTimeEstimationValues(options.timeEstimationValues);
          this.timeEstimationValues = {
            scoring: {
              ...options.timeEstimationValues.scoring
            },
            attackTime: {
              ...options.timeEstimationValues.attackTime
            }
          };
        }
      }
      setTranslations(translations) {
        if (checkCustomTranslations(translations)) {
          this.translations = translations;
        } else {
          throw new Error('Invalid translations object fallback to keys');
        }
      }
      setRankedDictionaries() {
        const rankedDictionaries = {};
        const rankedDictionariesMaxWorkSize = {};
        Object.keys(this.dictionary).forEach(name => {
          rankedDictionaries[name] = buildRankedDictionary(this.dictionary[name]);
          rankedDictionariesMaxWorkSize[name] = this.getRankedDictionariesMaxWordSize(this.dictionary[name]);
        });
        this.rankedDictionaries = rankedDictionaries;
        this.rankedDictionariesMaxWordSize = rankedDictionariesMaxWorkSize;
      }
      getRankedDictionariesMaxWordSize(list) {
        const data = list.map(el => {
          if (typeof el !== 'string') {
            return el.toString().length;
          }
          return el.length;
        });
        // do not use Math.max(...data) because it can result in max stack size error because every entry will be used as an argument
        if (data.length === 0) {
          return 0;
        }
        return data.reduce((a, b) => Math.max(a, b), -Infinity);
      }
      buildSanitizedRankedDictionary(list) {
        const sanitizedInputs = [];
        list.forEach(input => {
          const inputType = typeof input;
          if (inputType === 'string' || inputType === 'number' || inputType === 'boolean') {
            sanitizedInputs.push(input.toString().toLowerCase());
          }
        });
        return buildRankedDictionary(sanitizedInputs);
      }
      getUserInputsOptions(dictionary) {
        let rankedDictionary = {};
        let rankedDictionaryMaxWordSize = 0;
        if (dictionary) {
          rankedDictionary = this.buildSanitizedRankedDictionary(dictionary);
          rankedDictionaryMaxWordSize = this.getRankedDictionariesMaxWordSize(dictionary);
        }
        return {
          rankedDictionary,
          rankedDictionaryMaxWordSize
        };
      }
      addMatcher(name, matcher) {
        if (this.matchers[name]) {
          console.info(`Matcher ${name} already exists`);
        } else {
          this.matchers[name] = matcher;
        }
      }
    }

    /**
     * @link https://davidwalsh.name/javascript-debounce-function
     * @param func needs to implement a function which is debounced
     * @param wait how long do you want to wait till the previous declared function is executed
     * @param isImmediate defines if you want to execute the function on the first execution or the last execution inside the time window. `true` for first and `false` for last.
     */
    var debounce = (func, wait, isImmediate) => {
      let timeout;
      return function debounce(...args) {
        // eslint-disable-next-line @typescript-eslint/no-this-alias
        const context = this;
        const later = () => {
          timeout = undefined;
          if (!isImmediate) {
            func.apply(context, args);
          }
        };
        const shouldCallNow = isImmediate && !timeout;
        if (timeout !== undefined) {
          clearTimeout(timeout);
        }
        timeout = setTimeout(later, wait);
        if (shouldCallNow) {
          func.apply(context, args);
          return;
        }
        return undefined;
      };
    };

    const time = () => new Date().getTime();
    class ZxcvbnFactory {
      constructor(options = {}, customMatchers = {}) {
        this.options = new Options(options, customMatchers);
        this.scoring = new Scoring(this.options);
        this.matching = new Matching(this.options);
        this.feedback = new Feedback(this.options);
        this.timeEstimates = new TimeEstimates(this.options);
      }
      estimateAttackTimes(guesses) {
        return this.timeEstimates.estimateAttackTimes(guesses);
      }
      getFeedback(score, sequence) {
        return this.feedback.getFeedback(score, sequence);
      }
      createReturnValue(resolvedMatches, password, start) {
        const matchSequence = this.scoring.mostGuessableMatchSequence(password, resolvedMatches);
        const calcTime = time() - start;
        const attackTimes = this.estimateAttackTimes(matchSequence.guesses);
        return {
          calcTime,
          ...matchSequence,
          ...attackTimes,
          feedback: this.getFeedback(attackTimes.score, matchSequence.sequence)
        };
      }
      main(password, userInputs) {
        const userInputsOptions = this.options.getUserInputsOptions(userInputs);
        return this.matching.match(password, userInputsOptions);
      }
      check(password, userInputs) {
        const reducedPassword = password.substring(0, this.options.maxLength);
        const start = time();
        const matches = this.main(reducedPassword, userInputs);
        if (matches instanceof Promise) {
          throw new Error('You are using a Promised matcher, please use `zxcvbnAsync` for it.');
        }
        return this.createReturnValue(matches, reducedPassword, start);
      }
      async checkAsync(password, userInputs) {
        const reducedPassword = password.substring(0, this.options.maxLength);
        const start = time();
        const matches = await this.main(reducedPassword, userInputs);
        return this.createReturnValue(matches, reducedPassword, start);
      }
    }

    exports.MatcherBaseClass = MatcherBaseClass;
    exports.Options = Options;
    exports.ZxcvbnFactory = ZxcvbnFactory;
    exports.debounce = debounce;

    return exports;

})({});
this.passwordEstimator = new zxcvbnts.core.ZxcvbnFactory({
  dictionary: { passwords: "123456\npassword\n12345678\nqwerty\n123456789\n12345\n1234\n111111\n1234567\ndragon\n123123\nbaseball\nabc123\nfootball\nmonkey\nletmein\nshadow\nmaster\n696969\nmichael\nmustang\n666666\nqwertyuiop\n123321\n1234567890\npussy\nsuperman\n1qaz2wsx\n7777777\nfuckyou\njordan\nqazwsx\njennifer\n123qwe\n000000\nkiller\ntrustno1\nhunter\nharley\nzxcvbnm\nasdfgh\nbuster\nandrew\nbatman\nsoccer\ntigger\ncharlie\nrobert\nsunshine\nthomas\niloveyou\nfuckme\nranger\ndaniel\nhockey\ngeorge\ncomputer\nmichelle\njessica\nstarwars\nasshole\npepper\nklaster\n112233\nzxcvbn\nfreedom\nprincess\njoshua\nmaggie\npass\nginger\n11111111\n131313\nfuck\namanda\nashley\nlove\ncheese\n159753\nnicole\nsummer\nmatthew\nchelsea\ndallas\nbiteme\nmatrix\nwilliam\nyankees\n6969\ntaylor\ncorvette\naustin\naccess\nmartin\nheather\nthunder\nmerlin\nsecret\ndiamond\nhello\nanthony\nhammer\nfucker\n1234qwer\nsilver\ngfhjkm\njustin\npatrick\nrichard\nbailey\ninternet\nsamantha\ngolfer\nscooter\ntest\norange\ncookie\nq1w2e3r4t5\nmaverick\njackson\nsparky\nmickey\nphoenix\nbigdog\nsnoopy\nguitar\nwhatever\nchicken\nmorgan\nandrea\ncamaro\nmercedes\npeanut\nferrari\ncowboy\nfalcon\nwelcome\nsamsung\nsexy\nsteelers\njoseph\nsmokey\ndakota\nmelissa\narsenal\nboomer\neagles\ntigers\nmarina\nnascar\nbooboo\ngateway\nporsche\nyellow\nmonster\nspider\ndiablo\nhannah\nbulldog\njunior\nlondon\npurple\ncompaq\nlakers\niceman\nqwer1234\nhardcore\ncowboys\nmoney\nbanana\nncc1701\nboston\nbrandon\ntennis\njohnny\nmiller\nq1w2e3r4\ncoffee\nscooby\n123654\nedward\nnikita\nmother\nyamaha\nbrandy\nbarney\nchester\nfuckoff\noliver\ncharles\nplayer\nknight\nforever\nsteven\nrangers\nmidnight\nchicago\nbigdaddy\nredsox\nvictoria\nbadboy\nangel\nplease\nfender\nchris\njasper\njames\nslayer\nrabbit\nnatasha\nrachel\nbigdick\nmarine\nwizard\nmarlboro\nraiders\nprince\ncasper\nfishing\nflower\ncrystal\njasmine\npanties\niwantu\nadidas\nwinner\nwinter\ngandalf\npassword1\nenter\nghbdtn\n1q2w3e4r\nangela\nmike\ngolden\nlauren\ncocacola\njordan23\nwinston\nmadison\nangels\nblowme\npanther\nsexsex\nbigtits\nspanky\nbitch\nshannon\nsophie\njohnson\nasdfasdf\ndavid\nhorny\nthx1138\ntoyota\ntiger\nmurphy\ndick\ncanada\ndanielle\n12344321\nblowjob\n8675309\njonathan\nliverpoo\nmuffin\ncooper\napples\njackie\ndennis\nblack\nqwerty123\npassw0rd\njohn\nabcd1234\nsandra\npokemon\n123abc\nslipknot\ncarlos\nqazxsw\n123456a\nscorpion\nqwaszx\nnathan\nbutter\nstartrek\nrainbow\nasdfghjkl\nrazz\nredskins\nnewyork\ngemini\ncameron\nqazwsxedc\nflorida\nliverpool\nturtle\nnicholas\nviking\nbooger\nwilson\nsierra\nbutthead\ndoctor\nrocket\n159357\nvictor\ndolphins\ncaptain\nbandit\njaguar\npackers\npookie\npeaches\n789456\nasdf\nblue\ndolphin\nhelpme\ntucker\ntheman\ntiffany\nmaxwell\njeremy\nqwertyui\nshithead\ndebbie\nalbert\nmaddog\nlovers\nmonica\nalex\nunited\ngiants\nnirvana\nmetallic\nhotdog\nrosebud\nmountain\nbenjamin\nwarrior\nstupid\nelephant\nsuckit\nsuccess\nbond007\njackass\nbonnie\nalexis\nporn\nlucky\njason\nscorpio\nsamson\nq1w2e3\nrush2112\nazerty\nfreddy\ndriver\nwillie\ncalvin\n1q2w3e4r5t\nsydney\ngators\ndexter\nred123\n12345a\n123456q\nbubba\ncreative\ngolf\nvoodoo\nhappy\narthur\ntrouble\namerica\nnissan\ngunner\nrebecca\nstella\ngarfield\ngordon\njessie\nbullshit\nparker\nasdfghjk\n5150\nfucking\napollo\njack\n1qazxsw2\n2112\neminem\ndecember\nlegend\nairborne\nbeavis\naugust\nbear\napple\nbrooklyn\ngodzilla\nskippy\nbuddy\n4815162342\nqwert\nkitten\nmagic\nshelby\nbeaver\nphantom\nfred\nnothing\nasdasd\nwilliams\nxavier\nbraves\ndarkness\nblink182\ntravis\ncopper\ntomcat\nplatinum\nqweqwe\ngirls\n01012011\nbigboy\ngreen\npower\n102030\nanimal\npolice\n11223344\nonline\nvoyager\nlifehack\n12qwaszx\nfish\nsniper\n315475\ntrinity\nwalter\nblazer\nheaven\nlover\nsnowball\nplayboy\nbubbles\nloveme\nhooters\ncricket\nmarvin\nwillow\ndonkey\ntopgun\nnintendo\nsaturn\nfamily\nnovember\ngabriel\ndestiny\npakistan\npumpkin\ndigital\nsergey\nchance\nexplorer\nredwings\nprivate\ntherock\nrunner\ntits\n789456123\nlasvegas\nguinness\nbeatles\nfire\ncassie\nchristin\nqwerty1\nasdf1234\nceltic\nbroncos\nandrey\n007007\nbabygirl\nnelson\ndonald\nscott\neclipse\ncartman\nfluffy\nlouise\nmichigan\ntesting\ncarolina\nlittle\nsamuel\nalexande\nbirdie\nsteve\ncherry\npantera\nsharon\ngibson\nvampire\nmexico\ndickhead\npeter\nbuffalo\nmontana\ngenius\nbeer\nflyers\nmaximus\nschool\nminecraft\nlovely\nstalker\nmetallica\ndoggie\ncarter\nkristina\nkimberly\nspencer\nspeedy\nbarbara\nsnickers\nsabrina\ncarmen\nmarcus\nbronco\nyankee\nfriends\nparadise\nlol123\ndreams\nmagnum\nhorses\ncool\ncaroline\n147258369\nlacrosse\nou812\ngoober\nmember\nqwertyu\nenigma\nscotty\npimpin\nbollocks\nbrian\ncock\nsurfer\nsammy\ngenesis\npoohbear\ndave\nstar\nasd123\nqweasdzxc\nbaby\nracing\nfriend\nhello1\nhawaii\neagle1\nbilly\nviper\noctober\nvanessa\npoopoo\neinstein\nboobies\nstanley\n12345q\nwalker\nbitches\npaul\ndrowssap\nstephen\ncourtney\nsimple\nalaska\nbadger\naction\njake\nbill\ndenise\njester\n111222\nspitfire\ndrummer\nforest\npatricia\nmaryjane\nchampion\ndiesel\nsvetlana\nrock\nfriday\nkevin\nmark\ngregory\npamela\nfrank\nhotrod\n147258\nchevy\nanderson\nlucky1\ndouglas\nwestside\nsecurity\ngoogle\nbadass\nshorty\ntester\nthumper\nhitman\nmozart\ngeneral\nreddog\nboobs\nzaq12wsx\nmusic\n010203\nlizard\nalexander\nmelanie\na123456\nruslan\n123456789a\nvincent\neagle\n1232323q\nsweet\nteresa\nscarface\n147852\nqwerty12\na12345\nmarshall\nolivia\nveronica\nporno\nbuddha\nspirit\nfrankie\nmoney1\nstargate\nantonio\nliberty\nnatalie\nmercury\nnaruto\nqwe123\n12345qwert\nsuzuki\nsemperfi\nking\npopcorn\nspooky\nmarley\nsystem\nbrittany\nclaudia\nkelly\nscotland\nfree\nkitty\ncherokee\nvikings\nsimpsons\ndeath\nleslie\nrascal\nqweasd\njimmy\nloveyou\nhummer\nmichael1\nallison\nrocky\npatches\nrussia\nadrian\njupiter\npenguin\ncumshot\nhoward\npassion\nhonda\nvfhbyf\nandre\nvladimir\nfranklin\nsandman\n123789\ninfinity\nhomer\nbastard\nraider\npassport\nassman\nsucker\nfantasy\nbulldogs\n1234554321\nhorney\ndomino\nbudlight\nironman\ndisney\nnorman\nusuckballz1\nsoftball\nbishop\nfrancis\nbrutus\nford\nredrum\nbrooke\nbigred\njeffrey\njesus\nfktrcfylh\nkarina\nmarines\nkawasaki\ndigger\nireland\noksana\nfireman\ncougar\ncollege\nshit\nalicia\nrussell\nhouston\nmonday\nbradley\ncunt\nsarah\nnigger\njustice\nsuper\nwildcats\ntinker\nduncan\ndancer\nlogitech\navalon\nswordfis\neverton\nreggie\nmotorola\nalexandr\nmolly\ntimothy\nhentai\npussy1\nclaire\npatriots\nmadonna\ncolorado\neugene\nducati\nkermit\njuventus\nindian\nconnor\ngalore\nfreeuser\nsmooth\nhouse\ntitanic\nboogie\nsimpson\nwarcraft\nwolverin\nelizabet\narizona\nsaints\nvalentin\ngeorgia\nasdfg\ntest123\naccord\nmatt\nbaxter\ndenver\nmitchell\nchrist\npassword123\nyfnfif\nslut\nsmith\nstinky\nzachary\nroland\nnaughty\nncc1701d\nspiderma\nchopper\nbrenda\nhello123\nextreme\nvirginia\nwater\nskyline\npoop\nzombie\npearljam\nfroggy\npirate\nfylhtq\nvision\n123qweasd\nawesome\nalyssa\ndreamer\npredator\nbullet\nempire\nwolf\ncharlie1\nkirill\n123123a\npeople\npenis\nelvis\npanthers\nskipper\nnemesis\npeekaboo\nrasdzv3\nsimon\nalison\nrolltide\namerican\ncardinal\narnold\nchevelle\ndaddy\npsycho\nhappy1\ndanger\nmookie\nwanker\nmanutd\n9379992\ntommy\nhobbes\nvegeta\ngoblue\n852456\nburton\nfyfcnfcbz\npicard\n159951\nbobby\nwindows\nloverboy\nlovelove\nvfrcbv\nvictory\n123654789\nbambam\nturkey\nserega\ntweety\nhiphop\ngalina\nchangeme\nrooster\npolina\nberlin\nsuckme\ntaurus\nelectric\nronald\navatar\n134679\nmine\nraptor\nalpha1\nmaksim\nspring\nbrazil\neric\nbigcock\nnewport\nhard\nkenneth\nhendrix\nmadmax\nengland\na1b2c3\nalpha\nsublime\nbritney\nfrance\ndarkside\nbigman\nhercules\nlawrence\nwolfpack\nclassic\nletmein1\nlincoln\nronaldo\n741852963\nspiderman\n1q2w3e\nblizzard\ncheyenne\n123456789q\nwombat\nbubba1\ntiger1\ncjkysirj\nraymond\nbrother\nkristen\npandora\ndevils\nzxc123\nsimone\nholiday\nwildcat\nhorse\nkramer\n12312\n147852369\nbuddy1\nsterling\ncaesar\nalabama\ncarrie\nbondage\nbasketball\nsports\npussycat\npickle\ncatch22\nleather\nshaggy\na1b2c3d4\nchronic\nflowers\nqaz123\nqqq111\nrobbie\nadmin\ngracie\namber\nfreepass\nairplane\nperfect\nkodiak\nbillybob\nkatana\nsunset\ncrazy\ngood\nstingray\nmaria\nanna\nsnowman\nphpbb\nangel1\nchocolat\nzeppelin\ngarcia\ndetroit\nwolves\npontiac\ncandy\nfirebird\nvagina\ngundam\npanzer\noutlaw\ntime\npretty\nfisher\nconnie\nhoney\nbusiness\ntrevor\nredhead\nhardon\ngreenday\ntarheels\n01011980\nnastya\nhellfire\ncobra\nengineer\ndragon1\nsavage\nservice\nserenity\nsasha\nmichele\ndude\nlickme\nfireball\n1029384756\nwhite\nremember\ndarkstar\nmiranda\nflash\nmustang1\n01011\n124578\nharvey\noscar\nstrike\nfreddie\npavilion\nbeauty\nbobafett\n01012000\nadam\ndbrnjhbz\njeff\nbigmac\nchris1\nduke\nclinton\nbowling\njenny\nnatali\nfuture\nharrison\njones\nwallace\nwelcome1\nswimming\napache\nrulez\npyramid\ndodgers\ngirl\nwhynot\nfuckit\ndefender\nteens\nmorris\ntrooper\n135790\ncancer\nprecious\npackard\nlucifer\npopeye\nweasel\n142536\nraven\nicecream\nstewart\ntanner\nswordfish\nblonde\nsandy\npresario\nrockstar\nviktor\nmanager\ncheryl\nnorton\njames1\ncontrol\nwutang\nairforce\njulian\natlanta\npimp\nspike\nthailand\nlooking\ncasino\n741852\n21122112\nparis\nmouse\nlennon\n456123\nbluebird\ntheone\nhawkeye\nhacker\nlisa\ndustin\nelaine\nnfnmzyf\nsailor\ncatfish\ngoldfish\nmaxima\ntattoo\nbarbie\nlight\ndesign\npervert\nmachine\nherman\nwrangler\nrocks\ntrucks\nnipples\nroscoe\ntornado\njerry\nlights\nbubble\ncadillac\n666999\nmadman\norlando\npegasus\ntarget\nlonghorn\nlaura\nphilip\nbrowns\neatme\nstefan\ncannon\ndilbert\nballer\nmicrosoft\nwinnie\nchristia\nkatie\nqazwsx123\nshooter\nxfiles\nqazqaz\nlesbian\nstreet\nseattle\ncorona\namateur\ncthutq\nprelude\n246810\nbeach\nmalibu\nfreaky\nassassin\nintegra\natlantis\n123qweasdzxc\npussies\ndragons\niloveu\nmonkey1\nunicorn\nlonewolf\nregina\n753951\nstealth\nkristin\ntony\npeewee\nopenup\nbobcat\nstacey\nsoftware\nnewton\nleonardo\nstudent\nsrinivas\nangelina\nyoung\nenjoy\nvalentina\ntrigger\nzaqwsx\nlolita\nathena\nshotgun\ncoyote\nbruins\nveronika\ndollar\ncountry\nrocky1\njoker\nbabydoll\nlestat\nwordpass\nhottie\nsmiley\npotter\nrandom\nsweety\nbutterfly\nwoody\nchipper\nsnake\nsamurai\nvideo\ngizmo\nmaddie\ndevildog\nvalerie\nmistress\nflipper\nfreedom1\nexpress\npowers\nsoso123aljg\ncessna\nteacher\ngoldie\nmoose\npolaris\npiglet\ncookies\nelena\nmontreal\nhjvfirf\nladies\nwolfgang\nfatboy\nscully\nfather\nsingle\nwicked\ndaisy\nfetish\nfoobar\ncastle\ntickle\nbunny\npepsi\nballs\ntransam\ndfvgbh\n31415926\noicu812\nimpala\nsunday\nbooty\nhotstuff\nronnie\njasmin\nryan\ngambit\ntoshiba\nbasketba\nlancer\nbirthday\ntexas\nstephani\njessica1\nhooker\nknicks\n314159\nroberto\nstinger\ntesttest\nfuckyou2\nkathleen\nsavannah\nshamrock\nbenson\nsquirt\ndeftones\ntrucker\nnick\nredneck\ngoldberg\nalfred\nblaster\nsiemens\nshelly\nrenegade\nmanson\nsubaru\nibanez\nblondie\nhamilton\ncasey\nswinger\nreaper\ncristina\nminnie\nmylove\nharry\ngalaxy\nlindsay\ndudley\nfarmer\ngloria\nspecial\nblahblah\nenterpri\n1234abcd\ntravel\nbabylon5\nbigone\nsweetpea\nsugar\nsmoke\nskeeter\nfucked\nindiana\ngreat\nficken\ntrfnthbyf\nmaster1\nfreeman\ncurtis\nsmitty\nmarino\njoanne\nbigfoot\nescort\nbabes\ncheck\nlarisa\ntrumpet\ntristan\nspartan\nbabylon\nasdfghj\nsister\nvalera\nstormy\npaladin\nandreas\ncavalier\nmarathon\nhamlet\naardvark\nbutterfl\nbigboobs\nmister\nmanchester\nyankees1\nrusty\nnapoleon\nseven\nindigo\nhornet\nskater\njerome\npierre\nwonder\ntoronto\nrose\nindians\nkarate\nbuckeyes\n01011990\njulie\nhesoyam\nfredfred\ncharger\nhighland\nsweetie\nholland\n1qaz2wsx3edc\nchiefs\ndiamonds\nbuckeye\naurora\nhotsex\ncampbell\ngriffin\nbrandi\nredman\npasswor\nchandler\ndrpepper\nmonika\nmaiden\nelizabeth\nleonard\nbernie\nbrown\npornstar\ngarden\nstorm\nautumn\n12345678910\nlinda\nthuglife\nmillie\njungle\npencil\ntomtom\ninsane\npizza\ntimber\njesus1\nsherlock\nmariah\naudrey\ndavid1\n1a2b3c\nhamster\naragorn\npioneer\ntechno\ncatdog\nlollol\ntriumph\nsidney\n141627\n321654\nfktrctq\nnone\nsophia\nmorpheus\nisland\nwetpussy\nhobbit\nblabla\nerotic\nshadow1\naaron\npascal\nsampson\nconsumer\njustme\nmarion\nstones\nchrissy\ntyler\nnadine\nmarie\ngoforit\nburger\npitbull\nkelsey\nadgjmptw\nspartak\ngerman\nkaren\nkissme\nhunting\nkaiser\nmartha\ncolors\nartist\nharold\nbass\nitalia\nsammie\nbarcelona\nmario\nnicolas\nvirgin\npebbles\nsundance\nisabella\noverlord\nemerald\ncallie\ndoggy\nirina\nracecar\nisabelle\ngermany\n1478963\ngoddess\nchange\nwesley\nnipple\nbasket\njoejoe\nholly\npoison\nzipper\nalpine\nshirley\nelement\nhuskers\nmarcel\neddie\ndanny\nchristy\npussys\nsakura\nchichi\ninside\nultimate\ndirty\nnicola\nncc1701e\nblackie\nq12345\nomega\nwatson\nrommel\nmatthew1\ngeronimo\nnikki\ncaserta\ntrojan\n123qwe123\nphilips\nsergio\nnugget\nsammy1\ntarzan\nbassman\nwarren\ntrixie\nchicks\naleksandr\ncream\nwebster\nhelp\nsherry\nmanuel\nportugal\ndodger\nanakin\nbobbob\nbomber\nmichel\nmadness\nsuperfly\nq1w2e3r4t5y6\nloser\n123asd\nflorence\nyvonne\nfatcat\nglobal\nybrbnf\nenergy\ndesire\nwrinkle1\nsoldier\nbianca\nsexual\nwarlock\nmartina\nbabe\n951753\n11235813\n51505150\nandrei\nlarry\nseminole\npeace\nalejandr\nwestham\nconcrete\naccess14\nharris\nmargaret\nhector\nchristop\nnaked\nladybug\nletmein2\nnetwork\nbernard\nweed\ntintin\nqazxswedc\ntrombone\nchuck\npleasure\nrhbcnbyf\nhome\nhistory\nbluesky\nsherman\nlogan\njanuary\nonelove\ncotton\nchristian\ncdtnkfyf\nsunny\narchie\nholden\nwhore\nbrianna\nvfvjxrf\ntitans\nstallion\nlindsey\nsinger\ntruck\nsmile\nparty\nmissy\nhansolo\nangelo\njoanna\nnatalia\nbeagle\nphillip\npanama\nsmiles\nblue22\njuice\nqawsed\ninferno\nmoon\nmongoose\nconnect\nkingkong\nsnatch\nflatron\nsex4me\nbluemoon\nturbo\nrocker\npersonal\nemily\nblessed\nsnakes\ndominic\njoey\nforget\nfinger\nbeetle\njamaica\nalberto\na1234567\nmulder\nfuckyou1\njamie\nsusan\nimmortal\nhead\npassat\nplastic\n123454321\ndietcoke\nspunky\nsuck\nlong\nanthony1\nwhiskey\nmonitor\ngiovanni\ncactus\nripper\nspyder\nmarkus\nplanet\nmagic1\nteen\npatton\nexigen\nsticky\nwaters\nsluts\nnolimit\ndaniela\nhollywoo\nabigail\napple1\nmorrison\nkatrina\ntrunks\n1234321\nandy\nassass\nalways\ndiana\ndeedee\n14789632\nclifford\napril\nspeed\njapan\nmission\npickles\nmillion\nsailing\nfreak\nholmes\nbonehead\nfernando\nghbdtnbr\n112358\n911911\ncharlott\ndelta\nyomama\ndarren\nrubber\nnewman\nmolly1\n1123581321\nfaster\ncumming\nbertha\nmemphis\nsylvia\nopen\nilovesex\nmaurice\nwilliam1\nhongkong\nolga\njumper\nunreal\ngeheim\nrodney\nnylons\nsebastia\npentium\nlegion\nshalom\nkennedy\n555666\nbrooks\nmovie\ndodge\ndream\ngraham\nsprite\ncurious\npacific\nloulou\nfuntime\nphilly\nferret\nniners\norion\nwerewolf\nmilton\ncantona\nkingdom\nstars\nafrica\noffice\nboeing\ngilbert\nabgrtyu\npirates\nsuper123\nsheila\nfrench\nsweets\ncooldude\npalmer\neternity\nlollipop\ntottenha\ngreen1\nstocking\nmonique\nanything\nfoster\nirish\njackoff\n7895123\nbiscuit\ndrizzt\ncamera\ncolumbia\nfossil\nmoomoo\nmakaveli\ntracey\ncolt45\nrobinson\nisabel\nmartini\nsalmon\nshasta\njersey\nverbatim\nmaniac\nsnapper\nsatan666\nnasty\nsolomon\npatriot\njacob\nstandard\nshaved\nblackcat\nasdzxc\npunkrock\nraistlin\ninfantry\nqwerty12345\n4128\ndillon\ngerald\ntwister\nricardo\nwaterloo\ncjkywt\nclayton\ncrimson\nserena\n01012010\noxford\nmaxmax\ndenis\nflight\ncondor\nseinfeld\nsilvia\nbiggie\nmaxine\nmusicman\nravens\nteddy\ncolleen\nbruce\nwolfman\nsharks\nmegadeth\ncosmos\nvelvet\nbutt\nkeeper\nfoxtrot\ngarrett\nblack1\ndamien\nanton\nsesame\nskywalke\ngn56gn56\nbanshee\ncats\nsquirrel\nwolverine\ndogs\nsunrise\nrick\nghost\nwestern\ngrendel\nsucks\nroxanne\nprivet\nlegolas\nfrog\nfelix\nmarlin\nstone\nherbert\nlvbnhbq\nqazwsxed\ncarrot\nblades\nfrosty\nstardust\n121314\nhelena\nbrownie\ngroovy\npenny\nbutler\ncoolio\ntwilight\ndaytona\nlicker\npeanuts\nintrepid\npikachu\ntrains\nmollie\nvanhalen\njericho\nhershey\nstrider\nlobster\npunisher\ngrace\nbird\nzaq123\nbottom\nninja\n1234567a\nmurray\nkansas\nshogun\ngoblin\nsearch\nneptune\nball\nshowtime\ndarwin\namadeus\nsuzanne\nfuckfuck\nseven7\njason1\n111222333\noldman\nbruno\nshowme\nhenry\ngetsome\nmuscle\nobiwan\nsupport\nrfrfirf\nskittles\nekaterina\ngold\nwhitney\nshark\nmaestro\nanal\ndanni\ntanker\nenglish\ntarheel\nfighter\nthanks\nblue123\nhannibal\ncapital\nnewlife\nanubis\ngothic\nchaos\nblues\ncindy\nsabine\nthunder1\nroman\npreston\nprinces\nbrendan\nslick\n123456z\nevelyn\npython\ntest1\nrichie\ntequila\nboss\ncody\ndevil\nchelsea1\nclover\ndelete\nmirage\nblood\nsurfing\n1q2w3e4r5t6y\nbentley\nportland\npotato\nbaggins\nreview\nporter\nchubby\npanasonic\nsandiego\nsooners\nbuffy\nbuck\ntina\nderrick\npenelope\nblackdog\nharmony\nfusion\ndima\nmature\nmalcolm\nallen\nmary\nbuttons\n1a2b3c4d\ncaliforn\nsafety\nplaytime\ndagger\nmoscow\nswallow\nwarriors\nbyteme\nstimpy\ngangster\nlucas\nchristine\nturner\niverson\nlester\nchargers\nliquid\nasdf123\nmushroom\ncracker\ndingdong\nlucky7\nmisty\nnymets\n456852\nrobin\nbigguy\nmobile\ntazman\ngreg\nnimrod\nnewpass\nmiami\ncrusader\nbugger\nstranger\ndkflbvbh\nanastasia\nmarco\nvolume\nmasters\nmonroe\nmiguel\ndoodle\ncollins\npowder\narcher\ngotcha\nbattle\ndublin\nslapshot\nguardian\n147896325\njanice\ncharly\nseptembe\nphotos\nknights\nwoody1\nshort\nangelica\nnookie\nmilano\npepsi1\nscarlett\nstuart\ndamian\ngrizzly\n123098\n123321123\ncamille\nscruffy\nbrasil\nlatino\nkittycat\npoopie\nmunchkin\nlorenzo\nrammstein\n1701\n1passwor\nbananas\nbarcelon\nsantiago\nthegame\nrobert1\nhell\nworld\ngerard\npicasso\nviper1\nwalnut\nkolobok\nblackman\nwisdom\ntrance\nstarcraft\nparrot\nquality\nblade\npink\nauburn\ngoodluck\neatshit\ndorothy\ndusty\nengine\ncoltrane\ngorilla\nwheels\nkaterina\ntamara\npostal\nfuck_inside\nluther\nranger1\npass123\ncarlo\ncassidy\ndiscover\noakland\nandrew1\nspanking\nosiris\ndumbass\nshaney14\n192837465\nlonestar\nping\nbridge\nbingo\nbender\nannie\nstonecol\ndookie\nmeridian\nsally\nmegaman\nheather1\n25802580\nracerx\nrjntyjr\nsirius\nfirefly\nrichard1\njulia\nalexandra\nmadrid\nterry\ngriffey\nwomen\nphoebe\nzaq1xsw2\nweezer\nbeautiful\nviolet\nledzep\nlowrider\nrandy\ngangsta\nghjcnj\nparadox\ntacobell\n123698745\nloving\ncatalina\nvertigo\nhalflife\ncarson\nsergei\nshiloh\njohnjohn\nsobaka\nbuffett\naliens\nsadie\nchucky\nbonjour\nkangaroo\njazz\njosh\nthompson\nsinner\nsocrates\nsoccer1\nkeyboard\n0.0.000\nstevie\n0007\njeep\ntrebor\nfinish\ndark\nluke\nsprint\nshazam\nlady\nnational\ncelica\nsarah1\nscarlet\nformula1\nhoover\nsommer\nfrances\nhotboy\ncynthia\nqwerasdf\n12369874\npenguins\nbond\nformula\nrebels\nfuckface\nelwood\nmelvin\nhonda1\nvacation\nkiss\nragnarok\nbollox\nlexmark\nasshole1\nmailcreated5240\nlorraine\n258456\nclaude\nrockon\nduck\ndodgeram\ntacoma\nromeo\nwookie\nprodigy\ntempest\nvfhecz\nflames\nsebastian\ncolombia\nbang\nkitkat\noblivion\nmystery\nsithlord\nserver\nmolson\nmustangs\nincubus\nsmoker\n123qaz\nwindow\nscoobydo\n1122\nrescue\nbigballs\nzxcv1234\ncarpet\ntitleist\nrichmond\ndirector\nlawyer\nmegan\njuan\nmagnolia\nceleste\nmelinda\nlucy\nwright\njimbob\ngolfing\nkenny\nroger\nbobbie\nxanadu\ntardis\nblueeyes\nhearts\ndixie\npussy69\npooper\nshaman\nmersedes\n102938\n12312312\nspringer\nimagine\njanine\npatrick1\nkenwood\n123zxc\ndogg\ngarbage\nmartinez\ntopper\ncowboys1\nroberts\nlizzie\nashton\nelliott\noracle\nsheena\nchloe\nnuttertools\nmallard\n123987\n1122334455\nanalsex\nshemale\ngateway1\nmikey\nasterix\nfaith\nmonkeys\nimperial\njimbo\ncooler\ngrateful\ngillian\npeterpan\nkingston\nyourmom\nsleepy\ngremlin\nprinter\nhudson\npa55word\nstud\nfreckles\nbirdman\nfrank1\naussie\nesther\ndefiant\nmargarita\n445566\ndeadhead\npolo\nanime\ntatyana\njackal\nfrogger\nbridget\nwayne\nresearch\ntobias\nmariners\nrootbeer\nblondes\ndonnie\nkatrin\nweather\naspirine\nfrederic\nparola\nphoto\nchildren\naccount\nisrael\nstephanie\nshaolin\nnoodles\nceline\nwilly\nwillis\nforgot\nscooter1\nhallo\nmandy\nthomas1\n11112222\nrogers\npalace\nsantos\nohyeah\nmagnus\nlaurie\ncreampie\namazon\nkisses\nqueen\nludwig\nfatass\nplymouth\njustdoit\nassfuck\nnellie\n1234567q\n12121\n987456\n6751520\nputter\nbroken\nnopass\nletsgo\nbryan\nbones\nharley1\ntatiana\ncamel\nchamps\nlightnin\nmassive\ncamelot\nbosco\ndeanna\ngizmodo\nspidey\ncaliente\naezakmi\n456654\ngoodtime\nmypass\nroller\ncatherin\nactive\npooh\npayton\nlonely\nredalert\nbrucelee\nsmokin\nporkchop\nastros\naquarius\nraiders1\nthankyou\nkevin1\natomic\nfletcher\nshopping\na1s2d3f4\nmason\nrusty1\nmarian\nvanilla\nhunter1\nunknown\nsapphire\ntemple\nqwert123\nmarvel\nbeckham\nqazwsxedcrfv\nkaktus\n753159\nmyself\nsooner\nblacky\nelvis1\nhastings\nbuster1\npower1\nblackjac\naggies\nscream\npicture\n123321q\nabc12\njudith\niforgot\nkasper\ncxfcnmt\nbangkok\n01012001\nshitty\nspectrum\neduard\nvader\njammer\npainter\nprimus\nveritas\nernest\nkristi\nchevrole\namber1\namsterdam\nslappy\nvalley\n1221\nhorny1\npete\nhitler\nclancy\nspankme\ngranny\navenger\nsatan\nsasha1\nusa123\ndiamond1\nrosemary\nhusker\ncandyman\nbeatrice\nscrappy\njohn316\nsimba\nfalcons\ndylan\nfront242\nharder\natlantic\nlabrador\n123456qwerty\nsmudge\nsyracuse\nsouthern\nmelody\ntimmy\nelijah\ncenter\ndarling\nthroat\nstuff\nfatman\nkrishna\nsanchez\npancho\ngator\npacman\ncommando\ndelta1\nvulcan\nbush\nclitoris\nlemons\nalice\n8j4ye3uz\nboner\nkeith\nodessa\nbarkley\nmonopoly\nmethod\nkelley\nsara\npunkin\npineappl\nceltics\nlesbians\n223344\nspace\ngangbang\nbennett\narea51\nlick\nflyboy\nhamburg\naaa111\nasian\ncarol\nspartans\ntricky\nromashka\n123456aa\nsnuggles\nphoenix1\nboat\ninfiniti\nanders\nbillie\nlife\nhomer1\ndrago\nblake\nhermes\njesse\ngoose\njeremiah\nvivian\nannette\nhomerun\ndead\nforrest\ncarolyn\n1234567890q\ntopcat\nhayden\ncosworth\nvectra\ngrover\ngoodbye\ncharlotte\ncuddles\nbossman\nhorndog\ndoberman\ngary\ntelefon\ndawg\nqawsedrf\nivanov\ndurango\npeugeot\nkiller1\nfranco\nkyle\nplumber\nbell\nrbhbkk\npauline\nexigent\nbrandon1\nlaguna\nemmanuel\nwebmaster\nbowler\nleopard\nstrong\ntheking\nredbull\nalan\npics\nbeast\nviktoria\nporsche9\nbreeze\ntopdog\nstarbuck\nomega1\ndance\ndalton\nfuckers\noscar1\nhungry\nbeefcake\nreality\ngjkbyf\nspeaker\nshelley\ngodsmack\nclarence\nwriter\nloveit\nkingpin\nnokia\nvalhalla\nnight\nstarfish\nanarchy\nherbie\nblacks\ncontent\n906090\nsailboat\ndesert\nfitness\nbrando\nbohica\nachilles\ntractor\njordan1\nncc1701a\ndrake\nbull\nhidden\nkicker\narsenal1\nlabtec\nnapass\nbart\npa55w0rd\namelia\ntuesday\nfrontier\nswingers\njimmy1\ncaitlin\nmuppet\nterror\nlegacy\nfarside\nterminator\nbella\nmatilda\nkentucky\njackson1\ndoughboy\nramona\nbutthole\nphillies\njrcfyf\n789654\ncamels\ndannyboy\noakley\ndaniel1\nnebraska\nlatin\ndouble\nqwertyuio\nsabbath\nchang\npinkfloy\nhomers\nstriker\nlooker\nfallen\nmaryland\nluckydog\nazamat\nseptember\niguana\noklahoma\nmoloko\nqwerty123456\nagent007\nvfrcbvrf\njavier\nvette\ndaniil\ncommand\nrhonda\nstudio\npistol\nmiles\nskiing\nfranky\nstoner\nconrad\nselect\ntanya\nhouses\nboris\npuppy\nelliot\ncharmed\nvladik\nnathalie\nwhocares\n666777\nmaynard\nvkontakte\nihateyou\npuppies\nzidane\neileen\ndilligaf\ncrash\nmandingo\nmoneys\ntyrone\nfunny\nnevada\nkotenok\nmystic\ncalifornia\n123457\nbudman\nchurch\ncarlton\nrafael\ntechnics\nbone\nstick\ngolfball\nrookie\npanda\nlaptop\ntoday\n01011991\njennie\ntriton\nriver\ntrojans\nbunghole\nzvezda\n132435\n15426378\nhurrican\ncentral\nstripper\ndale\nfilter\njethro\nsnow\ngustav\nivan\nescape\ngizmo1\nhawk\nigor\naberdeen\nshane\nlespaul\nrfnthbyf\nenterprise\nbutch\ndthjybrf\n963852\n1366613\ncutter\nsplash\nhandsome\noilers\nrandall\ncash\nnofear\ncupcake\nexcalibu\nbatman1\nmomoney\ngbpltw\nbigger\nbelinda\nsvetik\npossum\nmetal\nmoocow\nbrothers\nbethany\nkeystone\nbabyboy\nflamingo\nsuper1\nfirefox\nbogdan\nccbill\npasswort\nsoleil\nlancelot\nmelissa1\nvipers\nmarilyn\ntdutybq\njuliet\nleader\nmadden\nrussian\naustralia\nsabina\nchase\ncoolman\nbabies\nskinny\nzaphod\nraven1\nkamikaze\nverona\nbacon\nnoodle\nrebel\ndoobie\ndesigner\ndeadman\nattack\nvortex\nkillme\ndogman\npokemon1\ngopher\nsomethin\ndanila\n12332\nreagan\napollo13\nchevy1\ncancel\ntorres\n000007\nfreaks\nazsxdc\nsassy\ndonna\ndracula\nplay\nponcho\nbearbear\nboots\nengage\nsteve1\ndeskjet\nbradford\nbitch1\nhammers\ndeeznuts\nwarhammer\nrangers1\ntight\njustine\nralph\nfabian\nlewis\ncasey1\nsummer1\nblueblue\nmarissa\noregon\nbubbas\nsinatra\nhilton\nmeatball\nmailman\ndawson\ncolumbus\nmanchest\ncthulhu\nmacdaddy\nmighty\nmichaela\ngrandma\nready\nsterlin\ncartoon\nsummit\n123456789z\nsentinel\ntolkien\nbicycle\npeter1\nblow\nbeverly\nbreast\nlickit\nkathy\ncrazy1\nmeghan\nuniverse\ncapone\njenna\njulius\nwendy\nbryant\ntruelove\nhelen\n123456k\nnancy\neatpussy\nhailey\nkitty1\ndaisy1\nchair\n362436\nbowser\nkathryn\nsexygirl\nfernand\neleven\nrockets\nbillyboy\nmilitary\ndemon\ndavis\njamesbon\niloveyo\ntexas1\ntraffic\nsaint\ndaddy1\nredhot\nmicrosof\nsonic\nmiracle\nmicrolab\ngofish\npantyhos\npilot\nlifetime\nrugby\nmayday\naikido\nnina\nstar69\n01011985\nconner\ncutlass\ntree\nthekid\ngordon24\ntheodore\ntitties\nsweden\nfunction\npolska\ndanie\ngang\n73501505\nmarket\nscotch\nlansing\nelvira\nbloody\nsexx\nhustler\nanfield\ncoke\nsmut\ncatman\nrush\nbonita\ntracy\nsony\nfast\n1234qwe\n1225\npasswor1\nirish1\ncheers\ntinman\nairbus\npeters\nchina\nazsxdcfv\nsantana\nhayley\nstation\ngabrie\nscottie\norioles\njenny1\n01011970\ncharlton\nsaun\nfortuna\ndfkthbz\nrustam\nwarlord\nretard\nfatima\nultima\nkong\nbigmoney\n4runner\nrotten\nbetty\ngrumpy\noranges\nkelly1\nsuperstar\nfordf150\nasdfjkl\nboxing\nxtreme\ndenali\nselena\nzxcasd\nhuskies\n128500\nterminal\nwilbur\nkristy\nwildfire\nvladislav\nbikini\nthor\nhollywood\nmayhem\nsultan\ngretchen\nfigaro\nsixers\nsparta\nsaratoga\n321654987\nrunning\n01011981\ncloud9\nmusic1\nmodels\nmojo\ngreenbay\ncancun\nmarlene\ntrinidad\ntammy\nchewie\nhope\nnumber1\nbilly1\nfeet\ncrunch\nbigbird\nmellon\nchicken1\nbigtime\nfashion\npiccolo\nfabie\n789123\nrjirfrgbde\nrovers\nmeatloaf\nhyperion\nsandro\nrightnow\njarhead\narmani\ntreasure\nmiriam\nhansen\nnatural\n01011986\nlisalisa\nsport\nbizkit\nchester1\njasmine1\nmaradona\n1066\nsayang\ncharli\nrfhbyf\nutopia\nanaconda\njapanese\ncamilla\ncoconut\ngovols\nemerson\nmemory\ncatherine\njedi\ncosmo\ncruise\ngiant\nricky\ndragoon\nwoofwoof\ngiorgi\npacker\npass1234\npoontang\nemily1\nillini\nchristopher\ndavids\nzaqxsw\nsandy1\npedro\nsticks\nrevenge\nexodus\nreebok\nchanel\nalbatros\ncabbage\ngoku\nwally\nbeaner\nquincy\ngreens\ntomato\ntoby\nchief\nrichards\nturkey50\nadriana\nkenworth\nhappy123\ndeborah\ndown\ncooter\ndinosaur\nholyshit\neeyore\nmovies\ndana\nlionking\ncreamy\nadult\npoodle\ntsunami\nhappyday\n321123\nknopka\ntommy1\nbogart\ncorrado\nvolley\ntyler1\nchickens\norgasm\nwhisper\nflying\nfirst\nchocolate\nwalleye\nhopper\nkatie1\nsean\ntwisted\nchaser\npepper1\nmemorex\nericsson\n1001\n100000\njensen\npositive\ncrazybab\nscience\nfrisco\ndong\njose\nzorro\nromance\nsherwood\nshania\nrereirf\nsausage\nmilana\ntasha\nvfvekz\nprofit\nzenith\nfugazi\njunebug\nclemson\npolniypizdec0211\ntootsie\nfktrcfylhf\ncomics\nzxcasdqwe\nvfczyz\n150781\nwerner\naspire\nhardrock\ncondom\ncocks\nrachael\ngringo\nanhyeuem\nmadeline\nrich\nbecky\ncanon\nfebruary\nalien\nabc12345\nharper\njustin1\nstocks\nmarcos\nsamsung1\nclapton\nroberta\ncoleman\napplepie\nskywalker\nfubar\ntheresa\nkoshka\ntundra\nvitalik\narjay\ngmoney\nbigsexy\ningrid\npillow\ngandalf1\nlucky13\nfingers\nsamiam\ndean\ndavidson\nskorpion\ncandle\nnobody\nhellyeah\nbetter\naustrali\ndrew\nrockhard\nboob\neasy\nbears\nsparkle\njohanna\neverest\nrfrnec\nhedgehog\n13243546\nwolfie\nsurf\nbobby1\nfart\nyosemite\nmarisa\nvoyeur\nbaddog\nbrad\njazzman\ndicks\ntool\ntemp\ncheetah\n1qa2ws3ed\nslacker\nsteele\nmikemike\nwood\npooppoop\namerica1\nbarsik\nvaleria\ndeniska\nbr0d3r\nfright\nkarolina\nkirsten\nvfksirf\nkume\nkenshin\nbootie\ncyclone\nstarship\nmonty\nballoon\nmaxell\ndildo\nrupert\n0.0.0.000\nmilena\nbonsai\nlion\nsalvador\ngreatone\nvernon\n50cent\nslider\nlillian\nadmiral\ncecilia\nstolen\nalbion\nboys\nmidget\nfuckin\nfreeporn\nnikola\namanda1\nhithere\nfootball1\n222333\n78945612\ndamnit\ndinamo\nfrancois\ncheng\ncalico\nduchess\nscratch\npowell\npackers1\nstefano\nfortune\nnyjets\nartemis\nrobotech\nroadkill\nbackdoor\nrastaman\nfiesta\nfelicia\nalliance\nfletch\njerkoff\nkillbill\ngoliath\ncinnamon\nrambler\nmalaka\ntekken\nsojdlg123aljg\n321456\n18436572\n963852741\ncarrera\nbangbang\njeanette\nmarc\nfritz\nramses\noperator\nshado\nduster\nspank\nwibble\nalibaba\nmechanic\nkeywest\nsword\namsterda\nhal9000\nbristol\npingpong\nrasputin\nmarianne\nhooter\ntara\nrctybz\nsanders\nfaggot\nkrista\npresto\nmajestic\n332211\nnguyen\nfowler\npasswords\nbuttman\nsnake1\nspurs\ncarl\npompey\ntrident\nviagra\nqwert1\nbrian1\nkipper\nkingfish\nzxcvbnm1\ngotohell\nangie\nguest\ngarage\nheidi\nmattie\nslutty\nisaiah\nsteeler\nwrestlin\npooter\ndivine\nemma\nroute66\nclipper\ncharley\nmacross\nrailroad\nlineage2\noleg\n420247\nseamus\nswimmer\nne1469\njokers\nthursday\nchico\na123456789\nsolnce\nerik\nkimber\nguiness\npussie\nmathew\nnature\nmatador\nsparks\ntyphoon\nhank\nsecret1\nretired\nsubway\nslave\nivanova\nghetto\nflorian\nlove69\nvermont\ntang\nktyjxrf\nlolipop\nmoose1\nspears\nyzerman\npeterson\nmagick\nphillips\ncinder\nnwo4life\nflash1\nshearer\npupsik\ncharles1\ndfkthf\nallsop\n162534\n456321\n000001\ncity\nqwer123\ngrapes\n123123q\npippen\nbelle\nchad\nvenus\nkcj9wx5n\nsex123\ndammit\nbarry\ncaveman\ncritter\nunderdog\nr2d2c3po\nskydive\nrenault\nonlyme\ngeorge1\nmurder\nsnoopdog\njayhawk\nhotshot\ncaramel\nbroadway\nkinky\ntheboss\nfuckher\ntrain\ntrout\nding\numbrella\nfeather\ncredit\nsplinter\ndepeche\nseeker\nfuckthis\nrespect\ncrysis\ndirect\nanimals\nchemical\ncyclops\n1000\n122333\n135246\n789987\n123789456\nchivas\njamesbond\nblackhaw\npasspass\nsinclair\nteam\nmegapass\nbeanie\ntranslator\nhelloo\nmagicman\ncunts\nphil\nfishes\nsupersta\ngiuseppe\ncaligula\nkill\nshannon1\njuggalo\nfrozen\nquattro\nusmc\nmeredith\njava\nwassup\nrosie\nbullseye\nsaturday\npornos\ncohiba\nashley1\nfloppy\nalucard\ndeacon\nheart\ntabitha\nkristine\nnicole1\ntunafish\ngreat1\ngfhjkm123\ndallas1\nxbox360\ndkflbckfd\nkickass\np0015123\n10203\n200000\n7753191\n12131415\nvietnam\nkendall\npearl\nsafari\ngonzo\ncrawford\nbob123\nklingon\njacob1\nrain\nlooser\ngoalie\ndamage\nmaureen\nwest\ndawn\ntazmania\ncigars\nfacial\ncobra1\ndeepthroat\nmalina\nsilence\nsamara\ndfktynbyf\nfang\ncruiser\nvector\ntommyboy\njean\nbanker\nhorizon\nchainsaw\nbutton\nbigbear\nforfun\nabraham\n123456r\nastrid\ncarole\nandres\nsharky\nenter1\nvh5150\nroyals\nchristina\nsmall\nmisfit\nwork\nyousuck\nlouis\nfallout\nmarino13\nscania\nmaxx\nnudist\ngetmoney\nbudweise\nqazwsx12\nsong\nbelieve\nbrighton\nabsolut\nkungfu\nkostya\nmonaco\ndeath1\ngunners\nvfhufhbnf\nmamapapa\n1230\nminime\nblueboy\npenthous\nchrisbln\nsteph\nwhitey\neuropa\njade\nbertie\ndaphne\ngroucho\nchamp\nbenny\ngrant\nmirror\nvillage\ntrader\nstroke\nwalrus\nsusanne\nnumber\nsabres\nnipper\nwoman\nfloyd\nsnowboar\nundertaker\nflounder\nmoneyman\npatty\nbottle\nlove123\nkahuna\ncanadian\nwolf359\nviewsonic\ncoolguy\nrules\ndowntown\nwagner\nstrange\nfabric\ntrisha\nitalian\nybrjkfq\ncypress\n01011989\nqwerty1234\neastside\nsneakers\npassme\ntopher\ntaylor1\ngolfgolf\nbarber\nsinbad\nfrodo\npanasoni\ncraig\nalfa\nmybaby\nskidoo\nchicago1\nmassimo\nback\njillian\ncat123\nq123456\nsparrow\nsenior\ndalejr\nthecat\nfucku2\nsnapple\nmondeo\nleanne\nemmitt\nthanatos\nz1x2c3\nghjcnjnfr\nmaximum\nsmegma\nthesims\nwhitesox\nchong\n778899\n2128506\nbonkers\nposeidon\nmusica\ndoug\njohannes\ngargoyle\n0420\nolivier\nhambone\nbluedog\nintruder\nsunnyday\ncyber\ncompute\nkids\nsmelly\nspawn\nwapbbs\nanswer\nstudly\npoppy\npaper\nferrari1\nsimona\nsolution\nmadison1\nnewcastl\nadonis\ngoodman\nsexxxx\neurope\ngoldstar\nagain\nquantum\nbuckshot\nstatic\nturbo1\ndollars\n01011988\ntitanium\nholly1\nerica\ndanzig\nsadie1\njabroni\nlibrary\njourney\nbeastie\nchrono\ndang\n1024\n555777\nedwards\njane\ntest1234\ngunnar\nfederico\nkorn\ncustom\nlance\n1qwerty\nassholes\ndaewoo\njess\nbriana\nwatcher\nsuperman1\nalbina\nsunflowe\ndorian\nbabyblue\npremier\nstaples\nnike\nstereo\nwestwood\napple123\nmouse1\nusnavy\nboomboom\nfresh\nflorida1\nsasuke\ndharma\npisces\nmotherlode\nmultiplelo\nhang\nbike\nsapper\nscanner\nmarius\nzeus\nracer\ncallaway\nuser\nbayern\nrover\nlamont\nrivers\nsnoop\nover\nwalmart\nmicheal\nstarfire\ntheend\nsteel\ntigger1\nerotica\naaliyah\ndoogie\nrenee\npaintbal\nwinston1\nsexy69\npaint\n123qwerty\ntyson\njoshua1\nnewbie\nknickers\nlokomotiv\n112211\n192837\nhotred\nufkbyf\npanther1\ndodge1\nlaurel\nshawn\n12345z\nwasser\nscott1\njessic\nthirteen\nrjycnfynby\navalanch\noutkast\ntruman\nmagpie\nscout\nphilippe\npoetry\nmartin1\nhavefun\nmichell\ncubbies\nlosers\nhotpussy\ndeejay\nfghtkm\ndroopy\nblossom\n333666\n777888\nallmine\n01011984\nzerocool\njanet\ntomorrow\ngodfather\nabby\ngreece\nsecond\nreading\ngreene\nsascha\nbusted\nming\nbimmer\noriginal\ncbr600\nocean\nanne\nbuilder\ndemons\nnitram\npudding\nbounce\ndonuts\n01011987\nfucku\nnewyork1\njeanne\nidontknow\naudia4\naleksey\nvfvfgfgf\nleonid\nsmokes\nmylife\nbeerbeer\nsims\nredfish\nharry1\nworking\nrodman\nbeaches\n1x2zkg8w\nhairy\ncontact\nstart\nluis\nbogey\nprissy\n123456s\ngegcbr\ntights\ninsert\ncarla\ndante\nberetta\nfrancesc\njewels\nsearay\npadres\nceleron\nmittens\nquartz\nziggy\ndiehard\nmicron\nsyncmaster\ncornell\nchristie\nstunner\nhockey1\nsimon1\nrtyuehe\nhoosier\nzxasqw12\npeyton\ncheese1\norange1\npaintball\nbing\n4121\nmonalisa\nqueens\nterrapin\na1s2d3\nspongebob\nbuzz\nattitude\nbackup\nwhisky\nclevelan\nling\ncedric\nmarin\nbarefoot\nartur\nchuckles\nbarrett\nmeathead\nbigass\nou8122\ntitty\nspike1\ngretzky\n02071986\nkosmos\ncfitymrf\nbiggles\ncambiami\nsexy1\n12345678q\n03082006\nthongs\nblessing\nwhat\naleksandra\nginger1\ntwinkle\ngladiator\ngollum\nsouthpark\nrabota\nmazafaka\n336699\ngoodboy\ncarbon\nscuba\ntango\nstoney\nbrent\nweaver\nwill\nvolvo\nfootbal\npianoman\ngaston\ncasanova\ntraveler\nclark\nstumpy\nhawkeyes\nclarinet\nlooney\nmommy\nmaggot\nfelipe\nbucket\nsex\neduardo\nfreeze\nsound\nsexyman\njohnboy\ndian\nsnapon\ndeeznutz\nwarthog\nvegas\nrooney\nhoney1\nfutbol\nfilthy\nsteam\ncarina\n1012\n90210\n10203040\n123aaa\nmustard\nboricua\nmeowmeow\nmaste\nmellow\nlove1\nabc1234\nsunshin\nbengals\ncombat\ngoofy\nwhatsup\nsauron\nkrystal\nalina\nlover1\nmonster1\nprophet\njoker1\nloco\nlovesex\ntwins\ntriangle\nbooker\nreefer\nnickel\nvenice\nxander\nstrip\nvalencia\n01011910\nlord\nrhiannon\ncrystal1\nsmeghead\nvaleri\nandromeda\n12qwas\n12345679\ndiver\ncerberus\njames007\nsputnik\ngroove\nlambert\nusarmy\nmore\ntiberius\nzigzag\nsting\nabcd123\nbean\nwelder\nradio\npetra\nfocus\ngabriell\ncandice\nsalamander\neternal\nsilver1\nbunny1\nmotley\nresident\nhayabusa\nmarcia\nrambo\ntogether\nrainman\npoochie\npurdue\nredwood\nripple\nbuzzard\nwang\nredwing\nboobie\njuliette\nmonke\nhokies\nphish\n1q2w3e4r5\ncrjhgbjy\njagger\nnokia6300\nrockford\nshou\ntuan\ngoldwing\n1007\n10101\nbrewster\nbermuda\nzero\nthegreat\nproxy\nconfused\nbadgirl\nlola\nbacardi\nsweet1\nderek\nwhiskers\nspaceman\nstarman\nrebecca1\ntrial\nkarma\nclaudio\n12qw34er\nallstar\ncarolin\ngesperrt\nlynn\nswords\nrasta\nwildman\nnikolay\nkang\nslinky\nwrestling\njamie1\nmohammed\npinhead\nhacked\nlogan1\nsersolution\npenny1\noverkill\nrhfcjnrf\nmishka\nmontgom240\n123451\nbanane\nbulldog1\nperson\npublic\nfester\nsomething\n12345qwe\nlions\nhelmet\nbuffy1\nripken\nfrisky\nchanged\ngames\nhiggins\ntrapper\npiper\nwindsor\nsupreme\nib6ub9\nkaylee\nathens\nnorway\nrunescape\noasis\njill\nhurley\nlightning\ndbrnjh\nshun\nchun\n11223\n235689\n784512\n14725836\n19411945\nedward1\ndarius\nchip\nhill\nmidway\nkool\nhoosiers\nvinnie\nrecovery\ncicero\nnapster\nlionel\namazing\ntracker\nlaser\n01011992\nadrienne\nroadking\nmenace\nsecure\nstoned\nbr549\nthedog\nsacred\nsquash\nnice\nsmoking\npony\nfeng\nillusion\n01091989\nwoohoo\nrachel1\nmedicine\nantoine\nleavemealone\nbagira\nmegatron\n787898\n5551212\norchid\nreader\ncomet\nclown\nzippy\ncompany\ndoghouse\nstacy\nwild\narmy\nmaxim\n12345678a\npaula\nbravo\nbuddah\njaybird\nchuckie\nlook\nmaria1\nmorning\ndino\npeach\ntodd\nhanna\nchuang\nmortgage\nidiot\nheineken\nsaleen\nrulezzz\nfishing1\nmassage\nsonics\nmoonlight\nbutts\nmotherfucker\n02071982\npobeda\nbenfica\npoker\nkashmir\nrealmadrid\nballoons\noptimus\nchunky\ngsxr750\ntinkerbell\nchou\nshai\n135792468\ncommon\nstarter\nbrewer\nbabyface\npants\ngregor\ndogfood\nhardcock\ndeluxe\nbigmike\n01011975\nblackbir\nbookworm\nhampton\njeffery\nsalomon\ngodfathe\nmeister\nangus\nintel\nseahawks\neagles1\ntalisman\nblackjack\neraser\ncollin\npissing\nhawaiian\nzhong\nmian\n1005\n7779311\nmichae\nberger\nalphabet\ntricia\nbeautifu\nmisha\nmaryann\n123456654321\nadams\njenn\nriley\nxxx123\nreally\nsally1\nmortimer\ntongue\ngator1\ncentury\nsancho\nremote\ndarkman\nbuddie\nroadrunn\npizzas\nlexus\npassword2\nmedusa\nhealth\nstalin\ntoledo\ncubswin\ndutch\nlilly\nbeowulf\ncharlene\nwillia\nchristmas\npool\nhandyman\nf**k\npacers\nunique\neleanor\ndigital1\nmissy1\nclouds\ntiffany1\ncgfhnfr\nbreasts\nchinook\njust4me\nnuts\n01011993\nwedding\ncalgary\ndutchess\ngfhjkm1\nheckfy\nmax123\nludmila\ngong\n12301230\nnova\nshell\nlori\nsite\nbecause\ncheater\nfamous\ndelphi\ncathy\nwareagle\nmartine\ngromit\nsponge\nashlee\nvalkyrie\nyoda\nglory\nteddy1\npasswd\nidontkno\nsmiths\nmohamed\nteddybea\nkillers\nboxster\nfive\ndragonball\nbeast1\nbabybaby\nmermaid\nqazwsx1\nsatana\ndolphin1\nbhbirf\nforyou\nmisty1\nnasty1\nqazzaq\nhong\npuddin\nchao\nshang\nzhei\nquan\ninuyasha\n1213\nstanford\npeacock\nassword\nmisery\ndesiree\nbarnes\nsullivan\nbeamer\ndiggler\nmedical\n1pussy\nwishbone\ncircle\nproperty\nripley\nthedude\ncloud\nfisting\naustin1\nalexia\nbeemer\njayden\ngameover\nsparky1\nredline\nvenera\nlinda1\nsalsero\nfuckoff1\nadam12\nlust\nfytxrf\nsergi\nkittykat\nspanish\nsinister\nindia\nvedder\ngonavy\nmanowar\n02021987\nnovell\nlang\ncolonel\nrancid\ndiao\n147369\ndragon12\nchrome\nfriendly\naa123456\ndestroy\ntitten\nelectra\npolly\ngeoffrey\nnewpass6\nbella1\neureka\nonetime\nphone\nkatherine\notto\nlakota\nclaymore\nhotbox\nasia\nbanner\nmadina\n02011985\nmanuela\nbitchass\nruby\nsporting\nbartman\nmatthews\ncheckers\nplaying\n01011977\n02041986\ncarmel\ngabriela\ndfcbkbq\nnimbus\nwrestle\nbulls\n02081988\njktymrf\nalexalex\npreacher\ngamecube\n02051986\nmustafa\nsvoboda\n123321a\ncircus\narmagedon\nalenka\nplaystation\nz1x2c3v4\nleng\nqing\ncong\nzheng\n02091987\n1369\n12011987\nmagical\npark\nclaudi\nmarine1\nrhtdtlrj\npablo\nthumbs\ncamper\ndoitnow\ngoaway\nsubzero\ncharity\nhootie\nface\npissoff\njammin\nbeth\nblackout\ncrow\ndarrell\ncocaine\nbcfields\nskylar\nrolling\nloaded\nmilkman\nlotus\ndavide\nbigbutt\nelectron\njohann\ndevil666\n12345t\ncheeks\nskate\nsilverad\nlighter\n02021988\nhassan\n02031986\npothead\noliver1\ngobucks\n123456qw\nsquall\nthunderb\n02101985\ncourage\npippin\nghostrider\nantoni\nkaitlyn\nneng\npeng\nmiao\nteng\nxuan\nxiao\n1017\n1020\n1492\n654123\n794613\nreynolds\ncannabis\nxerxes\nipswich\nninjas\nmango\nfarley\nlucille\npinky\njimmie\nnude\ndieter\nannika\nmitch\nsouthpar\nmarika\njackson5\ndickie\njetski\nfinance\ntdutybz\ndianne\nforward\njenkins\nbright\nabsolute\nmorgan1\nbilbo\nmusashi\nferris\niamgod\nlipstick\n1234567890a\nlaurence\n02061985\n02011987\nmandarin\nbaseball1\nquest\ntottenham\nadults\nyfnfkmz\nkleopatra\ntulips\nnong\npiao\nruan\nzhuang\nchai\ndirtbike\n111333\n369963\n1236987\n1357924680\nsheba\npickup\ndwayne\nothello\nmari\nkatherin\nforum\nsonny\n12qw12\nrider\na11111\nwarner\nnorthern\ncinema\ncameltoe\npetrov\nbluefish\nfuzzy\npheonix\niscool\nsecrets\n02021986\nelite\ntoon\nmodena\nbert\nmarsha\nslippery\nkissing\ncaravan\ndivorce\ntank\nbeatle\njump\nakira\nsanfran\n01011983\n1qaz2ws\ncheech\n000111\nbadman\n02091986\nsamtron\npaloma\nyang\ndolores\nsveta\nqweasd123\nshadows\nmollydog\nannabell\nstarcraf\nghblehjr\nvasilisa\njameson\nchuai\ndeng\nqiao\nzhou\nzhun\njiang\nluan\nsang\nying\nscorpio1\nbeans\nslim\nillinois\nwarning\nebony\nmeat\njockey\ndeadpool\nhillary\nbearcat\ncaprice\nfarscape\nevan\nbigtit\nlassie\nzappa\nsander\nnicol\nsunflower\nhopeless\nsheriff\ncarpedie\nbank\nlove12\nasdfzxcv\nsherri\nmarch\nbingo1\nslave1\nbarton\nshepherd\n02021984\ngatorade\nkeegan\nhigh\ncameron1\nguitar1\ntoolman\nbarker\nspectre\npussey\nnuggets\nborussia\nmantis\n01011982\nbanzai\nariana\nflexible\nchloe1\nmullet\ngraphics\nfyutkbyf\n123qq123\nmancity\ntemplar\nstories\nyfcntymrf\n02081984\n02081987\nfergie\nrecords\nthedoors\n7ugd5hip2j\ngawker\npussyman\nskyler\nelizaveta\ncolton\nhuai\nseng\nxiang\nzhuai\nguai\n02061986\nsolo\nmoritz\nmonte\nlemon\nstrength\ntalon\nrhino\ncowboy1\nsusana\nsonoma\nthree\nmack\nspinner\nallan\nkeller\nwebmaste\naaron1\ngrease\naugustus\nraquel\nalejandro\nchimera\nrufus\nstretch\nticket\nbacchus\nkendra\ntwenty\ncorsair\nkinder\nargentina\ncorleone\nzhai\nspice\nmickey1\nvampires\ndomain\niomega\nheater\n02031984\n02021985\nhover\nalex123\nltybcrf\nartemka\nxxxpass\nqiong\nting\nhippie\njing\nreng\ntian\ntong\n2580\n123455\n21031988\n987456321\npoland\ndeutsch\nbabylove\nbecker\nspeedo\nbrett\noceans\nslapper\nletter\nharvard\nbonjovi\nmazda\nvirtual\ncosmic\nleon\nsnuffy\nblaze\nsergeant\nmaggie1\ndragonba\nspurs1\nstonecold\nhellos\njacques\nregister\nbuttercu\n01020304\nhuang\n01011999\nmillions\nmillwall\npatience\nchrysler\nmerlot\nbullfrog\nlatinas\na12345678\n02011986\nxyz123\nistanbul\nphoeni\nashleigh\n02081989\nkotaku\nuniversal\nnoelle\nbinladen\nartem\nshanghai\nporsche1\ncastro\ngabriel1\nceng\nchuo\njiong\nxiong\nshei\nmeng\nhans\nwraith\npierce\njayhawks\nkilroy\namateurs\ndotcom\ncattle\ndaemon\nntktajy\nbarbados\nrenata\nthoma\nbalance\nmikey1\nchan\nnomore\npdtplf\ncanyon\nkayla\njackpot\nmets\norion1\npulsar\nbaron\nmarker\nchippy\nnightmare\nmonarch\nhamish\naubrey\nreds\nknockers\ndipshit\nalexey\nmalone\nathlon\nhubert\nchevrolet\neddie1\nvadim\neverett\nnapoli\nmyname\nbelly\ncobalt\ncounter\ndialog\nhouse1\naugusta\nsmokie\ncristian\ncoolness\ncougars\nscreen\n02041984\ncriminal\nhardware\nramones\nbobdylan\nning\ncapslock\n02061989\nrong\nzaraza\nciccio\nteddybear\nalisha\ngfhjkmgfhjkm\nchui\nliang\npian\nniao\n1123\n120676\n147963\ngadget\nshiner\nlaurent\nfulham\nmissouri\ncarlitos\ndwight\nhelene\nhalifax\ndogshit\nentropy\ncoldbeer\nsilent\nlost\nsilly\nnetscape\nboom\nedgar\ndog123\ngolfer1\ncounty\ndeep\nfreeway\nsyzygy\nandromed\ngame\nmedia\nwings\nbrigitte\ndanny1\nyeahbaby\ndiego\nyolanda\neldorado\nhollow\ncrack\neastwood\nmonkey12\ngunther\nparanoid\nanita\nsexyboy\nrainbow6\nsoulmate\ngooner\ndrunk\npersik\nlesley\ngeneva\n9293709b13\nmicrophone\nkakashka\n02021983\n50spanks\n111111a\nfgtkmcby\nmclaren\nspread\ngeng\nshuo\nzhui\nduan\nnuan\nqiang\nweng\nshuang\n159632\n9562876\n1234567891\nbamboo\nbrittney\nfastball\ncreature\ncards\njust4fun\nmatteo\nfuckyo\nhack\nsmashing\nfoot\nwashington\narlene\nbaggio\ncarlito\njones1\nhopeful\nastro\nhondas\nsnooker\nsophi\nredbird\nbigblue\nannie1\ndynasty\nmephisto\ntemp123\ntrainer\nrebel1\niceberg\nshitface\nfountain\nspecialk\nestrella\nsome\n02031987\ngeneric\nbuddyboy\nstevens\n02041983\narcadia\n02051983\nmanning\nnikitos\npiramida\n02021989\nvioletta\nbailey1\npiano\nspencer1\nsalasana\nq2w3e4r5\nmaxxxx\nzang\nshutup\nthing\nsuan\nheritage\nliao\n1022\n1223\n15975\n11221122\nbrowning\nhomerj\ntiburon\nobelix\nkris\nchopin\n02041982\ninsomnia\nhooper\npromise\ncygnus\ntheater\nromero\njelly\nplasma\nkissmyass\nhere\nninja1\nsubmit\nspider1\nbudapest\njayson\nsexysexy\njorda\ncitizen\nsahara\npinkfloyd\ncard\nstroker\npavlov\nplayboy1\npasword\namigo\nheynow\narturo\nfight\nventura\nsandwich\nfraser\nyummy\nhomeboy\nroyal\ntestpass\ngamecock\nmilo\nmaxwell1\nmagician\nfemale\nwildcard\nsassy1\nmagazine\ntelephon\nbigfish\ntripod\nkuai\nlazarus\ncleo\nlicking\ndundee\n1234asdf\n02081986\n1a2s3d4f\nbrodie\nmisfits\nslavik\nrochelle\nsleeper\nseeking\npringles\nbutcher\npatric\niverson3\nnanook\n02041987\n02041988\nvsjasnel12\ndarklord\nloveless\nbruno1\nradiohea\n02011988\ncang\nshao\nsheng\nguang\nshuai\nxing\n1011\n2469\n12365\nkarin\nhughes\ngiorgio\nmaxime\nsphinx\nreckless\ntriple\nbaldwin\ntaxman\norient\ndesmond\nmarried\nzhjckfd\nmordor\nhunt\nromano\njiggaman\nramsey\nofficer\nlovebug\nsam123\ntiger123\nclassics\nhooligan\npluto\ngeorg\nbolton\nscrabble\njezebel\nmajor\n010180\njellybea\nmason1\nshock\ndrakon\nseadoo\nmexican\nhawaii50\npharmacy\ndoor\nlena\nabnormal\npatrice\nconcorde\nalfredo\n01011979\n02081985\ncdtnbr\nqazwsxedc123\npuffy\nislander\n02101984\nchantal\njakejake\n02011980\nyjdsqgfhjkm\nbunnies\nbushido\nkazantip\nstrawberry\nverizon\nmaksimka\ndupont\ncrusher\njiao\nzong\nzhang\npang\n1211\n1224\n123465\n655321\nghost1\npremium\nwg8e3wjf\ncorey\n426hemi\ngoat\ndiane\nchannel\nproject\nhole\ncthtuf\narrow\nmeagan\ntootie\nbounty\nblue12\n02021982\nporno1\nkfhbcf\nkirsty\nhowdy\nramrod\nsweetnes\nmaster12\nbird33\nbummer\ncorolla\nandersen\nblond\nrace\ndarryl\nsenator\nferguson\ndonovan\n123456qwe\nthelma\ndynamite\ngertrude\ndoomsday\nrhjrjlbk\nhjccbz\nplayers\nmariposa\nkiller12\nozzy\nmazda626\nexcalibur\nmarcello\nbuttfuck\nmoore\nsamsun\nmasamune\nzhao\nniang\nzhuo\n02071984\n998877\n12365478\ndarlene\nbessie\nbrains\nnorth\nattila\nclowns\nchestnut\nwoofer\nmodel\n1qa2ws\nmoses\nsomeone\nlindros\ntiny\ndottie\ncivic\njuly\na1a2a3\nmerlin1\nanthrax\nlilian\nimation\nbeacon\ntripper\nsnoopy1\nvsegda\ntiger2\nursula\nfullmoon\nspiker\nsporty\nforce\npornporn\ncitadel\njacobs\nmichael2\nvolcom\ndynamo\namerika\n02031985\nbombers\nhannah1\nburrito\nandrea1\ninspiron\nforsaken\nspock\nmallory\nlantern\nnextel\ngoirish\nsnowboard\nhaggis\ncallum\nviolin\nlollypop\ninsanity\nplacebo\ncreation\nglacier\n02061988\nstepan\nzander\ndabears\nwater1\nkatarina\niloveme\nsexxxy\nmoonbeam\nwebber\ngonzalez\nhenry1\ntiao\ntigger2\n4417\n7007\n69696\n147741\n258852\ndogger\npecker\nstiffy\nsenators\ncreate\njune\nwingman\npumpkins\nfelix1\nwindsurf\nernie\nmick\nwatch\ngreen123\njarvis\nzephyr\nfishman\ndell\nreddevil\nwanted\nsheridan\nlarry1\nnichole\nbronze\nconcord\nrjhjktdf\nkellie\nbaker\nzalupa\nkillkill\navenue\nasddsa\nbunker\nwrench\npaddle\nschalke\ncobain\nshanna\npoopy\nbroker\nmouth\nwoodland\nyvette\nsuicide\nvanguard\naviation\nexotic\nheat\nstanislav\n02081982\nsuperb\nq1q2q3\nfergus\nmihail\nvfibyf\n02051982\nyankees2\nmobydick\nicu812\nsausages\ntuning\nfrancesco\nganesh\nanastasiya\nnevermind\npresiden\nfaithful\nkerstin\nvfitymrf\nvarvara\nhappiness\n1z2x3c\nrobotics\nzuan\nnang\nshui\n225588\n369258\nnormal\ndeer\nbigcat\nstore\n02011984\nkaren1\ntech\ntemppass\nlaura1\nonetwo\npostman\nweird\nuranus\nhighheel\naloha\ncigar\npuss\nstylus\ngobears\nduckie\nstratus\nthong\ntigers1\njimbo1\nmandy1\npippo\nconover\nsoprano\njingle\nfirewall\npolopolo\ndolly\npepito\npiazza\nradical\nalone\nmail\nboxer\n02031982\nreload\nevolution\njulie1\ngrande\ndrummer1\ntipper\nfuckme1\n02061980\nbattery\ndogcat\nbubba69\ndrive\nkirby\ncandace\ndigimon\nbombay\nmariana\nsowhat\npussy123\npumpkin1\nlips\ndownload\nfandango\nkamila\npopper\ndusty1\ngore\nbeng\nrang\nbian\ncuan\nsmokey1\n1112\n369852\n1000000\n1234560\nlenny\nqwerty11\nmypassword\nlouie\nearnhard\ndancing\nsimmons\nairport\nsnappy\nangelika\nfishin\nboxers\nicehouse\nqqqqq1\ncramps\nbasset\ndogboy\nhall\nabstr\nsoftail\ntitan\nsanta\nkilljoy\nfischer\nelectro\nmygirl\ndelilah\nmisfit99\nnutmeg\n111qqq\nchristma\nkittens\nkrusty\nscript\nzaqxswcde\nbigboss\nfalcon1\nflores\nguyver\ncoach\nfender1\npraise\nprowler\nharvest\nlatina\nasdf12\nclit\nmoreno\nerin\n02061987\n02091983\n01081989\nspikes\nzxcvbnm123\njubilee\nshan\nchoice\nyugioh\ntoaster\npineapple\nharrypotter\ngorgeous\nnamaste\ncarnage\nyong\nzeng\nredsox1\nbiao\nheng\nkeng\nkuang\n1013\n1023\n12051988\nalissa\nnigga\ndayton\nchriss\nniceguy\nmagelan\nqwert12345\nalmond\nclub\nbumper\npartner\nvikings1\n123qw\nmarty\nspongebo\nerika\njudy\nghosts\nbroncos1\nhookup\nbigben\nhammer1\nwifey\ncindy1\ncarmex2\nenrico\nstarstar\ngilles\nchillin\nsuperma\nradiohead\nhavana\nlumber\npistons\nviktoriya\ngameboy\nrobot\nsantafe\nholidays\njennife\nmckenzie\nreddwarf\ndodgers1\ncascade\nkidrock\npinball\nisaac\nbanger\n05051987\n02071987\n02101989\n02041985\narrows\ncookie1\nlondon1\nplatypus\npassword12\nfoxy\n02071980\n1z2x3c4v\nabrakadabra\ndoofus\npasses\nshanti\nbarron\nmarianna\nlongbow\nservices\n02101987\nheroes\nliving\nmankind\nstasik\njets\nbeardog\nlongjohn\n123000\n134679852\nglenn\n01011900\nnikki1\nalessandro\ngarion\nlive\njuanita\nhonolulu\nnygiants\nslick1\nbusty\ninstall\nniceass\nstring\nboozer\nmars\nastra\njunior1\nabbott\npuffin\ndogbert\nqueenie\nmother1\nmiller1\nmuscles\nhighway\nvisa\n02091984\ncottage\ncompton\nsteffi\nromans\nbeerman\nmegan1\nwindmill\nguitars\nearth\nfreebird\nslamdunk\nsnowflak\ntasty\ndelight\nnights\nbiology\njoseph1\nemilia\nbronson\nfrost\nirishman\nbadgers\nstate\n02091981\nbergkamp\npixies\ntraining\nwarrior1\nplaystat\nmilk\noatmeal\nmudvayne\nairwolf\nseason\nlottie\ndudedude\njackjack\njohndeer\nzildjian\nmagnet\nvjcrdf\n02061983\n02041981\nhammond\nramirez\n02091980\nmang\naptiva\nanai\nqwer12\ngidget\n1121\n78945\n153624\n333777\n22041987\nstop\nkjkszpj\nmanolo\njerry1\nbruiser\nchilly\nmedion\njosephin\ngiraffe\njared\npaulina\nfishbone\nedison\ncaught\ngasman\ngenesis1\npocket\nmoondog\ncharter\ncamila\nimpact\ntbone\nbigblock\nrudy\ntowers\nkrypton\nhallie\njefferso\npelican\naltima\nclippers\ngetout\ncompass\nkimmie\nchambers\nwinners\npaulie\nspoon\nsucking\nalbany\ntoffee\ntheatre\nnever\npavel\n111111q\nclimber\nmarlon\nmicro\nthisisit\narmand\nultra\naladin\nmonkeybo\ncomfort\n123456l\nepsilon\nidunno\ndeath666\nstress\nhounddog\npallmall\n02051988\nangel123\n02041979\nkate\nwebhompas\nmonsters\npicturs\n02051987\nsairam\n02081977\n05051985\n02071988\neaster\ncobras\nballin\ncomanche\nlandon\nseverin\n15051981\n26061987\nwhiteout\nroadster\nbasebal\nstone55\ndrifter\neaston\nwerder\nnorwich\nstubby\nstefanie\nclay\ngene\nmike123\nellie\nversace\nfood\nvisual\nheinrich\nrecord\nwhite1\nbowwow\nellen\nundertak\ndemo\nhookem\nanastasi\nfiction\nmedic\ncolnago\nstorm1\nbooster\nfestival\nzzzxxx\ncoolcool\nqwe123qwe\nsinned\nforeve\nsqueeze\n02031981\nmazdarx7\nanthon\ndiving\nshocker\nhewlett\ncross\nsutton\nchoochoo\n08031986\n02051989\nmilan\ndefense\n123456789s\niloveyou2\nfidelio\nwelcom\n123456m\nword\nlithium\n02051984\n02061984\nkisskiss\ncbr900rr\nbritish\nfranc\nkings\nmama123\nlovelife\nhellboy\nchipmunk\ngood123654\nsaiyan\nchase1\nbluebell\nfederal\ntrust\nformat\nkjrjvjnbd\nctrhtn\n1234qw\nhollie\nceleb\nfuckinside\n1215\n111000\n987123\n10011986\n11051987\n13041988\n21031987\nkirk\nwashingt\ntkbpfdtnf\nsensei\nsmirnoff\nmydick\nspam\nmacbeth\ncabron\nguess\npipeline\nmike1\nclyde\ndalshe\njames123\nzebra\nmortal\nfishhead\ngustavo\nvintage\n06061986\npigeon\ncarver\nwinner1\ngypsy\nkonstantin\nbeta\nfreefree\nsheba1\nsummer99\nnewcastle\nkrasotka\n01031988\nkomodo\n02091985\njuicy\npunk\nstarligh\nflyfish\nwireless\ncarman\n81fukkc\nmanila\nnathan1\nolesya\nsalome\nlowell\ntorpedo\nswitch\nmotion\nsharp\ntoejam\njulien\npuppet\nbuceta\nscoobydoo\n02021979\nsuper12\nkoroleva\nlineage\nmichaels\nredrose\nclose\nyogibear\nredbaron\ncodered\ntesting1\nfrogman\n02021981\ntatarin\nazazel\nmoskva\nkitchen\nfreesex\nnascar24\npresident\n7894561230\nnews\nmykids\nbitter\nhighbury\nzachary1\ntranny\nredfox\n02061982\n1002\n135791\nusername\nachtung\njohnny1\nspotty\nsurvivor\nprogram\nprayer\ntransit\nsanity\nseagull\nflanker\ncocker\nqwerty7\nwanderer\nsoccer12\nfuckhead\nzodiac\nisabell\ncostello\nvirgil\nnutter\nrockies\nirinka\nwashburn\ncatwoman\nupyours\nkelvin\nlemonade\nchilli\nbearcats\nchef\nitsme\ngravity\nchevys\nsolitude\nsunny1\ncocksuck\nminerva\nboomer1\ndeeper\n01011978\n02011989\nohshit\nvera\ncricket1\nsugar1\nrober\nslowhand\ntommie\nross\njsbach\nlorena\ndinara\nparadigm\nsmoke1\nlilith\nnostromo\nborabora\narkansas\nchiara\nsavanna\npresley\nbologna\nterminat\nhabibi\ncontest\nsushi\nmarkiz\nsigma\nrainbow1\nbdsm\nblam\nfantasia\nstephen1\nmildred\n02041989\ngrandpa\nunderground\njohnson1\npeaches1\ncnfybckfd\nghbywtccf\n02101986\nbigbob\n11081989\n12021988\n13041987\n14061991\n20061988\n21011989\n22021989\n24061986\n30051985\n74108520\njoel\nslater\ncomedy\nmarti\ngrand\ngeorgie\nwildbill\nsmart\nkent\nlarissa\ngilligan\nblast\nhornets\nbrain\nberkeley\npool6123\nbirgit\nmaggi\narmstron\n3000gt\n01061990\ncorndog\nhilary\ntroy\n123qwer\nlane\npiggy\ndestin\ntropical\nsundevil\nshinobi\nhorace\ngagging\nhurricane\nvolkswag\nwasabi\n01011960\nnurses\nbmw325\n02021976\nzanzibar\nreilly\nmustang6\ntrouble1\nangelus\nchinese\nsissy\nsunfire\ntonight\nsonia\nsneaky\nreport\n02071981\ncoventry\njeremy1\ngtnhjdbx\n03041991\nsekret\n45m2do5bs\nundead\nqazws\nmadcat\nhotone\neastern\n123ewq\ndaniele\nnirvana1\nlasvega\namorcit\nwasted\nsidekick\npizza1\n02031979\nyfnfkb\nrevolver\njackass1\ncleopatr\nnfytxrf\njermaine\ngbhfvblf\nkalina\n02081983\nmarines1\n1031\n1102\n1125\n1235\n172839\n420000\n635241\n18011987\n23041987\ncisco\neverlast\nhopkins\nnitro\nvader1\nsouth\nnation\ntinkerbe\nlamer\nboating\nglass\nbluesman\nweston\nleroy\ncustomer\nphysics\n12qw12qw\npaolo\ndakota1\nquentin\nmessiah\nhitachi\nmarjorie\nkrissy\nshawna\nconan\nwoodie\ntroll\ngroups\npenguin1\nspikey\nfatty\nvilla\ndenmark\nstephan\nbirddog\ncyborg\nkeenan\ntokiohotel\nstraight\nnautilus\nkieran\nslayer1\nrubble\nhighlander\nredeye\njustus\nfirefire\nfrom\n02071983\nschmidt\nlongdong\nboiler\nmargie\nheidi1\nsuckers\nwaffle\nkhan\nsonata\nlopez\nthere\nskyhawk\njoebob\narmada\nsimba1\nblues1\n07071987\nreflex\nthreesom\nasdqwe123\n02021973\n01121986\nameric\ngoten\nloud\nghjcnjgfhjkm\n02011981\n01071986\n02091989\n02071989\nnokia6233\nghbdtn123\nasdfgh01\nsisters\nvalentine\nyuan\nmonty1\ncole\n1812\n10031988\n10071987\n12121990\n13031987\n14111986\n19061987\n19101987\n24011985\n25081988\n28041987\n123456123\nbighead\nmatthias\nchanges\ndescent\nmazda6\nfenway\ntaco\neggman\naaaaa1\njonny\nbuddy123\nprivate1\ndogface\nbowman\nirishka\nshibby\nantonia\nastral\nnudes\nteenage\nenterme\nthecrow\nandyod22\nscore\ncomplete\nrivera\nbelmont\ntigge\njunkie\nfredrick\ndaniels\nvickie\ncandy1\nbennie\nskinner\nrazor\numpire\nblanco\nfearless\ncitroen\nrollins\nsluggo\ntorino\nantelope\nmarseille\naramis\nemilie\ncompaq1\ngryphon\nmalachi\npantera1\nviewsoni\nethan\nyeah\nmarble\n02081980\nreptile\n02021990\nchandra\nkille\ndindom\n01091987\nevangelion\nhandball\nnancy1\nbarselona\ndraven\nzxcasdqwe123\nsandrine\nfuck1\nsprinter\nfyfnjkbq\n01041985\n02101988\nstinker\npalmtree\nsonyericsson\nhotties\nrampage\nseabee\nchick\n1776\n987321\n10011990\n10051987\n10101986\n11061985\n12121985\n13061986\n14021985\n17051988\n20111986\n22011988\n25800852\n28021992\ngordo\nbigpimp\nquestion\nsoccer10\nboytoy\nquasar\ncarpente\nspartan1\namand\nluca\npasadena\nbiatch\nbenoit\nglock\ncoldplay\nexpert\naudi\nmario1\ncastor\ndeadly\nfairlane\njoe123\nelcamino\ncallisto\nglamour\ndatsun\nstudman\nhanson\nmentor\ntomahawk\nshamus\ngladiato\ndiaper\nkeisha\nstupid1\nstyles\nsqueak\ncayman\nrunaway\ndentist\nnavy\nskip\nfantomas\nthewho\nzippo\ncastillo\nluck\narianna\nhoneybee\npapito\nyamahar1\nholycow\n02031989\nukraine\ndoors\nwildwood\nyellow1\nskibum\ngambler\nhelper\n09051945\nbest\nbrown1\nmalice\ndavid123\nkarachi\njewel\nexcite\ntoilet\ncorinne\nmorton\njohngalt\nsweetness\noptions\nloretta\nmcdonald\nsf49ers\npalermo\nbuffalo1\nplaya\nlambda\n02031980\n01121988\ngideon\nmatthe\n02101981\nmedved\ncheshire\nsuperior\n08121986\nministry\ntrinitro\npebble\ncasper1\nbismillah\nroses\nelefant\nplayer1\ncapricorn\nharlem\n04041991\nnikolai\nvendetta\nbobdole\n03041986\nwizard1\n02101983\nmanfred\npinky1\nbiker\nmargarit\nbigpoppa\nsuccess1\nijrjkfl\nvoyager1\nasimov\nbruce1\nwinter1\niloveyou1\n01011995\ndominik\n1210\n24680\n100500\n196969\n415263\n11051990\n16051987\n16051989\n17061988\n20031987\n20091991\n21031990\n22021986\n25031987\n25121987\n27061988\n28011987\n28021990\n29011985\n29051989\n29071983\n30041986\nparis1\nlimited\nvitamin\ncalibra\nzarina\nperry\niforget\n04041988\nglasgow\nshrimp\nantares\nhola\nantonina\njamess\nhetfield\nwarez\nbigones\ncutiepie\nchapman\nbolitas\ndimas\nnonenone\nbestbuy\npapillon\nbaritone\nknock\neight\nstream\nsleep\nstephane\nfreefall\nvjqgfhjkm\nshow\n0000007\npriest\njules\nmischief\nrogue\nhate\nfoxylady\nflip\nernesto\ndominion\nvienna\nmacman\nenforcer\ndevo\n3x7pxr\nparol\ntophat\nmegane\ndungeon\nleedsutd\nf00tball\nmingus\nskillet\nrobins\ntwiggy\nbitchy\ngiggles\nremingto\nalberta\nducks\nrfvfcenhf\nbook\n02011983\notis\nderparol\n02051980\nquebec\nemperor\nbuste\n05051989\nsynergy\n08051990\n02041980\nshakira\nolder\nasdqwe\n01041988\n01061986\nmamamia\ncleopatra\nrosario\nfinland\nmodern\ncarnival\n01011994\ndmitriy\ncoolcat\npurple1\nghjuhfvvf\nknuckles\nmahler\nkayleigh\nklaste\n1003\n1025\n1204\n4200\n224466\n1234123\n11121986\n12031985\n12031987\n13121985\n15011987\n15051990\n15101986\n18061990\n18091985\n20051988\n20091988\n21051991\n21101986\n22071986\n30031988\n31011987\nnotused\nbigdawg\ngrinch\nchips\nletmei\nslugger\n02071978\nmental\nharddick\nbrand\nbozo\npaco\nkojak\ntabasco\nchelse\nspud\nrico\nkeepout\nkokomo\nfirefigh\naddison\nbarney1\nblowfish\n1dragon\nhugo\nsamira\nsexylady\nsevens\n08031985\nstacie\nrusty2\ndimples\npost\ntuna\nalexandre\nwhiteboy\nroger1\nfilms\ncromwell\nmagneto\nkernel\ncarroll\nminemine\ndontknow\n02011982\nacmilan\nwp2003wp\nsanford\nreferee\nlakeside\npolish\n123456ru\nnoname123\nscreamer\ncalimero\nportal\nkfgjxrf\nconway\nrockie\n02101979\n02051985\ndfktynby\nfrancisc\nswinging\n02041974\ncygnusx1\ntrucking\n08081988\nobsidian\nsales\nauditt\nmoney123\n02031988\noxygen\nroswell\ntower\n01031989\n01011974\npapers\npopova\n03031986\ngiovanna\nsasha_007\nthecure\n02051978\nbigbang\nlfybbk\npizdec\n12345qw\n02071979\nzoloto\nmarijuana\n02031977\n02051976\nkimball\njaguars\nkordell1\nkerouac\n142857\n258369\n999666\n10101990\n13021990\n14021986\n15021985\n16121987\n17011987\n21051988\n22031984\n22041988\n23021986\n24111989\n25041988\n25091987\n26031988\n27081990\n30041987\n07091990\nstryker\nksusha\nentry\nroma\nmaple\nchoke\ncassandr\nmoonligh\nfenris\n12345s\nduffman\nfuck123\njohn123\ndirty1\nblueball\nbigbooty\ncars\nwrestler\nsalope\nsexxy\ndinner\nbuilding\nmopar\ncecile\nfishfish\nparamedi\ncapricor\nrobocop\nrimmer\nhardone\nw_pass\n4ever\nevil\nalice1\nnomad\nnuclear\nasgard\nseries\nadvent\n01031985\nuniversa\njorge\nkestrel\nspanner\nguido\ncheddar\ncarlos1\nlalakers\nacura\ncherries\neclipse1\nanchor\ncold\nyoyoma\ndarkangel\naspen\nbahamut\nlittle1\nwhistler\n57chevy\nsmackdow\ngalant\nbukkake\nleopold\noption\nstrawber\nfacebook\nsusanna\nbookie\ncrusty\nqwedsa\nnine\nextra\nmatrix1\n02051981\n01021990\ntransfer\nbreanna\nmothers\nclarissa\npeachy\nprozac\np@ssw0rd\nloki\nscuba1\nbootys\nargentin\nflame\nbricks\nslimshady\ndkflbr\nnokian73\nchris123\n11111q\nkrolik\njoshu\nkorova\njohncena\nmagpies\npictures\ncevthrb\nsuckmydick\nspanker\ndogpound\n02051973\nimpreza\n02041975\n132456\n145236\n357159\n741963\n10041986\n10071988\n11021985\n13071984\n14081985\n15071987\n17111985\n18091986\n19011989\n19031985\n19283746\n21011988\n21011991\n22061988\n23031990\n24111987\n25011990\n25091990\n31031988\nnotebook\nbrandy1\nprospect\nbettina\ngymnast\njktxrf\nseneca\nzxcv123\nksenia\nrudolf\nmarquis\nhuge\ndaylight\ngolden1\nq11111\ntribal\nzack\nblue32\njohndoe\nhejsan\nbiteme1\njeannie\nlemmein\nsalem\npetrova\nclutch\ndjango\nsexgod\nsexxx\ncapetown\ntupac\ncartman1\nratman\n09021988\nvlad\nfortress\ncanucks\n01091985\nvirus\nchocha\nserpent\nwallet\ninter\ntelephone\neggplant\napril1\ncamero\nroofer\nnazgul\nfussball\ncardiff\nperfect1\nwendy1\nhallo123\nfktyrf\npufunga7782\namore\n02041978\nfactory\ndoggy1\nbudweiser\nalanis\nloser1\nmarseill\njanelle\nwealth\naddict\ngoodgirl\ntimeout\nwolfpac\n02051972\ncamden\nliverpool1\ntenchi\n05061990\ngodlike\nuniversity\nturnip\nbeaker\nvincent1\nk.lvbkf\n010191\n01031984\n02031983\nrepair\nnbvjatq\nvehpbr\nsouthpaw\nsylveste\nredhat\nforever1\nwingnut\npatrol\nmagellan\nvampir\ncaptain1\nassasin\naikman\ntrailer\nmariya\ntaekwondo\n258963\n7896321\n10081989\n11031988\n11071988\n12041986\n12041988\n12061988\n13011987\n13011988\n13051987\n14011986\n14021990\n15011985\n15041988\n16051988\n22021988\n22071987\n22091988\n22121987\n23021989\n23041986\n23051985\n25101988\n30081984\nsonyfuck\nstyle\nllamas\nclifton\nirene\nsabrina1\n02031978\npunch\nnoname\ngoldfing\nmarie1\n1234zxcv\njumbo\nhelmut\nmaveric\nricard\nantony\nhappy2\nmarcius2\nsusan1\nballet\npentagon\nsawyer\nfaith1\ngina\npearson\nhotgirls\nflasher\ntracer\nboater\nshoes\npeppe\njoyce\ncornwall\ngoodie\ndevon\nbenito\nbutters\nangus1\nsixpack\nmandrake\nbubbles1\nearthlink\nlookout\nslammer\nventure\ngagged\nonion\n01071987\ntruth\naries\n12345m\nlakewood\nloveya\ndogwood\nmoney12\nmoonshin\nring\nwyoming\nsuburban\nchalleng\nolympus\nvolkov\nopendoor\n01011976\n04041983\ncommande\nstanley1\nhoops\njonathon\ndiablo2\n08081986\nseymour\nbeach1\nashle\noreo\nmurzik\nbubba123\n02051977\nnavigator\nright\ngratis\nmyrtle\nnative\ntrip\nlakers1\ntwelve\n02081976\nhellokitty\narctic\nfkbyjxrf\nrasmus\nwormix\nrandy1\n02091988\n07071977\n03021986\nmillenium\nradar\n07071990\ngerrard\n05071984\n01041987\ngoth\nasians\ngateway2\ncamaross\nbluejays\ngaell\n333444\n10031987\n10101985\n10121987\n11061991\n11121985\n12071989\n12081985\n13061987\n14101987\n15071986\n15071988\n16021990\n17061989\n17101986\n18021984\n18041986\n18051988\n18101987\n19051987\n19061990\n19121989\n20041986\n20081991\n20091986\n20121989\n21061986\n22011986\n23051990\n24031988\n26031990\n27041990\n27061985\n27071987\n29061990\n29071985\n30041985\n135798642\nlekker\nqazxcv\nborders\ndavies\nmidnite\nlloyd\nbeater\n05071988\nwhatwhat\noptimist\ndamon\n02071985\ngotmilk\nblue99\nclock\ndecker\nlarkin\nroad\nloren\nredskin\nhung\nbremen\nenternow\nknight1\nprince1\npage\n01051989\n03081989\nbimbo\npeace1\ndestiny1\nbeavis1\nhattrick\naaasss\n1a2s3d\ndejavu\nmarkie\nou8123\n1master\nstart1\ntest12\nbeatles1\nscrew\n2fast4u\ndaddyo\nnatasha1\nbordeaux\nstone1\n12345qwer\nblaine\nvanessa1\nrough\nalchemy\n09041987\nqwert40\nhott\ntherock1\nreal\nilovegod\nsolaris\nproton\nlinks\ncardinals\nmarriage\ndisco\npeggy\nspence\nfanny\ncoming\nswedish\nespresso\nauggie\n02071975\nvbkfirf\ndougie\np4ssw0rd\nrichar\nnoway\nnightwish\nsaigon\nholes\njocelyn\ngsxr1000\n23skidoo\nplaton\nghhh47hj7649\nshadow12\nspeedway\n01041992\n01041990\ndevin\nleeds\n09031988\ntimosha\nroadrunner\nironmaiden\nmackie\nsupernov\ndelfin\ntoriamos\n06041988\nceasar\ntrans\npatches1\noberon\nvjkjrj\ncapecod\nglow\nnevets\n1008\n123567\n147896\n875421\n10061986\n11051984\n11051986\n11091989\n12041990\n12051986\n12051990\n12121988\n14041988\n15021990\n15051985\n15111988\n16051985\n17041991\n20021988\n20041988\n21061985\n22061989\n22081986\n25071990\n25111987\n26061985\n30011985\nmamacita\nmad\nderf\nsandie\njaime\nlonger\ncowgirl\nstigmata\nmunch\ngonzales\nalena\n01121987\npass1\ndata\nshag\nnineinch\na1234\nwaterboy\nklondike\nilove\nfinally\nbomb\nspiral\nboulder\nodyssey\namigos\nsomerset\n01031986\npain\nburns\nmulligan\nkrokodil\nexplore\nlawson\ncharon\npeeper\nredcar\nfellow\nambers\nsloppy\nsavior\nschatz\nmoron\nq2w3e4\nhardball\nazertyui\nrepublic\npatch\nreggae\ncanuck\nromantic\nvauxhall\nboston1\nangelic\nemilio\ndoggies\ntennis1\nadvance\n02061977\naround\n159357a\n06021987\nspoons\nrfntymrf\nalmighty\ndeputy\n06081987\ntosser\nstratfor\nmississippi\nsuckdick\nhouston1\neating\nintercourse\npower123\ncloser\n01021989\nlenochka\nmarijuan\n02031975\nglobus\nsterva\ndomingo\nlimewire\nterefon\ncoors\n04041990\nsuslik\nsteaua\nblue1234\nbledsoe\n12345qwerty\ngreedy\n01061988\niriska\nhtubcnhfwbz\nzasada\nsandr\nawesome1\nbeezer\nchamp1\nfunstuff\nevgeniy\nbball\npatrici\ncuervo\nprinting\n111777\n357951\n10011983\n11011990\n14011989\n14031988\n15021986\n16051990\n17031987\n17071989\n18021988\n18111987\n19061985\n20031991\n21041992\n24031990\n24091986\n25011986\n25061985\n27081986\n28051987\n29051985\n29061989\npastor\nfunky\ntheforce\nchiquita\nstrap\nyessir\ndaman\n05081988\nbeech\nstreets\nchaos1\nwxcvbn\nadmin1\nholein1\nmaserati\nberry\nqqqwww\ngeezer\ncoral\ncabernet\njoecool\nnastia\negghead\ndoris\nsheepdog\nterrell\njomama\nkane\narmando\nhairball\nchrista\naileen\nclarke\ninsight\nafrika\nvancouve\ntender\nmunich\n02071976\n123456789m\ngrandam\nbrady\nluciano\nalcohol\nsheep\ndefault\nidefix\ncyprus\ntrees\nscheisse\nmontana1\nmooney\nambrose\nhoffman\npimpdadd\nbaltimor\njennaj\nm123456\nnorbert\ncall\njaeger\nmash4077\nwatford\ndavinci\nmizzou\nsteven1\ngocubs\nsquare\npigpen\n123456t\nhoudini\njewish\ntomas\nkirkland\nophelia\nriccardo\n07051990\nanother\nrodeo\nluna\nbonanza\nlhfrjy\n02061976\nsigmachi\nrevolution\ndragon69\nfirenze\n03041980\nselina\nabsolutely\nlback\nghbrjk\nrfhnjirf\n05091988\nsammy123\nsophie1\ncvthnm\ncolonial\ntoolbox\n04061986\nhunte\nringo\nbongo\n02101976\nazert\njunk\nbanan\nhowell\nmagic32\nliliana\nq1234567\nmedina\nriders\nelway7\nilikepie\n09021989\ntoonarmy\nladdie\n01031983\nfootjob\n06051986\nkronos\neskimo\nwolfen\nnatalie1\nbarley\npancake\nbigdicks\ndabomb\ncashmone\n02081981\njunio\n02041977\ndylan1\n01021988\nmonic\n1004\n3006\n123459\n223322\n556677\n996633\n1235789\n5201314\n11011991\n11071985\n11081987\n12071987\n12081984\n12101988\n13031986\n14021987\n14071987\n15051987\n15081991\n16011989\n16061986\n16111990\n17071985\n18051990\n18061985\n19071986\n19071988\n19101990\n20031988\n21021985\n22021985\n22041986\n22061941\n22061987\n22071989\n22081983\n22121983\n22121986\n23011985\n23021985\n24061987\n24061988\n25011985\n25041985\n25061986\n25101989\n26021987\n27031989\n28021985\n28051986\nlolol\nmyxworld\naudio\nkristian\nsamoht\ndominiqu\njoemama\ngabber\ntoocool\nariel\ntwinkie\nzxasqw\nmarcelo\ndarkange\npersona\nscrapper\ndelaware\ntyson1\nprogress\ncafc91\nkurt\nshuttle\nlink\ngabriele\nsmoothie\nslimshad\n08071987\nq123456789\nyoutube\nfranks\nnorris\nyasmin\noutside\nsandra1\nhottest\ncumslut\ntripleh\nmann\nstarr\nmorales\nvqsablpzla\npathfind\ntrace\nelisabet\ndoit\nevolutio\nfishon\nbooks\n02021980\nflicks\npeanut1\nvelocity\nranch\nannmarie\nbarry1\ngthcbr\nbiggun\ndolemite\nvagabond\noutback\nsexo\nwoodstoc\n02081979\nmacleod\nplastics\njavelin\nbootsy\n02021991\n08061987\naolsucks\nc2h5oh\n02031973\nsofia\nredbone\nklizma\nrachelle\npetunia\npumper\nall4one\nmohawk\nlobo\nbillabon\nrockin\nncc74656\naustin31\nbaylor\n04061991\nkoolaid\ngranada\nallegro\n02021971\nalinka\nnevermore\nmikael\np0o9i8u7\nforgetit\nsmith1\nmontag\npoker1\nfrodo1\nbeloved\nbreaker\ntasha1\nhoneys\npassword9\nreginald\nsheeba\nkiller123\n02091976\nwives\ndukeduke\narchange\nfuck69\nmetroid\nminimoni\nwizards\nhellsing\nrocknrol\n02041976\nfabio\n03071987\nzaqwsxcde\nmax333\nwanking\nawful\nmorrowind\nfriendster\nirving\ngoodday\nmodelsne\nbumble\nkenny1\nnataly\njuliana\ncirrus\nsamm\n03111987\nnittany\ndogbone\nstorage\n05061986\n04041985\npunker\n02011975\npurpl\nfuturama\nskateboard\n6996\n132465\n10031991\n10111986\n11081990\n11111987\n11121987\n12011989\n12061986\n12121982\n12121987\n13111990\n14021983\n14051990\n14071988\n14101988\n15011986\n15071985\n15081988\n15091987\n16031990\n16101987\n17041987\n17061986\n19011987\n19051986\n19071990\n20021986\n21041985\n21081987\n21111985\n22021990\n22031991\n22041985\n22061990\n23061990\n24051990\n26031984\n26031987\n27031987\n27091985\n29051990\n29081985\n29081990\n29111989\n29121987\n30121987\n31121990\nesquire\nhomemade\nkiteboy\nherewego\nbedford\ndirk\nlonesome\nboxcar\npanda1\npornking\nblackbird\ndickens\nnokia1\nfour\nclimax\ngotribe\nbleach\ncheeky\ncucumber\nvipergts\nscooby1\nawnyce\n123qwert\nmuhammad\nsummer69\njeepster\nalex12\nhello12\nharbor\nacidburn\nharald\ncalling\ndingo\nfireblad\nchristi\npinnacle\nshodan\n11111a\nfallon\n03061987\n02101977\ndeniro\n08041986\ndudeman\nharrier\njellybean\nbuffet\nmariner\nfoolish\nwildone\npeterbil\nallgood\nfields\ndilbert1\nsalami\nbugs\nestelle\nlighting\nmega\nbutkus\nelvisp\nhomework\nrussel\ndonner\ndoktor\ntycoon\ncement\nromeo1\n04051988\nottawa\nbigguns\nlillie\nfellatio\nweed420\nemmett\nkiwi\nbarfly\n03031988\nbaracuda\nnewyear\nflipflop\nraleigh\nsingapor\nsperma\n04081987\nmaxdog\nsasha123\nopennow\nthedon\nsedona\nsixty\nterra\nblunts\nlinkin\nlander\nalisa\n02091977\n12345abc\n05051990\ncrackers\ndoubled\nwarhamme\nproview\nmasterbate\nstarwars1\n02091975\nstatus\n01011971\nfemales\nflamengo\nbehappy\nlfitymrf\nqwe321\nstarwar\nsnowbird\n123456789d\ncorwin\nbradley1\nfucker1\nazzer\n02101980\nlagnaf\ndaughter\ncubs\nnavyseal\n01081990\ncarebear\nprotect\nkamasutra\nbastards\ndelmar\nmusical\ndeaths\nmetall\nsteffen\n01061987\n02051975\nwiseguy\npimping\nrobin1\n515000\n1598753\n10041983\n10061987\n10081985\n10293847\n11011987\n11071986\n12051985\n12101985\n13111984\n14071986\n14881488\n15051986\n16061985\n17011990\n17021985\n17091987\n17101987\n18011986\n18021986\n18041990\n19091988\n19111987\n20011989\n20051985\n20071986\n21071989\n21111990\n21121986\n23011990\n23021988\n23051986\n24011990\n24021991\n24061992\n24121986\n25011993\n26041986\n26041991\n26051988\n27011988\n27051987\n28021986\n28071986\n29011987\n31011990\ngators1\n02071971\nwhiplash\nlara\nfuckme2\nadriano\nboyz\nhatred\nreserve\ndraco\nrainyday\nmercede\ngrin\nsmart1\nstafford\nmone\nmotor\nontario\nstang\ngardner\nweekend\njakarta\nshonuf\nclovis\ndrum\ngotham\njughead\ngolfgti\ndooley\nsand\nnightmar\nwetter\njohnny5\ntanya1\n03051987\n01051988\ncomein\nmeadow\n69camaro\nchessie\nmarshal\nphyllis\nmutant\ndingle\nchelle\nnautica\nhaley\ncamber\ndragonfl\nsenna\nbigjohn\nheels\nstickman\nsambo\n03071986\nhiziad\nsexybitch\npuppydog\n5wr2i7h8\ndeville\npacino\nparagon\npointer\ns123456\ntarpon\nmelanie1\nsprout\ndurham\napollo11\nbigdog1\nwheeler\nspliff\nsick\ngonzo1\nrockwell\nvfntvfnbrf\nmeliss\nnarnia\neleonora\nlefty\nchewy\npayday\natlas\nalleycat\nambrosia\ndrums\nlinden\ntrustme\naustria\nphialpha\nexchange\nrage\nlokiloki\ntarakan\ncartoons\n02091973\n01051986\nbungle\ncontract\n03011987\nkolokol\ndaisydog\npenetration\n06041987\nlaetitia\ngohome\n03031990\n02101978\npushkin\nleigh\nmustang2\ngianni\nwordup\norchard\nfreddy1\nadrenalin\ngoldeney\nluckyone\n06031983\ntuscl\nkathy1\nescalade\n0192837465\ngerbil\nblanca\nwidget\nsamuel1\nfyutkjxtr\n01011973\n02071977\n02081974\ntouching\ntrinity1\n04091986\nsites\npookey\n1q2q3q\ncharisma\n07081986\ninlove\nrainbows\ngrass\nkolbasa\n07091982\nnewark\n12345qaz\nbootsie\ninterne\nraphael\nrated\ncleveland\n02061979\nhenrik\nroll\nbandit1\n08051987\njenifer\ncocksucker\n03031993\n222777\n777999\n1234566\n10011988\n10031989\n10041990\n10061984\n10071985\n11071989\n11091984\n11111986\n12011985\n12021985\n12031988\n12051989\n12091988\n12111990\n12121989\n12348765\n14011987\n14011988\n14021989\n14081988\n14121989\n15021983\n15031988\n15061988\n15091988\n15111984\n16011987\n16111982\n18021987\n18031991\n19021990\n19101986\n19111986\n20011988\n20021985\n20031986\n20061986\n20081986\n21051986\n21071987\n21101989\n22051986\n22071983\n23031987\n23051987\n23051991\n24011987\n24071987\n24101986\n24111990\n25021988\n26031986\n26091986\n26101986\n26111985\n27021991\n27111985\n28031982\n28041992\n28061986\n28121984\n29041985\n30011986\n30061987\n31121987\n31121988\n369258147\npoint\nhello2\n05021988\ndragster\nbismarck\ncambridg\ncliff\n1michael\nhonor\nbuzzer\nsupra\ntreefrog\nkerry\nreason\nfrogs\nblake1\ntreetop\ncatcher\ndicky\nxantia\ndaisey\nsiobhan\nlister\ndome\nstrelok\nauto\ngamma\njello\nhawkins\n123456789qwe\nprosper\npitch\nstan\nworkout\nwalton\ncatnip\ndima123\n06071983\ntrauma\nsebring\nmichal\nnounours\nkittie\nburning\ndriller\nangela1\nthierry\nlumina\nspeakers\nbrennan\nrabbits\ncolin\nbuttercup\nneon\natticus\npuzzle\nsixty9\nmallorca\ndelaney\nburn\nchecker\njabber\nalexander1\nmelrose\nzyjxrf\nnormandy\nariane\ndbnfkbr\nbambi\nlucia\nblue42\nwilder\nthumper1\nkilla\nmasterp\n02051979\nplayball\nscamper\n7777777a\nlauren1\nwonderful\nsignal\nbase\nbenessere\nfreee\n01021985\ngetting\nsmackdown\nmelons\n02051990\ntrumpet1\ncooper1\npandas\nchains\nasdffdsa\n03041987\nfavorite6\nmelina\nsexybabe\ncannibal\nfosters\nbeethove\nskipper1\n02091971\n01051990\nburner\nnthvbyfnjh\nmeow\nmalaysia\nrugby1\nazertyuiop\n02091982\nrocknroll\nbynthytn\ngrace1\naprilia\n02011990\nvenom\nitaly\nmeier\nshen\npavement\n03051986\nstockton\n06061987\npeppers\ntantra\nguillaum\n32167\n777333\n888999\n10041991\n10101989\n10121985\n10121986\n11011989\n11041991\n11061989\n11081988\n11101986\n12021991\n12051987\n13021987\n13081985\n14031989\n14041987\n14041992\n14081990\n14091990\n15041987\n15071983\n15081990\n15091989\n16021987\n17021987\n17061991\n18011988\n18041991\n18051987\n18061991\n18081988\n18121984\n19031987\n19091990\n20041990\n20051989\n20061984\n21021987\n21071992\n21081985\n22061985\n22071990\n22081991\n22091986\n22111985\n23061992\n23071985\n23091987\n23121986\n24021988\n24031987\n24041988\n24081988\n25051985\n25121985\n26051986\n26061986\n26071987\n27041985\n28051985\n28051990\n28071987\n30041991\n30051989\n30061983\n30071986\n30111987\n789654123\n007bond\nredd\nmanny\ngiulia\ncaster\njupiter1\nreaders\nmooses\nworthy\nroyalty\njonas\nrita\nsegblue2\ntrustno\ndixie1\nhansol\ngumby\nphish1\nenrique\nbody\n123456w\nabcdefg1\npaulpaul\ngannibal\nearl\ncompact\nfrosch\nskylark\nhallowee\nkenobi\nkittys\nandrews\nyoung1\nterrier\ndirt\nfarm\nmarbles\nticklish\n07071985\nfrenchy\noffshore\njazzy\nsexyone\nalgebra\nallison1\nlucas1\nspecial1\nhyundai\nhotass\nsexman\nsex69\nolive\nleinad\nfarmboy\n02041973\nmiddle\nclement\namethyst\nletsdoit\ngofast\nthrasher\nplato\nsoul\nride\nnotredam\nmurphy1\ncandyass\ntravis1\nhannes\nspooge\nsystems\ngatsby\njunkmail\nladder\nuptown\nshower\nchill\nflower2\nkarine\n09051986\nmatty\nairman\n06011988\nwayne1\nvolleyba\nstayout\nliberty1\nabacab\nblanche\nbuckley\nbouncer\nvodka\nbettyboo\nshauna\n02061981\nmanga\n02011979\n02101973\nmuslim\n08011986\ncutie\nilikeit\n06061985\n01051985\nconstant\nlonghair\ntheir\nkaboom\nelmira\namatory\n09081988\nq1w2e3r\nnavajo\nalcatraz\nolenka\n01021987\n09091986\n05021987\nmynameis\n08071988\nlarson\nsunshine1\n04051985\npowerful\n04061984\nsephiroth\npanter\npassword01\ncasio\nsummers\n02061972\ncomputer1\n1qazxsw23edc\njesus123\nnikolas\nrugger\n05031991\nsparkles\nbosco1\nskinhead\nsonysony\nsnicker\npancakes\ncharlie2\npilgrim\nananas\ncontra\nsheldon\ngenerals\ngrisha\nmontecar\nbriggs\n02061974\n010390\nploppy\n7894\n115599\n321678\n951357\n1234561\n1234568\n10011992\n10061989\n10071990\n10081983\n10081990\n11041990\n12071988\n12071990\n12081983\n12081988\n12091991\n12101984\n12101990\n12121986\n12121991\n12211221\n13071990\n13101987\n13121983\n14041986\n15031990\n16031988\n16071987\n16071991\n16091987\n16121986\n18111986\n18121983\n18121987\n19061992\n19091983\n20051987\n20061990\n20101988\n20121986\n20121988\n21031985\n21121985\n22011985\n22051991\n22071991\n22121989\n23031986\n23051983\n23091986\n23111987\n24071991\n24101989\n25081986\n26071986\n26071989\n26101987\n27021990\n27031986\n27061983\n28061988\n29031988\n29061985\n29061988\n30011987\n30031986\n30031992\n30091989\n30121986\n31031987\n31051985\n31101987\n1234567899\nrenate\nradeon\nsergbest\n08111984\ntalbot\npathetic\nerrors\nsprings\nneedles\nrestart\nstock\nhiking\nauckland\njimmys\npearls\nallen1\n01041980\nbillbill\nhazard\ncalvin1\ncapitals\n02031990\npizzaman\nfitter\nbiit\ntazz\nulysses\njehovah\nstitch\nitisme\ndelpiero\nwind\nneville\nnico\n09111987\n1234rewq\nvirginie\nalive\ngrunt\nemil\noctopus\n04111988\ntampabay\npuppy1\nratboy\n1qazzaq1\nplayboy2\ngabby\n1million\nvampire1\nplaymate\nzorro1\n08101986\ndfcbkbcf\ncarrots\nistheman\njarrett\nyamato\nrumble\nilovepussy\nwonderboy\nmontrose\ndunlop\nwerdna\ncassandra\nclemente\ntralala\ncollie\nswoosh\n06031992\ndreamcas\ntrack\nsliver\nlondo\ncocoa\nrfgecnf\n05051991\nrollin\npainting\nmakaka\n04041987\nthebear\n01071984\nzxcvb123\n05011987\n04061987\nlockdown\nblacklab\nriffraff\nlegs\nkahlua\nfidelity\n05111986\n08121987\nfrankie1\nalexi\nwinger\n07071988\n07051987\nedmonton\n07071982\npressure\nstreaming\namstel\nsupernova\n02081973\nfujitsu\n05031990\nfluff\ntango1\nsamanth\npanic\nnapalm\n08051989\njustice1\n09081985\n07071984\ncamil\nblubber\n02031991\n01021992\ntujhrf\ngatit\ntitts\ncamping\ncable\nbabycake\nbudgie\ndani\nvfndtq\nfuckme69\nhewitt\nspot\nfrederik\nmotocros\n01101987\nrustydog\npinetree\n07101987\n120689\n1357911\n10031990\n10031993\n10041987\n10051990\n10061985\n10071986\n10091984\n11031983\n11051988\n11071987\n12071991\n12081987\n12081990\n12111985\n12111991\n12131213\n13021985\n13061985\n13071987\n14101986\n15011983\n15061985\n15081986\n15091985\n15111989\n15121987\n16061987\n16061988\n16081986\n16091988\n17021989\n17051987\n17051989\n17051990\n18011985\n18021992\n18031988\n18051989\n18101985\n19021991\n19061991\n20041985\n20061983\n20071988\n21031984\n21061988\n22011992\n22031986\n22051987\n22051989\n22061984\n22071984\n22071985\n22091991\n23061989\n23091985\n23091989\n23111989\n24091991\n24121987\n25031983\n25031991\n25041991\n25051987\n25061987\n25081985\n26081986\n27021992\n27031992\n27111989\n28011988\n28081986\n28081990\n28101986\n29011982\n29061986\n29091987\n30011990\n30051987\n31051993\n31071990\n44332211\n66613666\n1234509876\nkeith1\nduffer\nollie\nbenton\ntetsuo\nglasses\nnestor\nfeelgood\ncola\ncleaner\nrocco\nbenny1\nsmirnov\nroxy\ndummy\nloose\nmaximo\niceland\ntigercat\ncitation\nblitz\nicecube\nburnout\npuck\ntwist\nasses\nnoel\npanhead\nadelina\nhanuman\nsunlight\n02061971\ncupoi\nbigtruck\nphat\nrolex\n06061981\nexeter\nr2d2\nkingking\nlilbit\ncanada1\nrhubarb\nmorten\ntrooper1\ncuster\nbuford\npapamama\nmouser\nbowtie\nperkins\ntoast\nshark1\nhusband\nbetsy\njefferson\nserious\nelements\nzapper\n02031974\nharriet\ncummins\n02051970\nsemper\nherring\n123456as\nsonic1\naccept\nvideo1\nbucky\n07071989\nlemans\nwinona\nfinder\ntreble\npassword99\npopcorn1\nstellar\n04041986\nsaskia\ndoreen\nchavez\nblue11\nfurball\n08021990\nasd222\n02021978\ncorner\n05121990\n03091983\n06021986\ntitfuck\n02011977\nsalman\nbagpuss\n01081985\n04071986\n01091992\nblue23\n09051987\n07041987\ndarina\nfrancine\n05031987\nredstar\nrevoluti\nmommy1\nsniffing\nchouchou\ngiants1\nquick\ngareth\nusmarine\n03051988\n01121990\ndresden\njulio\ndoom\n09091988\n01081992\n02041972\n07101984\n07021991\n03041983\n123456qqq\nmalish\nplanes\nvideos\nenters\n08081990\nnympho\n123456d\npajero\n03031992\nleft4dead\nengland1\nbooyah\nconquest\ndelldell\nbrest\neunice\nmomdad\nslonik\nnursing\nbismark\nlol12345\n01011972\nmet2002\n123456n\ngarnet\n02061978\nrambo1\nbonner\n07081987\ngogators\nplease1\ncashmoney\n09041986\nblobby\n04071988\n02011976\ndimitri\n3ip76k2\n07091988\nfabienn\niklo\n123450\n10021986\n10021987\n10051988\n10081987\n10091986\n10101980\n10101988\n11081986\n11091985\n11091986\n12021984\n12031990\n12061987\n12071984\n12101989\n13031989\n13051990\n13061991\n13071985\n13071989\n13091984\n13101982\n13101988\n13101992\n14051983\n14061988\n14091987\n15011988\n15061984\n15101991\n15121983\n16011986\n16021988\n16031986\n16041985\n16101986\n16121991\n17041985\n17041986\n17061987\n17071986\n17071987\n17111987\n17121985\n18091987\n18121812\n18121985\n18121990\n19041985\n19051983\n19081987\n19111985\n20011983\n20031985\n20031990\n20051983\n20071984\n20101987\n21021989\n21051990\n21091989\n21101987\n21101988\n21111986\n22051988\n22091984\n22091990\n22111988\n23021983\n23021992\n23041988\n23061987\n23091991\n24071992\n24101984\n24101990\n24121988\n24121989\n25021986\n25031984\n25111991\n26031991\n26121989\n27091991\n29041988\n30101988\n30121985\n30121988\n31051987\n31051991\n31121985\n31121986\ncyrano\ncrappy\nvolcano\neatmenow\n02111987\nrenato\ngoodyear\nbudd\n08031987\nspoiled\nkamilla\nhogtied\nomar\nlunchbox\nmantle\npiercing\nmakayla\ncyrus\nasdfgh1\nmufasa\nbeau\nboobear\ntown\nrudeboy\nriversid\nhemlock\njohn1\nonions\n01091988\n03031984\nholger\nscissors\nhound\ncrescent\nerection\nlibero\nhair\nentrance\nfduecn\nweare138\nitaliano\nrufus1\nmatchbox\nramjet\nacapulco\nmohammad\ntrek\nweiner\nlebowski\n03031987\nridge\nsurprise\nshampoo\nloverman\nmonk\n12345r\nabracadabra\n03061985\ndiver1\nduane\ndnsadm\nfisherman\ntoomuch\nathome\n01061983\nwhatthe\n08041985\nsomeday\ndan123\ncelebrity\nmadagaskar\nmarcin\nvalery\nmaison\nforlife\nmindy\nazrael\nalain\ndreaming\nhardy\nmercury1\nhfytnrb\n01051980\n01071990\nmacintos\ntennesse\nhardwood\nsweetheart\npride\ninvest\n03071985\nmariam\nrhfcfdbwf\nronaldinho\nmasterbating\ndiscus\nfabulous\nsextoy\nthis\ninstant\nduckman\ncaracas\nbegemot\nparlament\nmigue\nalpha123\nsylvie\nnadia\n04031991\nvegitto\n02011971\nrequiem\nmisiek\naltoids\nnaughty1\n09031987\n03061986\n02061990\n05051986\n05061989\nmazda3\nrhinos\npaladin1\nasdfg123\nliliya\n06011982\ndragonballz\nretire\nthese\n07021980\nhellas\n07061988\nrfhfvtkmrf\ncapcom\nrjhjkm\nass\nkicksass\ndental\nhores\nharman\n07041989\nsharpe\n09041985\n05061988\n03101991\n07031989\nlookin\npoptart\n02081970\njeter2\npugsley\ngamble\n08081989\nhawks\njordan2\ngladys\ngranite\nsqdwfe\n5000\n111555\n123890\n334455\n777666\n1231234\n10011980\n10031980\n10041984\n10071989\n11031986\n11041985\n11061984\n11061986\n11061987\n11091990\n11111991\n12021990\n12041991\n12071992\n12081993\n12091986\n12111984\n13041989\n13051986\n13071982\n13081986\n13091986\n13091988\n14031986\n15011990\n15031991\n15051989\n15051992\n15071990\n15081989\n16041988\n16091990\n17051983\n17071990\n17091985\n18031986\n18071986\n18071989\n18071990\n18111983\n19041986\n19071989\n19081986\n19121988\n20031992\n20061987\n20061991\n20081990\n21021988\n21021990\n21031986\n21041987\n21041991\n21101983\n21111983\n21121989\n22071988\n22071992\n23031983\n23041991\n23101987\n23111986\n24041984\n24041985\n24041986\n24051989\n24061985\n24071990\n24101988\n24101991\n25021985\n25041987\n25051980\n25051988\n25071983\n25071985\n25071987\n25091989\n25091991\n26011986\n26011990\n26021992\n26061989\n26061991\n26071984\n27071988\n27111990\n28021983\n28071985\n28121989\n29031990\n29041989\n29051992\n30051986\n30051988\n30061988\n31051982\ngoldeneye\ninterest\nharmon\nmelani\nzach\nspleen\nalfonso\njeeper\n07081984\nnatedogg\n09051984\nemanuel\nlocks\n1qazxsw\ntammy1\nlizzy\nmenthol\npharao\nalterego\ndonna1\nfick\nbauhaus\nalexxx\nbrook\njerk\ncbr900\nmedic1\nvaughn\nsimple1\npong\nlake\nibrahim\nhuskers1\nmogwai\nowen\naol123\nbenjami\nnicky\nrabbit1\nadelaide\nsmurf\nskirt\nnineball\nshady\nmafia\ntiamat\naircraft\nbama\nhaving\ndipset\nlogger\nmamas\ngerry\n04111991\ntrenton\naltair\n01041993\njingles\nmallrats\nbackbone\nclever\nstanton\ndipper\ninnocent\nunlock\nchen\ndonjuan\nharle\ntermite\n05041985\n49ers\nmissie\ndiamon\nencore\nforbes\nziggy1\nfollow\ntrash\nfreestyle\n03061988\nzerozero\nshovel\nmatisse\nanonymous\nlaserjet\nleeann\nparkour\nwaterman\nballsack\nbluejay\nshakur\nwelkom\ndangerous\nghjcnbnenrf\nhacking\n01031981\nflyer\ninformation\n03091988\n07041988\n01061992\nbabybear\nhighlife\nraduga\nfavorite\nlaser1\naisan\nprobes\nsucked\nljxtymrf\n05071985\nbecca\ntrinitron\nbeat\nclips\nthumb\ndesktop\nmuffin1\nthings\nsupersonic\nblueberr\n123q123\nsatchmo\n05081992\nclaudia1\ndemon666\nnatalya\npooky\nvictori\nlegos\n06061988\ndiana1\nglover\n03041984\nboroda\ntamerlan\n1qw23er4\nchamber\n03041989\nqwerasdfzxcv\nmariel\n06041984\n04071987\nflyers88\nnokia5800\nstewart1\n01071988\niceman1\n01041983\nbathing\nchess\nmangos\nrapper\ndarkone\npokemo\n05081986\ndouche\nredwine\nismail\n02091978\n06101989\nhumphrey\njusti\n03031991\nmaximka\ncashflow\nireland1\nimplants\njuniper\ngrayson\n08071985\ncantona7\nbobmarley\nshojou\ngramma\nprincesa\nbendover\n04021990\njulia1\n05121988\ngiggle\ncloudy\n03011991\npenis1\ngotenks\nsopranos\n159263\n250588\n333555\n456987\n963258\n1237895\n10021983\n10081991\n10091985\n10101991\n11021990\n11041986\n11041987\n11061988\n12041987\n12081986\n12091990\n12101986\n12121984\n13021991\n13031991\n13061990\n13071991\n13081987\n13091987\n14021991\n14041991\n14051987\n14101983\n14101991\n15031987\n15111986\n15121985\n16011985\n16011991\n16061990\n16111989\n17021986\n17031992\n17111988\n17121986\n17121987\n18011984\n18061986\n18061987\n19011985\n19021985\n19071983\n20011987\n20051986\n20061980\n20101986\n21021986\n21041990\n21091990\n21111989\n21121988\n22041991\n22051990\n22061991\n22091985\n22091987\n22446688\n23021991\n23051984\n23061985\n23071986\n23091982\n24041990\n25051989\n25081987\n25081989\n25091992\n26041983\n26041988\n26051990\n26111984\n26121987\n27061990\n27091983\n27101987\n27101989\n28021989\n28041988\n28051988\n28071984\n29031982\n29041987\n29051987\n29071986\n29081982\n29081987\n29111987\n29111988\n29121984\n29121988\n30061985\n30061989\n30071992\n30101987\n31011985\n31051986\n31081989\n31101991\nlarsen\nkappa\nworker\nmustang5\nspark\nplacid\ndowner\nscrewy\namiga\nhillbill\npearl1\nklaus\naaaa1111\nsimons\nmortis\nleland\nbinder\nborder\nchemist\nflower1\noral\ngone\nbuster12\ncarlisle\nprotocol\ndynamic\najax\ntalks\n05061983\ntuxedo\ncook\n01051987\namature\ntriplex\ndudes\nturbos\njennifer1\nedge\nringer\n03061984\njoke\ngrimace\njarrod\nsocce\nfeathers\nnemrac58\nriddle\nxian\nwonderfu\nsurgery\nqweasdzxc123\nbourbon\ndickdick\nbite\n06061990\n08021989\nannaanna\npimpdaddy\nbaura\ncommander\nhelsinki\nbasil\n8inches\ncyclones\nbong\nmacaroni\npollux\nfunk\nmotown\nfiddle\nthebeast\nmarauder\nrodrigo\noyster\n09101985\nlisten\nfruity\n06021989\nchachi\nhand\ngizzmo\n01041989\nblinky\nbraves1\nprime\nhancock\nespana\nlennox\ncorinna\nfrisbee\nlancia\n02031970\nsapphic\n09051990\n06091989\n02021977\n123456g\nhomepage\nspock1\ndimadima\nwomans\n03101985\n04051987\nhalloween\npinkie\nmetal1\n07021987\ncheerleaers\nshopper\n05041986\nsoccer11\njosiah\nredheads\nweller\nscouts\nphoton\nmetallica1\ngarlic\n03121986\ngreywolf\nestrell\n06081986\ndiva\nghjcnjq\nalvaro\n06081988\negorka\n06031986\nrfhfylfi\n08111983\n01031980\n08061986\n06051987\n06071984\nreeves\npicks\n123456789r\nreloaded\nholla\nmierda\n04061990\n04021985\ngigabyte\nflvbybcnhfnjh\ndortmund\nkorean\nkaraoke\nsashka\ngodbless\nallday\nflipper1\npro100\njurassic\nexperienced\nthebest\n05101984\nnimitz\nlove1234\ntrigun\ncoolhand\nbanana1\nkcchiefs\n09011990\ndicker\nbaboon\n05091987\n08071986\nbarefeet\n1111qqqq\njesper\nbelkin\nzoomzoom\nasdasd123\nmadcow\n101091m\ngreedisgood\n198\n5683\n918273\n7412369\n10011989\n10021988\n10041989\n10051986\n10071983\n10101987\n10111989\n11021984\n11021987\n11021988\n11051989\n11121990\n12031986\n12061980\n12071982\n13021984\n13121989\n14031990\n14051986\n14091988\n14091989\n14111987\n14785236\n15021991\n15031986\n15031989\n15051991\n15081980\n16021989\n16041986\n16051986\n17081990\n18091984\n18101989\n19011986\n19091986\n20021990\n20021991\n20051984\n20111987\n21011985\n21011990\n21041986\n21061989\n21071990\n21081990\n21091987\n21121987\n22031987\n22081987\n23021984\n23061988\n24021985\n24061984\n24081990".split('\n'), words: "abacus\nabdomen\nabdominal\nabide\nabiding\nability\nablaze\nable\nabnormal\nabrasion\nabrasive\nabreast\nabridge\nabroad\nabruptly\nabsence\nabsentee\nabsently\nabsinthe\nabsolute\nabsolve\nabstain\nabstract\nabsurd\naccent\nacclaim\nacclimate\naccompany\naccount\naccuracy\naccurate\naccustom\nacetone\nachiness\naching\nacid\nacorn\nacquaint\nacquire\nacre\nacrobat\nacronym\nacting\naction\nactivate\nactivator\nactive\nactivism\nactivist\nactivity\nactress\nacts\nacutely\nacuteness\naeration\naerobics\naerosol\naerospace\nafar\naffair\naffected\naffecting\naffection\naffidavit\naffiliate\naffirm\naffix\nafflicted\naffluent\nafford\naffront\naflame\nafloat\naflutter\nafoot\nafraid\nafterglow\nafterlife\naftermath\naftermost\nafternoon\naged\nageless\nagency\nagenda\nagent\naggregate\naghast\nagile\nagility\naging\nagnostic\nagonize\nagonizing\nagony\nagreeable\nagreeably\nagreed\nagreeing\nagreement\naground\nahead\nahoy\naide\naids\naim\najar\nalabaster\nalarm\nalbatross\nalbum\nalfalfa\nalgebra\nalgorithm\nalias\nalibi\nalienable\nalienate\naliens\nalike\nalive\nalkaline\nalkalize\nalmanac\nalmighty\nalmost\naloe\naloft\naloha\nalone\nalongside\naloof\nalphabet\nalright\nalthough\naltitude\nalto\naluminum\nalumni\nalways\namaretto\namaze\namazingly\namber\nambiance\nambiguity\nambiguous\nambition\nambitious\nambulance\nambush\namendable\namendment\namends\namenity\namiable\namicably\namid\namigo\namino\namiss\nammonia\nammonium\namnesty\namniotic\namong\namount\namperage\nample\namplifier\namplify\namply\namuck\namulet\namusable\namused\namusement\namuser\namusing\nanaconda\nanaerobic\nanagram\nanatomist\nanatomy\nanchor\nanchovy\nancient\nandroid\nanemia\nanemic\naneurism\nanew\nangelfish\nangelic\nanger\nangled\nangler\nangles\nangling\nangrily\nangriness\nanguished\nangular\nanimal\nanimate\nanimating\nanimation\nanimator\nanime\nanimosity\nankle\nannex\nannotate\nannouncer\nannoying\nannually\nannuity\nanointer\nanother\nanswering\nantacid\nantarctic\nanteater\nantelope\nantennae\nanthem\nanthill\nanthology\nantibody\nantics\nantidote\nantihero\nantiquely\nantiques\nantiquity\nantirust\nantitoxic\nantitrust\nantiviral\nantivirus\nantler\nantonym\nantsy\nanvil\nanybody\nanyhow\nanymore\nanyone\nanyplace\nanything\nanytime\nanyway\nanywhere\naorta\napache\napostle\nappealing\nappear\nappease\nappeasing\nappendage\nappendix\nappetite\nappetizer\napplaud\napplause\napple\nappliance\napplicant\napplied\napply\nappointee\nappraisal\nappraiser\napprehend\napproach\napproval\napprove\napricot\napril\napron\naptitude\naptly\naqua\naqueduct\narbitrary\narbitrate\nardently\narea\narena\narguable\narguably\nargue\narise\narmadillo\narmband\narmchair\narmed\narmful\narmhole\narming\narmless\narmoire\narmored\narmory\narmrest\narmy\naroma\narose\naround\narousal\narrange\narray\narrest\narrival\narrive\narrogance\narrogant\narson\nart\nascend\nascension\nascent\nascertain\nashamed\nashen\nashes\nashy\naside\naskew\nasleep\nasparagus\naspect\naspirate\naspire\naspirin\nastonish\nastound\nastride\nastrology\nastronaut\nastronomy\nastute\natlantic\natlas\natom\natonable\natop\natrium\natrocious\natrophy\nattach\nattain\nattempt\nattendant\nattendee\nattention\nattentive\nattest\nattic\nattire\nattitude\nattractor\nattribute\natypical\nauction\naudacious\naudacity\naudible\naudibly\naudience\naudio\naudition\naugmented\naugust\nauthentic\nauthor\nautism\nautistic\nautograph\nautomaker\nautomated\nautomatic\nautopilot\navailable\navalanche\navatar\navenge\navenging\navenue\naverage\naversion\navert\naviation\naviator\navid\navoid\nawait\nawaken\naward\naware\nawhile\nawkward\nawning\nawoke\nawry\naxis\nbabble\nbabbling\nbabied\nbaboon\nbackache\nbackboard\nbackboned\nbackdrop\nbacked\nbacker\nbackfield\nbackfire\nbackhand\nbacking\nbacklands\nbacklash\nbackless\nbacklight\nbacklit\nbacklog\nbackpack\nbackpedal\nbackrest\nbackroom\nbackshift\nbackside\nbackslid\nbackspace\nbackspin\nbackstab\nbackstage\nbacktalk\nbacktrack\nbackup\nbackward\nbackwash\nbackwater\nbackyard\nbacon\nbacteria\nbacterium\nbadass\nbadge\nbadland\nbadly\nbadness\nbaffle\nbaffling\nbagel\nbagful\nbaggage\nbagged\nbaggie\nbagginess\nbagging\nbaggy\nbagpipe\nbaguette\nbaked\nbakery\nbakeshop\nbaking\nbalance\nbalancing\nbalcony\nbalmy\nbalsamic\nbamboo\nbanana\nbanish\nbanister\nbanjo\nbankable\nbankbook\nbanked\nbanker\nbanking\nbanknote\nbankroll\nbanner\nbannister\nbanshee\nbanter\nbarbecue\nbarbed\nbarbell\nbarber\nbarcode\nbarge\nbargraph\nbarista\nbaritone\nbarley\nbarmaid\nbarman\nbarn\nbarometer\nbarrack\nbarracuda\nbarrel\nbarrette\nbarricade\nbarrier\nbarstool\nbartender\nbarterer\nbash\nbasically\nbasics\nbasil\nbasin\nbasis\nbasket\nbatboy\nbatch\nbath\nbaton\nbats\nbattalion\nbattered\nbattering\nbattery\nbatting\nbattle\nbauble\nbazooka\nblabber\nbladder\nblade\nblah\nblame\nblaming\nblanching\nblandness\nblank\nblaspheme\nblasphemy\nblast\nblatancy\nblatantly\nblazer\nblazing\nbleach\nbleak\nbleep\nblemish\nblend\nbless\nblighted\nblimp\nbling\nblinked\nblinker\nblinking\nblinks\nblip\nblissful\nblitz\nblizzard\nbloated\nbloating\nblob\nblog\nbloomers\nblooming\nblooper\nblot\nblouse\nblubber\nbluff\nbluish\nblunderer\nblunt\nblurb\nblurred\nblurry\nblurt\nblush\nblustery\nboaster\nboastful\nboasting\nboat\nbobbed\nbobbing\nbobble\nbobcat\nbobsled\nbobtail\nbodacious\nbody\nbogged\nboggle\nbogus\nboil\nbok\nbolster\nbolt\nbonanza\nbonded\nbonding\nbondless\nboned\nbonehead\nboneless\nbonelike\nboney\nbonfire\nbonnet\nbonsai\nbonus\nbony\nboogeyman\nboogieman\nbook\nboondocks\nbooted\nbooth\nbootie\nbooting\nbootlace\nbootleg\nboots\nboozy\nborax\nboring\nborough\nborrower\nborrowing\nboss\nbotanical\nbotanist\nbotany\nbotch\nboth\nbottle\nbottling\nbottom\nbounce\nbouncing\nbouncy\nbounding\nboundless\nbountiful\nbovine\nboxcar\nboxer\nboxing\nboxlike\nboxy\nbreach\nbreath\nbreeches\nbreeching\nbreeder\nbreeding\nbreeze\nbreezy\nbrethren\nbrewery\nbrewing\nbriar\nbribe\nbrick\nbride\nbridged\nbrigade\nbright\nbrilliant\nbrim\nbring\nbrink\nbrisket\nbriskly\nbriskness\nbristle\nbrittle\nbroadband\nbroadcast\nbroaden\nbroadly\nbroadness\nbroadside\nbroadways\nbroiler\nbroiling\nbroken\nbroker\nbronchial\nbronco\nbronze\nbronzing\nbrook\nbroom\nbrought\nbrowbeat\nbrownnose\nbrowse\nbrowsing\nbruising\nbrunch\nbrunette\nbrunt\nbrush\nbrussels\nbrute\nbrutishly\nbubble\nbubbling\nbubbly\nbuccaneer\nbucked\nbucket\nbuckle\nbuckshot\nbuckskin\nbucktooth\nbuckwheat\nbuddhism\nbuddhist\nbudding\nbuddy\nbudget\nbuffalo\nbuffed\nbuffer\nbuffing\nbuffoon\nbuggy\nbulb\nbulge\nbulginess\nbulgur\nbulk\nbulldog\nbulldozer\nbullfight\nbullfrog\nbullhorn\nbullion\nbullish\nbullpen\nbullring\nbullseye\nbullwhip\nbully\nbunch\nbundle\nbungee\nbunion\nbunkbed\nbunkhouse\nbunkmate\nbunny\nbunt\nbusboy\nbush\nbusily\nbusload\nbust\nbusybody\nbuzz\ncabana\ncabbage\ncabbie\ncabdriver\ncable\ncaboose\ncache\ncackle\ncacti\ncactus\ncaddie\ncaddy\ncadet\ncadillac\ncadmium\ncage\ncahoots\ncake\ncalamari\ncalamity\ncalcium\ncalculate\ncalculus\ncaliber\ncalibrate\ncalm\ncaloric\ncalorie\ncalzone\ncamcorder\ncameo\ncamera\ncamisole\ncamper\ncampfire\ncamping\ncampsite\ncampus\ncanal\ncanary\ncancel\ncandied\ncandle\ncandy\ncane\ncanine\ncanister\ncannabis\ncanned\ncanning\ncannon\ncannot\ncanola\ncanon\ncanopener\ncanopy\ncanteen\ncanyon\ncapable\ncapably\ncapacity\ncape\ncapillary\ncapital\ncapitol\ncapped\ncapricorn\ncapsize\ncapsule\ncaption\ncaptivate\ncaptive\ncaptivity\ncapture\ncaramel\ncarat\ncaravan\ncarbon\ncardboard\ncarded\ncardiac\ncardigan\ncardinal\ncardstock\ncarefully\ncaregiver\ncareless\ncaress\ncaretaker\ncargo\ncaring\ncarless\ncarload\ncarmaker\ncarnage\ncarnation\ncarnival\ncarnivore\ncarol\ncarpenter\ncarpentry\ncarpool\ncarport\ncarried\ncarrot\ncarrousel\ncarry\ncartel\ncartload\ncarton\ncartoon\ncartridge\ncartwheel\ncarve\ncarving\ncarwash\ncascade\ncase\ncash\ncasing\ncasino\ncasket\ncassette\ncasually\ncasualty\ncatacomb\ncatalog\ncatalyst\ncatalyze\ncatapult\ncataract\ncatatonic\ncatcall\ncatchable\ncatcher\ncatching\ncatchy\ncaterer\ncatering\ncatfight\ncatfish\ncathedral\ncathouse\ncatlike\ncatnap\ncatnip\ncatsup\ncattail\ncattishly\ncattle\ncatty\ncatwalk\ncaucasian\ncaucus\ncausal\ncausation\ncause\ncausing\ncauterize\ncaution\ncautious\ncavalier\ncavalry\ncaviar\ncavity\ncedar\ncelery\ncelestial\ncelibacy\ncelibate\nceltic\ncement\ncensus\nceramics\nceremony\ncertainly\ncertainty\ncertified\ncertify\ncesarean\ncesspool\nchafe\nchaffing\nchain\nchair\nchalice\nchallenge\nchamber\nchamomile\nchampion\nchance\nchange\nchannel\nchant\nchaos\nchaperone\nchaplain\nchapped\nchaps\nchapter\ncharacter\ncharbroil\ncharcoal\ncharger\ncharging\nchariot\ncharity\ncharm\ncharred\ncharter\ncharting\nchase\nchasing\nchaste\nchastise\nchastity\nchatroom\nchatter\nchatting\nchatty\ncheating\ncheddar\ncheek\ncheer\ncheese\ncheesy\nchef\nchemicals\nchemist\nchemo\ncherisher\ncherub\nchess\nchest\nchevron\nchevy\nchewable\nchewer\nchewing\nchewy\nchief\nchihuahua\nchildcare\nchildhood\nchildish\nchildless\nchildlike\nchili\nchill\nchimp\nchip\nchirping\nchirpy\nchitchat\nchivalry\nchive\nchloride\nchlorine\nchoice\nchokehold\nchoking\nchomp\nchooser\nchoosing\nchoosy\nchop\nchosen\nchowder\nchowtime\nchrome\nchubby\nchuck\nchug\nchummy\nchump\nchunk\nchurn\nchute\ncider\ncilantro\ncinch\ncinema\ncinnamon\ncircle\ncircling\ncircular\ncirculate\ncircus\ncitable\ncitadel\ncitation\ncitizen\ncitric\ncitrus\ncity\ncivic\ncivil\nclad\nclaim\nclambake\nclammy\nclamor\nclamp\nclamshell\nclang\nclanking\nclapped\nclapper\nclapping\nclarify\nclarinet\nclarity\nclash\nclasp\nclass\nclatter\nclause\nclavicle\nclaw\nclay\nclean\nclear\ncleat\ncleaver\ncleft\nclench\nclergyman\nclerical\nclerk\nclever\nclicker\nclient\nclimate\nclimatic\ncling\nclinic\nclinking\nclip\nclique\ncloak\nclobber\nclock\nclone\ncloning\nclosable\nclosure\nclothes\nclothing\ncloud\nclover\nclubbed\nclubbing\nclubhouse\nclump\nclumsily\nclumsy\nclunky\nclustered\nclutch\nclutter\ncoach\ncoagulant\ncoastal\ncoaster\ncoasting\ncoastland\ncoastline\ncoat\ncoauthor\ncobalt\ncobbler\ncobweb\ncocoa\ncoconut\ncod\ncoeditor\ncoerce\ncoexist\ncoffee\ncofounder\ncognition\ncognitive\ncogwheel\ncoherence\ncoherent\ncohesive\ncoil\ncoke\ncola\ncold\ncoleslaw\ncoliseum\ncollage\ncollapse\ncollar\ncollected\ncollector\ncollide\ncollie\ncollision\ncolonial\ncolonist\ncolonize\ncolony\ncolossal\ncolt\ncoma\ncome\ncomfort\ncomfy\ncomic\ncoming\ncomma\ncommence\ncommend\ncomment\ncommerce\ncommode\ncommodity\ncommodore\ncommon\ncommotion\ncommute\ncommuting\ncompacted\ncompacter\ncompactly\ncompactor\ncompanion\ncompany\ncompare\ncompel\ncompile\ncomply\ncomponent\ncomposed\ncomposer\ncomposite\ncompost\ncomposure\ncompound\ncompress\ncomprised\ncomputer\ncomputing\ncomrade\nconcave\nconceal\nconceded\nconcept\nconcerned\nconcert\nconch\nconcierge\nconcise\nconclude\nconcrete\nconcur\ncondense\ncondiment\ncondition\ncondone\nconducive\nconductor\nconduit\ncone\nconfess\nconfetti\nconfidant\nconfident\nconfider\nconfiding\nconfigure\nconfined\nconfining\nconfirm\nconflict\nconform\nconfound\nconfront\nconfused\nconfusing\nconfusion\ncongenial\ncongested\ncongrats\ncongress\nconical\nconjoined\nconjure\nconjuror\nconnected\nconnector\nconsensus\nconsent\nconsole\nconsoling\nconsonant\nconstable\nconstant\nconstrain\nconstrict\nconstruct\nconsult\nconsumer\nconsuming\ncontact\ncontainer\ncontempt\ncontend\ncontented\ncontently\ncontents\ncontest\ncontext\ncontort\ncontour\ncontrite\ncontrol\ncontusion\nconvene\nconvent\ncopartner\ncope\ncopied\ncopier\ncopilot\ncoping\ncopious\ncopper\ncopy\ncoral\ncork\ncornball\ncornbread\ncorncob\ncornea\ncorned\ncorner\ncornfield\ncornflake\ncornhusk\ncornmeal\ncornstalk\ncorny\ncoronary\ncoroner\ncorporal\ncorporate\ncorral\ncorrect\ncorridor\ncorrode\ncorroding\ncorrosive\ncorsage\ncorset\ncortex\ncosigner\ncosmetics\ncosmic\ncosmos\ncosponsor\ncost\ncottage\ncotton\ncouch\ncough\ncould\ncountable\ncountdown\ncounting\ncountless\ncountry\ncounty\ncourier\ncovenant\ncover\ncoveted\ncoveting\ncoyness\ncozily\ncoziness\ncozy\ncrabbing\ncrabgrass\ncrablike\ncrabmeat\ncradle\ncradling\ncrafter\ncraftily\ncraftsman\ncraftwork\ncrafty\ncramp\ncranberry\ncrane\ncranial\ncranium\ncrank\ncrate\ncrave\ncraving\ncrawfish\ncrawlers\ncrawling\ncrayfish\ncrayon\ncrazed\ncrazily\ncraziness\ncrazy\ncreamed\ncreamer\ncreamlike\ncrease\ncreasing\ncreatable\ncreate\ncreation\ncreative\ncreature\ncredible\ncredibly\ncredit\ncreed\ncreme\ncreole\ncrepe\ncrept\ncrescent\ncrested\ncresting\ncrestless\ncrevice\ncrewless\ncrewman\ncrewmate\ncrib\ncricket\ncried\ncrier\ncrimp\ncrimson\ncringe\ncringing\ncrinkle\ncrinkly\ncrisped\ncrisping\ncrisply\ncrispness\ncrispy\ncriteria\ncritter\ncroak\ncrock\ncrook\ncroon\ncrop\ncross\ncrouch\ncrouton\ncrowbar\ncrowd\ncrown\ncrucial\ncrudely\ncrudeness\ncruelly\ncruelness\ncruelty\ncrumb\ncrummiest\ncrummy\ncrumpet\ncrumpled\ncruncher\ncrunching\ncrunchy\ncrusader\ncrushable\ncrushed\ncrusher\ncrushing\ncrust\ncrux\ncrying\ncryptic\ncrystal\ncubbyhole\ncube\ncubical\ncubicle\ncucumber\ncuddle\ncuddly\ncufflink\nculinary\nculminate\nculpable\nculprit\ncultivate\ncultural\nculture\ncupbearer\ncupcake\ncupid\ncupped\ncupping\ncurable\ncurator\ncurdle\ncure\ncurfew\ncuring\ncurled\ncurler\ncurliness\ncurling\ncurly\ncurry\ncurse\ncursive\ncursor\ncurtain\ncurtly\ncurtsy\ncurvature\ncurve\ncurvy\ncushy\ncusp\ncussed\ncustard\ncustodian\ncustody\ncustomary\ncustomer\ncustomize\ncustoms\ncut\ncycle\ncyclic\ncycling\ncyclist\ncylinder\ncymbal\ncytoplasm\ncytoplast\ndab\ndad\ndaffodil\ndagger\ndaily\ndaintily\ndainty\ndairy\ndaisy\ndallying\ndance\ndancing\ndandelion\ndander\ndandruff\ndandy\ndanger\ndangle\ndangling\ndaredevil\ndares\ndaringly\ndarkened\ndarkening\ndarkish\ndarkness\ndarkroom\ndarling\ndarn\ndart\ndarwinism\ndash\ndastardly\ndata\ndatebook\ndating\ndaughter\ndaunting\ndawdler\ndawn\ndaybed\ndaybreak\ndaycare\ndaydream\ndaylight\ndaylong\ndayroom\ndaytime\ndazzler\ndazzling\ndeacon\ndeafening\ndeafness\ndealer\ndealing\ndealmaker\ndealt\ndean\ndebatable\ndebate\ndebating\ndebit\ndebrief\ndebtless\ndebtor\ndebug\ndebunk\ndecade\ndecaf\ndecal\ndecathlon\ndecay\ndeceased\ndeceit\ndeceiver\ndeceiving\ndecember\ndecency\ndecent\ndeception\ndeceptive\ndecibel\ndecidable\ndecimal\ndecimeter\ndecipher\ndeck\ndeclared\ndecline\ndecode\ndecompose\ndecorated\ndecorator\ndecoy\ndecrease\ndecree\ndedicate\ndedicator\ndeduce\ndeduct\ndeed\ndeem\ndeepen\ndeeply\ndeepness\ndeface\ndefacing\ndefame\ndefault\ndefeat\ndefection\ndefective\ndefendant\ndefender\ndefense\ndefensive\ndeferral\ndeferred\ndefiance\ndefiant\ndefile\ndefiling\ndefine\ndefinite\ndeflate\ndeflation\ndeflator\ndeflected\ndeflector\ndefog\ndeforest\ndefraud\ndefrost\ndeftly\ndefuse\ndefy\ndegraded\ndegrading\ndegrease\ndegree\ndehydrate\ndeity\ndejected\ndelay\ndelegate\ndelegator\ndelete\ndeletion\ndelicacy\ndelicate\ndelicious\ndelighted\ndelirious\ndelirium\ndeliverer\ndelivery\ndelouse\ndelta\ndeluge\ndelusion\ndeluxe\ndemanding\ndemeaning\ndemeanor\ndemise\ndemocracy\ndemocrat\ndemote\ndemotion\ndemystify\ndenatured\ndeniable\ndenial\ndenim\ndenote\ndense\ndensity\ndental\ndentist\ndenture\ndeny\ndeodorant\ndeodorize\ndeparted\ndeparture\ndepict\ndeplete\ndepletion\ndeplored\ndeploy\ndeport\ndepose\ndepraved\ndepravity\ndeprecate\ndepress\ndeprive\ndepth\ndeputize\ndeputy\nderail\nderanged\nderby\nderived\ndesecrate\ndeserve\ndeserving\ndesignate\ndesigned\ndesigner\ndesigning\ndeskbound\ndesktop\ndeskwork\ndesolate\ndespair\ndespise\ndespite\ndestiny\ndestitute\ndestruct\ndetached\ndetail\ndetection\ndetective\ndetector\ndetention\ndetergent\ndetest\ndetonate\ndetonator\ndetoxify\ndetract\ndeuce\ndevalue\ndeviancy\ndeviant\ndeviate\ndeviation\ndeviator\ndevice\ndevious\ndevotedly\ndevotee\ndevotion\ndevourer\ndevouring\ndevoutly\ndexterity\ndexterous\ndiabetes\ndiabetic\ndiabolic\ndiagnoses\ndiagnosis\ndiagram\ndial\ndiameter\ndiaper\ndiaphragm\ndiary\ndice\ndicing\ndictate\ndictation\ndictator\ndifficult\ndiffused\ndiffuser\ndiffusion\ndiffusive\ndig\ndilation\ndiligence\ndiligent\ndill\ndilute\ndime\ndiminish\ndimly\ndimmed\ndimmer\ndimness\ndimple\ndiner\ndingbat\ndinghy\ndinginess\ndingo\ndingy\ndining\ndinner\ndiocese\ndioxide\ndiploma\ndipped\ndipper\ndipping\ndirected\ndirection\ndirective\ndirectly\ndirectory\ndireness\ndirtiness\ndisabled\ndisagree\ndisallow\ndisarm\ndisarray\ndisaster\ndisband\ndisbelief\ndisburse\ndiscard\ndiscern\ndischarge\ndisclose\ndiscolor\ndiscount\ndiscourse\ndiscover\ndiscuss\ndisdain\ndisengage\ndisfigure\ndisgrace\ndish\ndisinfect\ndisjoin\ndisk\ndislike\ndisliking\ndislocate\ndislodge\ndisloyal\ndismantle\ndismay\ndismiss\ndismount\ndisobey\ndisorder\ndisown\ndisparate\ndisparity\ndispatch\ndispense\ndispersal\ndispersed\ndisperser\ndisplace\ndisplay\ndisplease\ndisposal\ndispose\ndisprove\ndispute\ndisregard\ndisrupt\ndissuade\ndistance\ndistant\ndistaste\ndistill\ndistinct\ndistort\ndistract\ndistress\ndistrict\ndistrust\nditch\nditto\nditzy\ndividable\ndivided\ndividend\ndividers\ndividing\ndivinely\ndiving\ndivinity\ndivisible\ndivisibly\ndivision\ndivisive\ndivorcee\ndizziness\ndizzy\ndoable\ndocile\ndock\ndoctrine\ndocument\ndodge\ndodgy\ndoily\ndoing\ndole\ndollar\ndollhouse\ndollop\ndolly\ndolphin\ndomain\ndomelike\ndomestic\ndominion\ndominoes\ndonated\ndonation\ndonator\ndonor\ndonut\ndoodle\ndoorbell\ndoorframe\ndoorknob\ndoorman\ndoormat\ndoornail\ndoorpost\ndoorstep\ndoorstop\ndoorway\ndoozy\ndork\ndormitory\ndorsal\ndosage\ndose\ndotted\ndoubling\ndouche\ndove\ndown\ndowry\ndoze\ndrab\ndragging\ndragonfly\ndragonish\ndragster\ndrainable\ndrainage\ndrained\ndrainer\ndrainpipe\ndramatic\ndramatize\ndrank\ndrapery\ndrastic\ndraw\ndreaded\ndreadful\ndreadlock\ndreamboat\ndreamily\ndreamland\ndreamless\ndreamlike\ndreamt\ndreamy\ndrearily\ndreary\ndrench\ndress\ndrew\ndribble\ndried\ndrier\ndrift\ndriller\ndrilling\ndrinkable\ndrinking\ndripping\ndrippy\ndrivable\ndriven\ndriver\ndriveway\ndriving\ndrizzle\ndrizzly\ndrone\ndrool\ndroop\ndropdown\ndropbox\ndropkick\ndroplet\ndropout\ndropper\ndrove\ndrown\ndrowsily\ndrudge\ndrum\ndry\ndubbed\ndubiously\nduchess\nduckbill\nducking\nduckling\nducktail\nducky\nduct\ndude\nduffel\ndugout\nduh\nduke\nduller\ndullness\nduly\ndumping\ndumpling\ndumpster\nduo\ndupe\nduplex\nduplicate\nduplicity\ndurable\ndurably\nduration\nduress\nduring\ndusk\ndust\ndutiful\nduty\nduvet\ndwarf\ndweeb\ndwelled\ndweller\ndwelling\ndwindle\ndwindling\ndynamic\ndynamite\ndynasty\ndyslexia\ndyslexic\neach\neagle\nearache\neardrum\nearflap\nearful\nearlobe\nearly\nearmark\nearmuff\nearphone\nearpiece\nearplugs\nearring\nearshot\nearthen\nearthlike\nearthling\nearthly\nearthworm\nearthy\nearwig\neaseful\neasel\neasiest\neasily\neasiness\neasing\neastbound\neastcoast\neaster\neastward\neatable\neaten\neatery\neating\neats\nebay\nebony\nebook\necard\neccentric\necho\neclair\neclipse\necologist\necology\neconomic\neconomist\neconomy\necosphere\necosystem\nedge\nedginess\nedging\nedgy\nedition\neditor\neducated\neducation\neducator\neel\neffective\neffects\nefficient\neffort\neggbeater\negging\neggnog\neggplant\neggshell\negomaniac\negotism\negotistic\neither\neject\nelaborate\nelastic\nelated\nelbow\neldercare\nelderly\neldest\nelectable\nelection\nelective\nelephant\nelevate\nelevating\nelevation\nelevator\neleven\nelf\neligible\neligibly\neliminate\nelite\nelitism\nelixir\nelk\nellipse\nelliptic\nelm\nelongated\nelope\neloquence\neloquent\nelsewhere\nelude\nelusive\nelves\nemail\nembargo\nembark\nembassy\nembattled\nembellish\nember\nembezzle\nemblaze\nemblem\nembody\nembolism\nemboss\nembroider\nemcee\nemerald\nemergency\nemission\nemit\nemote\nemoticon\nemotion\nempathic\nempathy\nemperor\nemphases\nemphasis\nemphasize\nemphatic\nempirical\nemployed\nemployee\nemployer\nemporium\nempower\nemptier\nemptiness\nempty\nemu\nenable\nenactment\nenamel\nenchanted\nenchilada\nencircle\nenclose\nenclosure\nencode\nencore\nencounter\nencourage\nencroach\nencrust\nencrypt\nendanger\nendeared\nendearing\nended\nending\nendless\nendnote\nendocrine\nendorphin\nendorse\nendowment\nendpoint\nendurable\nendurance\nenduring\nenergetic\nenergize\nenergy\nenforced\nenforcer\nengaged\nengaging\nengine\nengorge\nengraved\nengraver\nengraving\nengross\nengulf\nenhance\nenigmatic\nenjoyable\nenjoyably\nenjoyer\nenjoying\nenjoyment\nenlarged\nenlarging\nenlighten\nenlisted\nenquirer\nenrage\nenrich\nenroll\nenslave\nensnare\nensure\nentail\nentangled\nentering\nentertain\nenticing\nentire\nentitle\nentity\nentomb\nentourage\nentrap\nentree\nentrench\nentrust\nentryway\nentwine\nenunciate\nenvelope\nenviable\nenviably\nenvious\nenvision\nenvoy\nenvy\nenzyme\nepic\nepidemic\nepidermal\nepidermis\nepidural\nepilepsy\nepileptic\nepilogue\nepiphany\nepisode\nequal\nequate\nequation\nequator\nequinox\nequipment\nequity\nequivocal\neradicate\nerasable\nerased\neraser\nerasure\nergonomic\nerrand\nerrant\nerratic\nerror\nerupt\nescalate\nescalator\nescapable\nescapade\nescapist\nescargot\neskimo\nesophagus\nespionage\nespresso\nesquire\nessay\nessence\nessential\nestablish\nestate\nesteemed\nestimate\nestimator\nestranged\nestrogen\netching\neternal\neternity\nethanol\nether\nethically\nethics\neuphemism\nevacuate\nevacuee\nevade\nevaluate\nevaluator\nevaporate\nevasion\nevasive\neven\neverglade\nevergreen\neverybody\neveryday\neveryone\nevict\nevidence\nevident\nevil\nevoke\nevolution\nevolve\nexact\nexalted\nexample\nexcavate\nexcavator\nexceeding\nexception\nexcess\nexchange\nexcitable\nexciting\nexclaim\nexclude\nexcluding\nexclusion\nexclusive\nexcretion\nexcretory\nexcursion\nexcusable\nexcusably\nexcuse\nexemplary\nexemplify\nexemption\nexerciser\nexert\nexes\nexfoliate\nexhale\nexhaust\nexhume\nexile\nexisting\nexit\nexodus\nexonerate\nexorcism\nexorcist\nexpand\nexpanse\nexpansion\nexpansive\nexpectant\nexpedited\nexpediter\nexpel\nexpend\nexpenses\nexpensive\nexpert\nexpire\nexpiring\nexplain\nexpletive\nexplicit\nexplode\nexploit\nexplore\nexploring\nexponent\nexporter\nexposable\nexpose\nexposure\nexpress\nexpulsion\nexquisite\nextended\nextending\nextent\nextenuate\nexterior\nexternal\nextinct\nextortion\nextradite\nextras\nextrovert\nextrude\nextruding\nexuberant\nfable\nfabric\nfabulous\nfacebook\nfacecloth\nfacedown\nfaceless\nfacelift\nfaceplate\nfaceted\nfacial\nfacility\nfacing\nfacsimile\nfaction\nfactoid\nfactor\nfactsheet\nfactual\nfaculty\nfade\nfading\nfailing\nfalcon\nfall\nfalse\nfalsify\nfame\nfamiliar\nfamily\nfamine\nfamished\nfanatic\nfancied\nfanciness\nfancy\nfanfare\nfang\nfanning\nfantasize\nfantastic\nfantasy\nfascism\nfastball\nfaster\nfasting\nfastness\nfaucet\nfavorable\nfavorably\nfavored\nfavoring\nfavorite\nfax\nfeast\nfederal\nfedora\nfeeble\nfeed\nfeel\nfeisty\nfeline\nfelttip\nfeminine\nfeminism\nfeminist\nfeminize\nfemur\nfence\nfencing\nfender\nferment\nfernlike\nferocious\nferocity\nferret\nferris\nferry\nfervor\nfester\nfestival\nfestive\nfestivity\nfetal\nfetch\nfever\nfiber\nfiction\nfiddle\nfiddling\nfidelity\nfidgeting\nfidgety\nfifteen\nfifth\nfiftieth\nfifty\nfigment\nfigure\nfigurine\nfiling\nfilled\nfiller\nfilling\nfilm\nfilter\nfilth\nfiltrate\nfinale\nfinalist\nfinalize\nfinally\nfinance\nfinancial\nfinch\nfineness\nfiner\nfinicky\nfinished\nfinisher\nfinishing\nfinite\nfinless\nfinlike\nfiscally\nfit\nfive\nflaccid\nflagman\nflagpole\nflagship\nflagstick\nflagstone\nflail\nflakily\nflaky\nflame\nflammable\nflanked\nflanking\nflannels\nflap\nflaring\nflashback\nflashbulb\nflashcard\nflashily\nflashing\nflashy\nflask\nflatbed\nflatfoot\nflatly\nflatness\nflatten\nflattered\nflatterer\nflattery\nflattop\nflatware\nflatworm\nflavored\nflavorful\nflavoring\nflaxseed\nfled\nfleshed\nfleshy\nflick\nflier\nflight\nflinch\nfling\nflint\nflip\nflirt\nfloat\nflock\nflogging\nflop\nfloral\nflorist\nfloss\nflounder\nflyable\nflyaway\nflyer\nflying\nflyover\nflypaper\nfoam\nfoe\nfog\nfoil\nfolic\nfolk\nfollicle\nfollow\nfondling\nfondly\nfondness\nfondue\nfont\nfood\nfool\nfootage\nfootball\nfootbath\nfootboard\nfooter\nfootgear\nfoothill\nfoothold\nfooting\nfootless\nfootman\nfootnote\nfootpad\nfootpath\nfootprint\nfootrest\nfootsie\nfootsore\nfootwear\nfootwork\nfossil\nfoster\nfounder\nfounding\nfountain\nfox\nfoyer\nfraction\nfracture\nfragile\nfragility\nfragment\nfragrance\nfragrant\nfrail\nframe\nframing\nfrantic\nfraternal\nfrayed\nfraying\nfrays\nfreckled\nfreckles\nfreebase\nfreebee\nfreebie\nfreedom\nfreefall\nfreehand\nfreeing\nfreeload\nfreely\nfreemason\nfreeness\nfreestyle\nfreeware\nfreeway\nfreewill\nfreezable\nfreezing\nfreight\nfrench\nfrenzied\nfrenzy\nfrequency\nfrequent\nfresh\nfretful\nfretted\nfriction\nfriday\nfridge\nfried\nfriend\nfrighten\nfrightful\nfrigidity\nfrigidly\nfrill\nfringe\nfrisbee\nfrisk\nfritter\nfrivolous\nfrolic\nfrom\nfront\nfrostbite\nfrosted\nfrostily\nfrosting\nfrostlike\nfrosty\nfroth\nfrown\nfrozen\nfructose\nfrugality\nfrugally\nfruit\nfrustrate\nfrying\ngab\ngaffe\ngag\ngainfully\ngaining\ngains\ngala\ngallantly\ngalleria\ngallery\ngalley\ngallon\ngallows\ngallstone\ngalore\ngalvanize\ngambling\ngame\ngaming\ngamma\ngander\ngangly\ngangrene\ngangway\ngap\ngarage\ngarbage\ngarden\ngargle\ngarland\ngarlic\ngarment\ngarnet\ngarnish\ngarter\ngas\ngatherer\ngathering\ngating\ngauging\ngauntlet\ngauze\ngave\ngawk\ngazing\ngear\ngecko\ngeek\ngeiger\ngem\ngender\ngeneric\ngenerous\ngenetics\ngenre\ngentile\ngentleman\ngently\ngents\ngeography\ngeologic\ngeologist\ngeology\ngeometric\ngeometry\ngeranium\ngerbil\ngeriatric\ngermicide\ngerminate\ngermless\ngermproof\ngestate\ngestation\ngesture\ngetaway\ngetting\ngetup\ngiant\ngibberish\ngiblet\ngiddily\ngiddiness\ngiddy\ngift\ngigabyte\ngigahertz\ngigantic\ngiggle\ngiggling\ngiggly\ngigolo\ngilled\ngills\ngimmick\ngirdle\ngiveaway\ngiven\ngiver\ngiving\ngizmo\ngizzard\nglacial\nglacier\nglade\ngladiator\ngladly\nglamorous\nglamour\nglance\nglancing\nglandular\nglare\nglaring\nglass\nglaucoma\nglazing\ngleaming\ngleeful\nglider\ngliding\nglimmer\nglimpse\nglisten\nglitch\nglitter\nglitzy\ngloater\ngloating\ngloomily\ngloomy\nglorified\nglorifier\nglorify\nglorious\nglory\ngloss\nglove\nglowing\nglowworm\nglucose\nglue\ngluten\nglutinous\nglutton\ngnarly\ngnat\ngoal\ngoatskin\ngoes\ngoggles\ngoing\ngoldfish\ngoldmine\ngoldsmith\ngolf\ngoliath\ngonad\ngondola\ngone\ngong\ngood\ngooey\ngoofball\ngoofiness\ngoofy\ngoogle\ngoon\ngopher\ngore\ngorged\ngorgeous\ngory\ngosling\ngossip\ngothic\ngotten\ngout\ngown\ngrab\ngraceful\ngraceless\ngracious\ngradation\ngraded\ngrader\ngradient\ngrading\ngradually\ngraduate\ngraffiti\ngrafted\ngrafting\ngrain\ngranddad\ngrandkid\ngrandly\ngrandma\ngrandpa\ngrandson\ngranite\ngranny\ngranola\ngrant\ngranular\ngrape\ngraph\ngrapple\ngrappling\ngrasp\ngrass\ngratified\ngratify\ngrating\ngratitude\ngratuity\ngravel\ngraveness\ngraves\ngraveyard\ngravitate\ngravity\ngravy\ngray\ngrazing\ngreasily\ngreedily\ngreedless\ngreedy\ngreen\ngreeter\ngreeting\ngrew\ngreyhound\ngrid\ngrief\ngrievance\ngrieving\ngrievous\ngrill\ngrimace\ngrimacing\ngrime\ngriminess\ngrimy\ngrinch\ngrinning\ngrip\ngristle\ngrit\ngroggily\ngroggy\ngroin\ngroom\ngroove\ngrooving\ngroovy\ngrope\nground\ngrouped\ngrout\ngrove\ngrower\ngrowing\ngrowl\ngrub\ngrudge\ngrudging\ngrueling\ngruffly\ngrumble\ngrumbling\ngrumbly\ngrumpily\ngrunge\ngrunt\nguacamole\nguidable\nguidance\nguide\nguiding\nguileless\nguise\ngulf\ngullible\ngully\ngulp\ngumball\ngumdrop\ngumminess\ngumming\ngummy\ngurgle\ngurgling\nguru\ngush\ngusto\ngusty\ngutless\nguts\ngutter\nguy\nguzzler\ngyration\nhabitable\nhabitant\nhabitat\nhabitual\nhacked\nhacker\nhacking\nhacksaw\nhad\nhaggler\nhaiku\nhalf\nhalogen\nhalt\nhalved\nhalves\nhamburger\nhamlet\nhammock\nhamper\nhamster\nhamstring\nhandbag\nhandball\nhandbook\nhandbrake\nhandcart\nhandclap\nhandclasp\nhandcraft\nhandcuff\nhanded\nhandful\nhandgrip\nhandgun\nhandheld\nhandiness\nhandiwork\nhandlebar\nhandled\nhandler\nhandling\nhandmade\nhandoff\nhandpick\nhandprint\nhandrail\nhandsaw\nhandset\nhandsfree\nhandshake\nhandstand\nhandwash\nhandwork\nhandwoven\nhandwrite\nhandyman\nhangnail\nhangout\nhangover\nhangup\nhankering\nhankie\nhanky\nhaphazard\nhappening\nhappier\nhappiest\nhappily\nhappiness\nhappy\nharbor\nhardcopy\nhardcore\nhardcover\nharddisk\nhardened\nhardener\nhardening\nhardhat\nhardhead\nhardiness\nhardly\nhardness\nhardship\nhardware\nhardwired\nhardwood\nhardy\nharmful\nharmless\nharmonica\nharmonics\nharmonize\nharmony\nharness\nharpist\nharsh\nharvest\nhash\nhassle\nhaste\nhastily\nhastiness\nhasty\nhatbox\nhatchback\nhatchery\nhatchet\nhatching\nhatchling\nhate\nhatless\nhatred\nhaunt\nhaven\nhazard\nhazelnut\nhazily\nhaziness\nhazing\nhazy\nheadache\nheadband\nheadboard\nheadcount\nheaddress\nheaded\nheader\nheadfirst\nheadgear\nheading\nheadlamp\nheadless\nheadlock\nheadphone\nheadpiece\nheadrest\nheadroom\nheadscarf\nheadset\nheadsman\nheadstand\nheadstone\nheadway\nheadwear\nheap\nheat\nheave\nheavily\nheaviness\nheaving\nhedge\nhedging\nheftiness\nhefty\nhelium\nhelmet\nhelper\nhelpful\nhelping\nhelpless\nhelpline\nhemlock\nhemstitch\nhence\nhenchman\nhenna\nherald\nherbal\nherbicide\nherbs\nheritage\nhermit\nheroics\nheroism\nherring\nherself\nhertz\nhesitancy\nhesitant\nhesitate\nhexagon\nhexagram\nhubcap\nhuddle\nhuddling\nhuff\nhug\nhula\nhulk\nhull\nhuman\nhumble\nhumbling\nhumbly\nhumid\nhumiliate\nhumility\nhumming\nhummus\nhumongous\nhumorist\nhumorless\nhumorous\nhumpback\nhumped\nhumvee\nhunchback\nhundredth\nhunger\nhungrily\nhungry\nhunk\nhunter\nhunting\nhuntress\nhuntsman\nhurdle\nhurled\nhurler\nhurling\nhurray\nhurricane\nhurried\nhurry\nhurt\nhusband\nhush\nhusked\nhuskiness\nhut\nhybrid\nhydrant\nhydrated\nhydration\nhydrogen\nhydroxide\nhyperlink\nhypertext\nhyphen\nhypnoses\nhypnosis\nhypnotic\nhypnotism\nhypnotist\nhypnotize\nhypocrisy\nhypocrite\nibuprofen\nice\niciness\nicing\nicky\nicon\nicy\nidealism\nidealist\nidealize\nideally\nidealness\nidentical\nidentify\nidentity\nideology\nidiocy\nidiom\nidly\nigloo\nignition\nignore\niguana\nillicitly\nillusion\nillusive\nimage\nimaginary\nimagines\nimaging\nimbecile\nimitate\nimitation\nimmature\nimmerse\nimmersion\nimminent\nimmobile\nimmodest\nimmorally\nimmortal\nimmovable\nimmovably\nimmunity\nimmunize\nimpaired\nimpale\nimpart\nimpatient\nimpeach\nimpeding\nimpending\nimperfect\nimperial\nimpish\nimplant\nimplement\nimplicate\nimplicit\nimplode\nimplosion\nimplosive\nimply\nimpolite\nimportant\nimporter\nimpose\nimposing\nimpotence\nimpotency\nimpotent\nimpound\nimprecise\nimprint\nimprison\nimpromptu\nimproper\nimprove\nimproving\nimprovise\nimprudent\nimpulse\nimpulsive\nimpure\nimpurity\niodine\niodize\nion\nipad\niphone\nipod\nirate\nirk\niron\nirregular\nirrigate\nirritable\nirritably\nirritant\nirritate\nislamic\nislamist\nisolated\nisolating\nisolation\nisotope\nissue\nissuing\nitalicize\nitalics\nitem\nitinerary\nitunes\nivory\nivy\njab\njackal\njacket\njackknife\njackpot\njailbird\njailbreak\njailer\njailhouse\njalapeno\njam\njanitor\njanuary\njargon\njarring\njasmine\njaundice\njaunt\njava\njawed\njawless\njawline\njaws\njaybird\njaywalker\njazz\njeep\njeeringly\njellied\njelly\njersey\njester\njet\njiffy\njigsaw\njimmy\njingle\njingling\njinx\njitters\njittery\njob\njockey\njockstrap\njogger\njogging\njohn\njoining\njokester\njokingly\njolliness\njolly\njolt\njot\njovial\njoyfully\njoylessly\njoyous\njoyride\njoystick\njubilance\njubilant\njudge\njudgingly\njudicial\njudiciary\njudo\njuggle\njuggling\njugular\njuice\njuiciness\njuicy\njujitsu\njukebox\njuly\njumble\njumbo\njump\njunction\njuncture\njune\njunior\njuniper\njunkie\njunkman\njunkyard\njurist\njuror\njury\njustice\njustifier\njustify\njustly\njustness\njuvenile\nkabob\nkangaroo\nkaraoke\nkarate\nkarma\nkebab\nkeenly\nkeenness\nkeep\nkeg\nkelp\nkennel\nkept\nkerchief\nkerosene\nkettle\nkick\nkiln\nkilobyte\nkilogram\nkilometer\nkilowatt\nkilt\nkimono\nkindle\nkindling\nkindly\nkindness\nkindred\nkinetic\nkinfolk\nking\nkinship\nkinsman\nkinswoman\nkissable\nkisser\nkissing\nkitchen\nkite\nkitten\nkitty\nkiwi\nkleenex\nknapsack\nknee\nknelt\nknickers\nknoll\nkoala\nkooky\nkosher\nkrypton\nkudos\nkung\nlabored\nlaborer\nlaboring\nlaborious\nlabrador\nladder\nladies\nladle\nladybug\nladylike\nlagged\nlagging\nlagoon\nlair\nlake\nlance\nlanded\nlandfall\nlandfill\nlanding\nlandlady\nlandless\nlandline\nlandlord\nlandmark\nlandmass\nlandmine\nlandowner\nlandscape\nlandside\nlandslide\nlanguage\nlankiness\nlanky\nlantern\nlapdog\nlapel\nlapped\nlapping\nlaptop\nlard\nlarge\nlark\nlash\nlasso\nlast\nlatch\nlate\nlather\nlatitude\nlatrine\nlatter\nlatticed\nlaunch\nlaunder\nlaundry\nlaurel\nlavender\nlavish\nlaxative\nlazily\nlaziness\nlazy\nlecturer\nleft\nlegacy\nlegal\nlegend\nlegged\nleggings\nlegible\nlegibly\nlegislate\nlego\nlegroom\nlegume\nlegwarmer\nlegwork\nlemon\nlend\nlength\nlens\nlent\nleotard\nlesser\nletdown\nlethargic\nlethargy\nletter\nlettuce\nlevel\nleverage\nlevers\nlevitate\nlevitator\nliability\nliable\nliberty\nlibrarian\nlibrary\nlicking\nlicorice\nlid\nlife\nlifter\nlifting\nliftoff\nligament\nlikely\nlikeness\nlikewise\nliking\nlilac\nlilly\nlily\nlimb\nlimeade\nlimelight\nlimes\nlimit\nlimping\nlimpness\nline\nlingo\nlinguini\nlinguist\nlining\nlinked\nlinoleum\nlinseed\nlint\nlion\nlip\nliquefy\nliqueur\nliquid\nlisp\nlist\nlitigate\nlitigator\nlitmus\nlitter\nlittle\nlivable\nlived\nlively\nliver\nlivestock\nlividly\nliving\nlizard\nlubricant\nlubricate\nlucid\nluckily\nluckiness\nluckless\nlucrative\nludicrous\nlugged\nlukewarm\nlullaby\nlumber\nluminance\nluminous\nlumpiness\nlumping\nlumpish\nlunacy\nlunar\nlunchbox\nluncheon\nlunchroom\nlunchtime\nlung\nlurch\nlure\nluridness\nlurk\nlushly\nlushness\nluster\nlustfully\nlustily\nlustiness\nlustrous\nlusty\nluxurious\nluxury\nlying\nlyrically\nlyricism\nlyricist\nlyrics\nmacarena\nmacaroni\nmacaw\nmace\nmachine\nmachinist\nmagazine\nmagenta\nmaggot\nmagical\nmagician\nmagma\nmagnesium\nmagnetic\nmagnetism\nmagnetize\nmagnifier\nmagnify\nmagnitude\nmagnolia\nmahogany\nmaimed\nmajestic\nmajesty\nmajorette\nmajority\nmakeover\nmaker\nmakeshift\nmaking\nmalformed\nmalt\nmama\nmammal\nmammary\nmammogram\nmanager\nmanaging\nmanatee\nmandarin\nmandate\nmandatory\nmandolin\nmanger\nmangle\nmango\nmangy\nmanhandle\nmanhole\nmanhood\nmanhunt\nmanicotti\nmanicure\nmanifesto\nmanila\nmankind\nmanlike\nmanliness\nmanly\nmanmade\nmanned\nmannish\nmanor\nmanpower\nmantis\nmantra\nmanual\nmany\nmap\nmarathon\nmarauding\nmarbled\nmarbles\nmarbling\nmarch\nmardi\nmargarine\nmargarita\nmargin\nmarigold\nmarina\nmarine\nmarital\nmaritime\nmarlin\nmarmalade\nmaroon\nmarried\nmarrow\nmarry\nmarshland\nmarshy\nmarsupial\nmarvelous\nmarxism\nmascot\nmasculine\nmashed\nmashing\nmassager\nmasses\nmassive\nmastiff\nmatador\nmatchbook\nmatchbox\nmatcher\nmatching\nmatchless\nmaterial\nmaternal\nmaternity\nmath\nmating\nmatriarch\nmatrimony\nmatrix\nmatron\nmatted\nmatter\nmaturely\nmaturing\nmaturity\nmauve\nmaverick\nmaximize\nmaximum\nmaybe\nmayday\nmayflower\nmoaner\nmoaning\nmobile\nmobility\nmobilize\nmobster\nmocha\nmocker\nmockup\nmodified\nmodify\nmodular\nmodulator\nmodule\nmoisten\nmoistness\nmoisture\nmolar\nmolasses\nmold\nmolecular\nmolecule\nmolehill\nmollusk\nmom\nmonastery\nmonday\nmonetary\nmonetize\nmoneybags\nmoneyless\nmoneywise\nmongoose\nmongrel\nmonitor\nmonkhood\nmonogamy\nmonogram\nmonologue\nmonopoly\nmonorail\nmonotone\nmonotype\nmonoxide\nmonsieur\nmonsoon\nmonstrous\nmonthly\nmonument\nmoocher\nmoodiness\nmoody\nmooing\nmoonbeam\nmooned\nmoonlight\nmoonlike\nmoonlit\nmoonrise\nmoonscape\nmoonshine\nmoonstone\nmoonwalk\nmop\nmorale\nmorality\nmorally\nmorbidity\nmorbidly\nmorphine\nmorphing\nmorse\nmortality\nmortally\nmortician\nmortified\nmortify\nmortuary\nmosaic\nmossy\nmost\nmothball\nmothproof\nmotion\nmotivate\nmotivator\nmotive\nmotocross\nmotor\nmotto\nmountable\nmountain\nmounted\nmounting\nmourner\nmournful\nmouse\nmousiness\nmoustache\nmousy\nmouth\nmovable\nmove\nmovie\nmoving\nmower\nmowing\nmuch\nmuck\nmud\nmug\nmulberry\nmulch\nmule\nmulled\nmullets\nmultiple\nmultiply\nmultitask\nmultitude\nmumble\nmumbling\nmumbo\nmummified\nmummify\nmummy\nmumps\nmunchkin\nmundane\nmunicipal\nmuppet\nmural\nmurkiness\nmurky\nmurmuring\nmuscular\nmuseum\nmushily\nmushiness\nmushroom\nmushy\nmusic\nmusket\nmuskiness\nmusky\nmustang\nmustard\nmuster\nmustiness\nmusty\nmutable\nmutate\nmutation\nmute\nmutilated\nmutilator\nmutiny\nmutt\nmutual\nmuzzle\nmyself\nmyspace\nmystified\nmystify\nmyth\nnacho\nnag\nnail\nname\nnaming\nnanny\nnanometer\nnape\nnapkin\nnapped\nnapping\nnappy\nnarrow\nnastily\nnastiness\nnational\nnative\nnativity\nnatural\nnature\nnaturist\nnautical\nnavigate\nnavigator\nnavy\nnearby\nnearest\nnearly\nnearness\nneatly\nneatness\nnebula\nnebulizer\nnectar\nnegate\nnegation\nnegative\nneglector\nnegligee\nnegligent\nnegotiate\nnemeses\nnemesis\nneon\nnephew\nnerd\nnervous\nnervy\nnest\nnet\nneurology\nneuron\nneurosis\nneurotic\nneuter\nneutron\nnever\nnext\nnibble\nnickname\nnicotine\nniece\nnifty\nnimble\nnimbly\nnineteen\nninetieth\nninja\nnintendo\nninth\nnuclear\nnuclei\nnucleus\nnugget\nnullify\nnumber\nnumbing\nnumbly\nnumbness\nnumeral\nnumerate\nnumerator\nnumeric\nnumerous\nnuptials\nnursery\nnursing\nnurture\nnutcase\nnutlike\nnutmeg\nnutrient\nnutshell\nnuttiness\nnutty\nnuzzle\nnylon\noaf\noak\noasis\noat\nobedience\nobedient\nobituary\nobject\nobligate\nobliged\noblivion\noblivious\noblong\nobnoxious\noboe\nobscure\nobscurity\nobservant\nobserver\nobserving\nobsessed\nobsession\nobsessive\nobsolete\nobstacle\nobstinate\nobstruct\nobtain\nobtrusive\nobtuse\nobvious\noccultist\noccupancy\noccupant\noccupier\noccupy\nocean\nocelot\noctagon\noctane\noctober\noctopus\nogle\noil\noink\nointment\nokay\nold\nolive\nolympics\nomega\nomen\nominous\nomission\nomit\nomnivore\nonboard\noncoming\nongoing\nonion\nonline\nonlooker\nonly\nonscreen\nonset\nonshore\nonslaught\nonstage\nonto\nonward\nonyx\noops\nooze\noozy\nopacity\nopal\nopen\noperable\noperate\noperating\noperation\noperative\noperator\nopium\nopossum\nopponent\noppose\nopposing\nopposite\noppressed\noppressor\nopt\nopulently\nosmosis\nother\notter\nouch\nought\nounce\noutage\noutback\noutbid\noutboard\noutbound\noutbreak\noutburst\noutcast\noutclass\noutcome\noutdated\noutdoors\nouter\noutfield\noutfit\noutflank\noutgoing\noutgrow\nouthouse\nouting\noutlast\noutlet\noutline\noutlook\noutlying\noutmatch\noutmost\noutnumber\noutplayed\noutpost\noutpour\noutput\noutrage\noutrank\noutreach\noutright\noutscore\noutsell\noutshine\noutshoot\noutsider\noutskirts\noutsmart\noutsource\noutspoken\nouttakes\noutthink\noutward\noutweigh\noutwit\noval\novary\noven\noveract\noverall\noverarch\noverbid\noverbill\noverbite\noverblown\noverboard\noverbook\noverbuilt\novercast\novercoat\novercome\novercook\novercrowd\noverdraft\noverdrawn\noverdress\noverdrive\noverdue\novereager\novereater\noverexert\noverfed\noverfeed\noverfill\noverflow\noverfull\novergrown\noverhand\noverhang\noverhaul\noverhead\noverhear\noverheat\noverhung\noverjoyed\noverkill\noverlabor\noverlaid\noverlap\noverlay\noverload\noverlook\noverlord\noverlying\novernight\noverpass\noverpay\noverplant\noverplay\noverpower\noverprice\noverrate\noverreach\noverreact\noverride\noverripe\noverrule\noverrun\novershoot\novershot\noversight\noversized\noversleep\noversold\noverspend\noverstate\noverstay\noverstep\noverstock\noverstuff\noversweet\novertake\noverthrow\novertime\novertly\novertone\noverture\noverturn\noveruse\novervalue\noverview\noverwrite\nowl\noxford\noxidant\noxidation\noxidize\noxidizing\noxygen\noxymoron\noyster\nozone\npaced\npacemaker\npacific\npacifier\npacifism\npacifist\npacify\npadded\npadding\npaddle\npaddling\npadlock\npagan\npager\npaging\npajamas\npalace\npalatable\npalm\npalpable\npalpitate\npaltry\npampered\npamperer\npampers\npamphlet\npanama\npancake\npancreas\npanda\npandemic\npang\npanhandle\npanic\npanning\npanorama\npanoramic\npanther\npantomime\npantry\npants\npantyhose\npaparazzi\npapaya\npaper\npaprika\npapyrus\nparabola\nparachute\nparade\nparadox\nparagraph\nparakeet\nparalegal\nparalyses\nparalysis\nparalyze\nparamedic\nparameter\nparamount\nparasail\nparasite\nparasitic\nparcel\nparched\nparchment\npardon\nparish\nparka\nparking\nparkway\nparlor\nparmesan\nparole\nparrot\nparsley\nparsnip\npartake\nparted\nparting\npartition\npartly\npartner\npartridge\nparty\npassable\npassably\npassage\npasscode\npassenger\npasserby\npassing\npassion\npassive\npassivism\npassover\npassport\npassword\npasta\npasted\npastel\npastime\npastor\npastrami\npasture\npasty\npatchwork\npatchy\npaternal\npaternity\npath\npatience\npatient\npatio\npatriarch\npatriot\npatrol\npatronage\npatronize\npauper\npavement\npaver\npavestone\npavilion\npaving\npawing\npayable\npayback\npaycheck\npayday\npayee\npayer\npaying\npayment\npayphone\npayroll\npebble\npebbly\npecan\npectin\npeculiar\npeddling\npediatric\npedicure\npedigree\npedometer\npegboard\npelican\npellet\npelt\npelvis\npenalize\npenalty\npencil\npendant\npending\npenholder\npenknife\npennant\npenniless\npenny\npenpal\npension\npentagon\npentagram\npep\nperceive\npercent\nperch\npercolate\nperennial\nperfected\nperfectly\nperfume\nperiscope\nperish\nperjurer\nperjury\nperkiness\nperky\nperm\nperoxide\nperpetual\nperplexed\npersecute\npersevere\npersuaded\npersuader\npesky\npeso\npessimism\npessimist\npester\npesticide\npetal\npetite\npetition\npetri\npetroleum\npetted\npetticoat\npettiness\npetty\npetunia\nphantom\nphobia\nphoenix\nphonebook\nphoney\nphonics\nphoniness\nphony\nphosphate\nphoto\nphrase\nphrasing\nplacard\nplacate\nplacidly\nplank\nplanner\nplant\nplasma\nplaster\nplastic\nplated\nplatform\nplating\nplatinum\nplatonic\nplatter\nplatypus\nplausible\nplausibly\nplayable\nplayback\nplayer\nplayful\nplaygroup\nplayhouse\nplaying\nplaylist\nplaymaker\nplaymate\nplayoff\nplaypen\nplayroom\nplayset\nplaything\nplaytime\nplaza\npleading\npleat\npledge\nplentiful\nplenty\nplethora\nplexiglas\npliable\nplod\nplop\nplot\nplow\nploy\npluck\nplug\nplunder\nplunging\nplural\nplus\nplutonium\nplywood\npoach\npod\npoem\npoet\npogo\npointed\npointer\npointing\npointless\npointy\npoise\npoison\npoker\npoking\npolar\npolice\npolicy\npolio\npolish\npolitely\npolka\npolo\npolyester\npolygon\npolygraph\npolymer\nponcho\npond\npony\npopcorn\npope\npoplar\npopper\npoppy\npopsicle\npopulace\npopular\npopulate\nporcupine\npork\nporous\nporridge\nportable\nportal\nportfolio\nporthole\nportion\nportly\nportside\nposer\nposh\nposing\npossible\npossibly\npossum\npostage\npostal\npostbox\npostcard\nposted\nposter\nposting\npostnasal\nposture\npostwar\npouch\npounce\npouncing\npound\npouring\npout\npowdered\npowdering\npowdery\npower\npowwow\npox\npraising\nprance\nprancing\npranker\nprankish\nprankster\nprayer\npraying\npreacher\npreaching\npreachy\npreamble\nprecinct\nprecise\nprecision\nprecook\nprecut\npredator\npredefine\npredict\npreface\nprefix\npreflight\npreformed\npregame\npregnancy\npregnant\npreheated\nprelaunch\nprelaw\nprelude\npremiere\npremises\npremium\nprenatal\npreoccupy\npreorder\nprepaid\nprepay\npreplan\npreppy\npreschool\nprescribe\npreseason\npreset\npreshow\npresident\npresoak\npress\npresume\npresuming\npreteen\npretended\npretender\npretense\npretext\npretty\npretzel\nprevail\nprevalent\nprevent\npreview\nprevious\nprewar\nprewashed\nprideful\npried\nprimal\nprimarily\nprimary\nprimate\nprimer\nprimp\nprincess\nprint\nprior\nprism\nprison\nprissy\npristine\nprivacy\nprivate\nprivatize\nprize\nproactive\nprobable\nprobably\nprobation\nprobe\nprobing\nprobiotic\nproblem\nprocedure\nprocess\nproclaim\nprocreate\nprocurer\nprodigal\nprodigy\nproduce\nproduct\nprofane\nprofanity\nprofessed\nprofessor\nprofile\nprofound\nprofusely\nprogeny\nprognosis\nprogram\nprogress\nprojector\nprologue\nprolonged\npromenade\nprominent\npromoter\npromotion\nprompter\npromptly\nprone\nprong\npronounce\npronto\nproofing\nproofread\nproofs\npropeller\nproperly\nproperty\nproponent\nproposal\npropose\nprops\nprorate\nprotector\nprotegee\nproton\nprototype\nprotozoan\nprotract\nprotrude\nproud\nprovable\nproved\nproven\nprovided\nprovider\nproviding\nprovince\nproving\nprovoke\nprovoking\nprovolone\nprowess\nprowler\nprowling\nproximity\nproxy\nprozac\nprude\nprudishly\nprune\npruning\npry\npsychic\npublic\npublisher\npucker\npueblo\npug\npull\npulmonary\npulp\npulsate\npulse\npulverize\npuma\npumice\npummel\npunch\npunctual\npunctuate\npunctured\npungent\npunisher\npunk\npupil\npuppet\npuppy\npurchase\npureblood\npurebred\npurely\npureness\npurgatory\npurge\npurging\npurifier\npurify\npurist\npuritan\npurity\npurple\npurplish\npurposely\npurr\npurse\npursuable\npursuant\npursuit\npurveyor\npushcart\npushchair\npusher\npushiness\npushing\npushover\npushpin\npushup\npushy\nputdown\nputt\npuzzle\npuzzling\npyramid\npyromania\npython\nquack\nquadrant\nquail\nquaintly\nquake\nquaking\nqualified\nqualifier\nqualify\nquality\nqualm\nquantum\nquarrel\nquarry\nquartered\nquarterly\nquarters\nquartet\nquench\nquery\nquicken\nquickly\nquickness\nquicksand\nquickstep\nquiet\nquill\nquilt\nquintet\nquintuple\nquirk\nquit\nquiver\nquizzical\nquotable\nquotation\nquote\nrabid\nrace\nracing\nracism\nrack\nracoon\nradar\nradial\nradiance\nradiantly\nradiated\nradiation\nradiator\nradio\nradish\nraffle\nraft\nrage\nragged\nraging\nragweed\nraider\nrailcar\nrailing\nrailroad\nrailway\nraisin\nrake\nraking\nrally\nramble\nrambling\nramp\nramrod\nranch\nrancidity\nrandom\nranged\nranger\nranging\nranked\nranking\nransack\nranting\nrants\nrare\nrarity\nrascal\nrash\nrasping\nravage\nraven\nravine\nraving\nravioli\nravishing\nreabsorb\nreach\nreacquire\nreaction\nreactive\nreactor\nreaffirm\nream\nreanalyze\nreappear\nreapply\nreappoint\nreapprove\nrearrange\nrearview\nreason\nreassign\nreassure\nreattach\nreawake\nrebalance\nrebate\nrebel\nrebirth\nreboot\nreborn\nrebound\nrebuff\nrebuild\nrebuilt\nreburial\nrebuttal\nrecall\nrecant\nrecapture\nrecast\nrecede\nrecent\nrecess\nrecharger\nrecipient\nrecital\nrecite\nreckless\nreclaim\nrecliner\nreclining\nrecluse\nreclusive\nrecognize\nrecoil\nrecollect\nrecolor\nreconcile\nreconfirm\nreconvene\nrecopy\nrecord\nrecount\nrecoup\nrecovery\nrecreate\nrectal\nrectangle\nrectified\nrectify\nrecycled\nrecycler\nrecycling\nreemerge\nreenact\nreenter\nreentry\nreexamine\nreferable\nreferee\nreference\nrefill\nrefinance\nrefined\nrefinery\nrefining\nrefinish\nreflected\nreflector\nreflex\nreflux\nrefocus\nrefold\nreforest\nreformat\nreformed\nreformer\nreformist\nrefract\nrefrain\nrefreeze\nrefresh\nrefried\nrefueling\nrefund\nrefurbish\nrefurnish\nrefusal\nrefuse\nrefusing\nrefutable\nrefute\nregain\nregalia\nregally\nreggae\nregime\nregion\nregister\nregistrar\nregistry\nregress\nregretful\nregroup\nregular\nregulate\nregulator\nrehab\nreheat\nrehire\nrehydrate\nreimburse\nreissue\nreiterate\nrejoice\nrejoicing\nrejoin\nrekindle\nrelapse\nrelapsing\nrelatable\nrelated\nrelation\nrelative\nrelax\nrelay\nrelearn\nrelease\nrelenting\nreliable\nreliably\nreliance\nreliant\nrelic\nrelieve\nrelieving\nrelight\nrelish\nrelive\nreload\nrelocate\nrelock\nreluctant\nrely\nremake\nremark\nremarry\nrematch\nremedial\nremedy\nremember\nreminder\nremindful\nremission\nremix\nremnant\nremodeler\nremold\nremorse\nremote\nremovable\nremoval\nremoved\nremover\nremoving\nrename\nrenderer\nrendering\nrendition\nrenegade\nrenewable\nrenewably\nrenewal\nrenewed\nrenounce\nrenovate\nrenovator\nrentable\nrental\nrented\nrenter\nreoccupy\nreoccur\nreopen\nreorder\nrepackage\nrepacking\nrepaint\nrepair\nrepave\nrepaying\nrepayment\nrepeal\nrepeated\nrepeater\nrepent\nrephrase\nreplace\nreplay\nreplica\nreply\nreporter\nrepose\nrepossess\nrepost\nrepressed\nreprimand\nreprint\nreprise\nreproach\nreprocess\nreproduce\nreprogram\nreps\nreptile\nreptilian\nrepugnant\nrepulsion\nrepulsive\nrepurpose\nreputable\nreputably\nrequest\nrequire\nrequisite\nreroute\nrerun\nresale\nresample\nrescuer\nreseal\nresearch\nreselect\nreseller\nresemble\nresend\nresent\nreset\nreshape\nreshoot\nreshuffle\nresidence\nresidency\nresident\nresidual\nresidue\nresigned\nresilient\nresistant\nresisting\nresize\nresolute\nresolved\nresonant\nresonate\nresort\nresource\nrespect\nresubmit\nresult\nresume\nresupply\nresurface\nresurrect\nretail\nretainer\nretaining\nretake\nretaliate\nretention\nrethink\nretinal\nretired\nretiree\nretiring\nretold\nretool\nretorted\nretouch\nretrace\nretract\nretrain\nretread\nretreat\nretrial\nretrieval\nretriever\nretry\nreturn\nretying\nretype\nreunion\nreunite\nreusable\nreuse\nreveal\nreveler\nrevenge\nrevenue\nreverb\nrevered\nreverence\nreverend\nreversal\nreverse\nreversing\nreversion\nrevert\nrevisable\nrevise\nrevision\nrevisit\nrevivable\nrevival\nreviver\nreviving\nrevocable\nrevoke\nrevolt\nrevolver\nrevolving\nreward\nrewash\nrewind\nrewire\nreword\nrework\nrewrap\nrewrite\nrhyme\nribbon\nribcage\nrice\nriches\nrichly\nrichness\nrickety\nricotta\nriddance\nridden\nride\nriding\nrifling\nrift\nrigging\nrigid\nrigor\nrimless\nrimmed\nrind\nrink\nrinse\nrinsing\nriot\nripcord\nripeness\nripening\nripping\nripple\nrippling\nriptide\nrise\nrising\nrisk\nrisotto\nritalin\nritzy\nrival\nriverbank\nriverbed\nriverboat\nriverside\nriveter\nriveting\nroamer\nroaming\nroast\nrobbing\nrobe\nrobin\nrobotics\nrobust\nrockband\nrocker\nrocket\nrockfish\nrockiness\nrocking\nrocklike\nrockslide\nrockstar\nrocky\nrogue\nroman\nromp\nrope\nroping\nroster\nrosy\nrotten\nrotting\nrotunda\nroulette\nrounding\nroundish\nroundness\nroundup\nroundworm\nroutine\nrouting\nrover\nroving\nroyal\nrubbed\nrubber\nrubbing\nrubble\nrubdown\nruby\nruckus\nrudder\nrug\nruined\nrule\nrumble\nrumbling\nrummage\nrumor\nrunaround\nrundown\nrunner\nrunning\nrunny\nrunt\nrunway\nrupture\nrural\nruse\nrush\nrust\nrut\nsabbath\nsabotage\nsacrament\nsacred\nsacrifice\nsadden\nsaddlebag\nsaddled\nsaddling\nsadly\nsadness\nsafari\nsafeguard\nsafehouse\nsafely\nsafeness\nsaffron\nsaga\nsage\nsagging\nsaggy\nsaid\nsaint\nsake\nsalad\nsalami\nsalaried\nsalary\nsaline\nsalon\nsaloon\nsalsa\nsalt\nsalutary\nsalute\nsalvage\nsalvaging\nsalvation\nsame\nsample\nsampling\nsanction\nsanctity\nsanctuary\nsandal\nsandbag\nsandbank\nsandbar\nsandblast\nsandbox\nsanded\nsandfish\nsanding\nsandlot\nsandpaper\nsandpit\nsandstone\nsandstorm\nsandworm\nsandy\nsanitary\nsanitizer\nsank\nsanta\nsapling\nsappiness\nsappy\nsarcasm\nsarcastic\nsardine\nsash\nsasquatch\nsassy\nsatchel\nsatiable\nsatin\nsatirical\nsatisfied\nsatisfy\nsaturate\nsaturday\nsauciness\nsaucy\nsauna\nsavage\nsavanna\nsaved\nsavings\nsavior\nsavor\nsaxophone\nsay\nscabbed\nscabby\nscalded\nscalding\nscale\nscaling\nscallion\nscallop\nscalping\nscam\nscandal\nscanner\nscanning\nscant\nscapegoat\nscarce\nscarcity\nscarecrow\nscared\nscarf\nscarily\nscariness\nscarring\nscary\nscavenger\nscenic\nschedule\nschematic\nscheme\nscheming\nschilling\nschnapps\nscholar\nscience\nscientist\nscion\nscoff\nscolding\nscone\nscoop\nscooter\nscope\nscorch\nscorebook\nscorecard\nscored\nscoreless\nscorer\nscoring\nscorn\nscorpion\nscotch\nscoundrel\nscoured\nscouring\nscouting\nscouts\nscowling\nscrabble\nscraggly\nscrambled\nscrambler\nscrap\nscratch\nscrawny\nscreen\nscribble\nscribe\nscribing\nscrimmage\nscript\nscroll\nscrooge\nscrounger\nscrubbed\nscrubber\nscruffy\nscrunch\nscrutiny\nscuba\nscuff\nsculptor\nsculpture\nscurvy\nscuttle\nsecluded\nsecluding\nseclusion\nsecond\nsecrecy\nsecret\nsectional\nsector\nsecular\nsecurely\nsecurity\nsedan\nsedate\nsedation\nsedative\nsediment\nseduce\nseducing\nsegment\nseismic\nseizing\nseldom\nselected\nselection\nselective\nselector\nself\nseltzer\nsemantic\nsemester\nsemicolon\nsemifinal\nseminar\nsemisoft\nsemisweet\nsenate\nsenator\nsend\nsenior\nsenorita\nsensation\nsensitive\nsensitize\nsensually\nsensuous\nsepia\nseptember\nseptic\nseptum\nsequel\nsequence\nsequester\nseries\nsermon\nserotonin\nserpent\nserrated\nserve\nservice\nserving\nsesame\nsessions\nsetback\nsetting\nsettle\nsettling\nsetup\nsevenfold\nseventeen\nseventh\nseventy\nseverity\nshabby\nshack\nshaded\nshadily\nshadiness\nshading\nshadow\nshady\nshaft\nshakable\nshakily\nshakiness\nshaking\nshaky\nshale\nshallot\nshallow\nshame\nshampoo\nshamrock\nshank\nshanty\nshape\nshaping\nshare\nsharpener\nsharper\nsharpie\nsharply\nsharpness\nshawl\nsheath\nshed\nsheep\nsheet\nshelf\nshell\nshelter\nshelve\nshelving\nsherry\nshield\nshifter\nshifting\nshiftless\nshifty\nshimmer\nshimmy\nshindig\nshine\nshingle\nshininess\nshining\nshiny\nship\nshirt\nshivering\nshock\nshone\nshoplift\nshopper\nshopping\nshoptalk\nshore\nshortage\nshortcake\nshortcut\nshorten\nshorter\nshorthand\nshortlist\nshortly\nshortness\nshorts\nshortwave\nshorty\nshout\nshove\nshowbiz\nshowcase\nshowdown\nshower\nshowgirl\nshowing\nshowman\nshown\nshowoff\nshowpiece\nshowplace\nshowroom\nshowy\nshrank\nshrapnel\nshredder\nshredding\nshrewdly\nshriek\nshrill\nshrimp\nshrine\nshrink\nshrivel\nshrouded\nshrubbery\nshrubs\nshrug\nshrunk\nshucking\nshudder\nshuffle\nshuffling\nshun\nshush\nshut\nshy\nsiamese\nsiberian\nsibling\nsiding\nsierra\nsiesta\nsift\nsighing\nsilenced\nsilencer\nsilent\nsilica\nsilicon\nsilk\nsilliness\nsilly\nsilo\nsilt\nsilver\nsimilarly\nsimile\nsimmering\nsimple\nsimplify\nsimply\nsincere\nsincerity\nsinger\nsinging\nsingle\nsingular\nsinister\nsinless\nsinner\nsinuous\nsip\nsiren\nsister\nsitcom\nsitter\nsitting\nsituated\nsituation\nsixfold\nsixteen\nsixth\nsixties\nsixtieth\nsixtyfold\nsizable\nsizably\nsize\nsizing\nsizzle\nsizzling\nskater\nskating\nskedaddle\nskeletal\nskeleton\nskeptic\nsketch\nskewed\nskewer\nskid\nskied\nskier\nskies\nskiing\nskilled\nskillet\nskillful\nskimmed\nskimmer\nskimming\nskimpily\nskincare\nskinhead\nskinless\nskinning\nskinny\nskintight\nskipper\nskipping\nskirmish\nskirt\nskittle\nskydiver\nskylight\nskyline\nskype\nskyrocket\nskyward\nslab\nslacked\nslacker\nslacking\nslackness\nslacks\nslain\nslam\nslander\nslang\nslapping\nslapstick\nslashed\nslashing\nslate\nslather\nslaw\nsled\nsleek\nsleep\nsleet\nsleeve\nslept\nsliceable\nsliced\nslicer\nslicing\nslick\nslider\nslideshow\nsliding\nslighted\nslighting\nslightly\nslimness\nslimy\nslinging\nslingshot\nslinky\nslip\nslit\nsliver\nslobbery\nslogan\nsloped\nsloping\nsloppily\nsloppy\nslot\nslouching\nslouchy\nsludge\nslug\nslum\nslurp\nslush\nsly\nsmall\nsmartly\nsmartness\nsmasher\nsmashing\nsmashup\nsmell\nsmelting\nsmile\nsmilingly\nsmirk\nsmite\nsmith\nsmitten\nsmock\nsmog\nsmoked\nsmokeless\nsmokiness\nsmoking\nsmoky\nsmolder\nsmooth\nsmother\nsmudge\nsmudgy\nsmuggler\nsmuggling\nsmugly\nsmugness\nsnack\nsnagged\nsnaking\nsnap\nsnare\nsnarl\nsnazzy\nsneak\nsneer\nsneeze\nsneezing\nsnide\nsniff\nsnippet\nsnipping\nsnitch\nsnooper\nsnooze\nsnore\nsnoring\nsnorkel\nsnort\nsnout\nsnowbird\nsnowboard\nsnowbound\nsnowcap\nsnowdrift\nsnowdrop\nsnowfall\nsnowfield\nsnowflake\nsnowiness\nsnowless\nsnowman\nsnowplow\nsnowshoe\nsnowstorm\nsnowsuit\nsnowy\nsnub\nsnuff\nsnuggle\nsnugly\nsnugness\nspeak\nspearfish\nspearhead\nspearman\nspearmint\nspecies\nspecimen\nspecked\nspeckled\nspecks\nspectacle\nspectator\nspectrum\nspeculate\nspeech\nspeed\nspellbind\nspeller\nspelling\nspendable\nspender\nspending\nspent\nspew\nsphere\nspherical\nsphinx\nspider\nspied\nspiffy\nspill\nspilt\nspinach\nspinal\nspindle\nspinner\nspinning\nspinout\nspinster\nspiny\nspiral\nspirited\nspiritism\nspirits\nspiritual\nsplashed\nsplashing\nsplashy\nsplatter\nspleen\nsplendid\nsplendor\nsplice\nsplicing\nsplinter\nsplotchy\nsplurge\nspoilage\nspoiled\nspoiler\nspoiling\nspoils\nspoken\nspokesman\nsponge\nspongy\nsponsor\nspoof\nspookily\nspooky\nspool\nspoon\nspore\nsporting\nsports\nsporty\nspotless\nspotlight\nspotted\nspotter\nspotting\nspotty\nspousal\nspouse\nspout\nsprain\nsprang\nsprawl\nspray\nspree\nsprig\nspring\nsprinkled\nsprinkler\nsprint\nsprite\nsprout\nspruce\nsprung\nspry\nspud\nspur\nsputter\nspyglass\nsquabble\nsquad\nsquall\nsquander\nsquash\nsquatted\nsquatter\nsquatting\nsqueak\nsquealer\nsquealing\nsqueamish\nsqueegee\nsqueeze\nsqueezing\nsquid\nsquiggle\nsquiggly\nsquint\nsquire\nsquirt\nsquishier\nsquishy\nstability\nstabilize\nstable\nstack\nstadium\nstaff\nstage\nstaging\nstagnant\nstagnate\nstainable\nstained\nstaining\nstainless\nstalemate\nstaleness\nstalling\nstallion\nstamina\nstammer\nstamp\nstand\nstank\nstaple\nstapling\nstarboard\nstarch\nstardom\nstardust\nstarfish\nstargazer\nstaring\nstark\nstarless\nstarlet\nstarlight\nstarlit\nstarring\nstarry\nstarship\nstarter\nstarting\nstartle\nstartling\nstartup\nstarved\nstarving\nstash\nstate\nstatic\nstatistic\nstatue\nstature\nstatus\nstatute\nstatutory\nstaunch\nstays\nsteadfast\nsteadier\nsteadily\nsteadying\nsteam\nsteed\nsteep\nsteerable\nsteering\nsteersman\nstegosaur\nstellar\nstem\nstench\nstencil\nstep\nstereo\nsterile\nsterility\nsterilize\nsterling\nsternness\nsternum\nstew\nstick\nstiffen\nstiffly\nstiffness\nstifle\nstifling\nstillness\nstilt\nstimulant\nstimulate\nstimuli\nstimulus\nstinger\nstingily\nstinging\nstingray\nstingy\nstinking\nstinky\nstipend\nstipulate\nstir\nstitch\nstock\nstoic\nstoke\nstole\nstomp\nstonewall\nstoneware\nstonework\nstoning\nstony\nstood\nstooge\nstool\nstoop\nstoplight\nstoppable\nstoppage\nstopped\nstopper\nstopping\nstopwatch\nstorable\nstorage\nstoreroom\nstorewide\nstorm\nstout\nstove\nstowaway\nstowing\nstraddle\nstraggler\nstrained\nstrainer\nstraining\nstrangely\nstranger\nstrangle\nstrategic\nstrategy\nstratus\nstraw\nstray\nstreak\nstream\nstreet\nstrength\nstrenuous\nstrep\nstress\nstretch\nstrewn\nstricken\nstrict\nstride\nstrife\nstrike\nstriking\nstrive\nstriving\nstrobe\nstrode\nstroller\nstrongbox\nstrongly\nstrongman\nstruck\nstructure\nstrudel\nstruggle\nstrum\nstrung\nstrut\nstubbed\nstubble\nstubbly\nstubborn\nstucco\nstuck\nstudent\nstudied\nstudio\nstudy\nstuffed\nstuffing\nstuffy\nstumble\nstumbling\nstump\nstung\nstunned\nstunner\nstunning\nstunt\nstupor\nsturdily\nsturdy\nstyling\nstylishly\nstylist\nstylized\nstylus\nsuave\nsubarctic\nsubatomic\nsubdivide\nsubdued\nsubduing\nsubfloor\nsubgroup\nsubheader\nsubject\nsublease\nsublet\nsublevel\nsublime\nsubmarine\nsubmerge\nsubmersed\nsubmitter\nsubpanel\nsubpar\nsubplot\nsubprime\nsubscribe\nsubscript\nsubsector\nsubside\nsubsiding\nsubsidize\nsubsidy\nsubsoil\nsubsonic\nsubstance\nsubsystem\nsubtext\nsubtitle\nsubtly\nsubtotal\nsubtract\nsubtype\nsuburb\nsubway\nsubwoofer\nsubzero\nsucculent\nsuch\nsuction\nsudden\nsudoku\nsuds\nsufferer\nsuffering\nsuffice\nsuffix\nsuffocate\nsuffrage\nsugar\nsuggest\nsuing\nsuitable\nsuitably\nsuitcase\nsuitor\nsulfate\nsulfide\nsulfite\nsulfur\nsulk\nsullen\nsulphate\nsulphuric\nsultry\nsuperbowl\nsuperglue\nsuperhero\nsuperior\nsuperjet\nsuperman\nsupermom\nsupernova\nsupervise\nsupper\nsupplier\nsupply\nsupport\nsupremacy\nsupreme\nsurcharge\nsurely\nsureness\nsurface\nsurfacing\nsurfboard\nsurfer\nsurgery\nsurgical\nsurging\nsurname\nsurpass\nsurplus\nsurprise\nsurreal\nsurrender\nsurrogate\nsurround\nsurvey\nsurvival\nsurvive\nsurviving\nsurvivor\nsushi\nsuspect\nsuspend\nsuspense\nsustained\nsustainer\nswab\nswaddling\nswagger\nswampland\nswan\nswapping\nswarm\nsway\nswear\nsweat\nsweep\nswell\nswept\nswerve\nswifter\nswiftly\nswiftness\nswimmable\nswimmer\nswimming\nswimsuit\nswimwear\nswinger\nswinging\nswipe\nswirl\nswitch\nswivel\nswizzle\nswooned\nswoop\nswoosh\nswore\nsworn\nswung\nsycamore\nsympathy\nsymphonic\nsymphony\nsymptom\nsynapse\nsyndrome\nsynergy\nsynopses\nsynopsis\nsynthesis\nsynthetic\nsyrup\nsystem\ntshirt\ntabasco\ntabby\ntableful\ntables\ntablet\ntableware\ntabloid\ntackiness\ntacking\ntackle\ntackling\ntacky\ntaco\ntactful\ntactical\ntactics\ntactile\ntactless\ntadpole\ntaekwondo\ntag\ntainted\ntake\ntaking\ntalcum\ntalisman\ntall\ntalon\ntamale\ntameness\ntamer\ntamper\ntank\ntanned\ntannery\ntanning\ntantrum\ntapeless\ntapered\ntapering\ntapestry\ntapioca\ntapping\ntaps\ntarantula\ntarget\ntarmac\ntarnish\ntarot\ntartar\ntartly\ntartness\ntask\ntassel\ntaste\ntastiness\ntasting\ntasty\ntattered\ntattle\ntattling\ntattoo\ntaunt\ntavern\nthank\nthat\nthaw\ntheater\ntheatrics\nthee\ntheft\ntheme\ntheology\ntheorize\nthermal\nthermos\nthesaurus\nthese\nthesis\nthespian\nthicken\nthicket\nthickness\nthieving\nthievish\nthigh\nthimble\nthing\nthink\nthinly\nthinner\nthinness\nthinning\nthirstily\nthirsting\nthirsty\nthirteen\nthirty\nthong\nthorn\nthose\nthousand\nthrash\nthread\nthreaten\nthreefold\nthrift\nthrill\nthrive\nthriving\nthroat\nthrobbing\nthrong\nthrottle\nthrowaway\nthrowback\nthrower\nthrowing\nthud\nthumb\nthumping\nthursday\nthus\nthwarting\nthyself\ntiara\ntibia\ntidal\ntidbit\ntidiness\ntidings\ntidy\ntiger\ntighten\ntightly\ntightness\ntightrope\ntightwad\ntigress\ntile\ntiling\ntill\ntilt\ntimid\ntiming\ntimothy\ntinderbox\ntinfoil\ntingle\ntingling\ntingly\ntinker\ntinkling\ntinsel\ntinsmith\ntint\ntinwork\ntiny\ntipoff\ntipped\ntipper\ntipping\ntiptoeing\ntiptop\ntiring\ntissue\ntrace\ntracing\ntrack\ntraction\ntractor\ntrade\ntrading\ntradition\ntraffic\ntragedy\ntrailing\ntrailside\ntrain\ntraitor\ntrance\ntranquil\ntransfer\ntransform\ntranslate\ntranspire\ntransport\ntranspose\ntrapdoor\ntrapeze\ntrapezoid\ntrapped\ntrapper\ntrapping\ntraps\ntrash\ntravel\ntraverse\ntravesty\ntray\ntreachery\ntreading\ntreadmill\ntreason\ntreat\ntreble\ntree\ntrekker\ntremble\ntrembling\ntremor\ntrench\ntrend\ntrespass\ntriage\ntrial\ntriangle\ntribesman\ntribunal\ntribune\ntributary\ntribute\ntriceps\ntrickery\ntrickily\ntricking\ntrickle\ntrickster\ntricky\ntricolor\ntricycle\ntrident\ntried\ntrifle\ntrifocals\ntrillion\ntrilogy\ntrimester\ntrimmer\ntrimming\ntrimness\ntrinity\ntrio\ntripod\ntripping\ntriumph\ntrivial\ntrodden\ntrolling\ntrombone\ntrophy\ntropical\ntropics\ntrouble\ntroubling\ntrough\ntrousers\ntrout\ntrowel\ntruce\ntruck\ntruffle\ntrump\ntrunks\ntrustable\ntrustee\ntrustful\ntrusting\ntrustless\ntruth\ntry\ntubby\ntubeless\ntubular\ntucking\ntuesday\ntug\ntuition\ntulip\ntumble\ntumbling\ntummy\nturban\nturbine\nturbofan\nturbojet\nturbulent\nturf\nturkey\nturmoil\nturret\nturtle\ntusk\ntutor\ntutu\ntux\ntweak\ntweed\ntweet\ntweezers\ntwelve\ntwentieth\ntwenty\ntwerp\ntwice\ntwiddle\ntwiddling\ntwig\ntwilight\ntwine\ntwins\ntwirl\ntwistable\ntwisted\ntwister\ntwisting\ntwisty\ntwitch\ntwitter\ntycoon\ntying\ntyke\nudder\nultimate\nultimatum\nultra\numbilical\numbrella\numpire\nunabashed\nunable\nunadorned\nunadvised\nunafraid\nunaired\nunaligned\nunaltered\nunarmored\nunashamed\nunaudited\nunawake\nunaware\nunbaked\nunbalance\nunbeaten\nunbend\nunbent\nunbiased\nunbitten\nunblended\nunblessed\nunblock\nunbolted\nunbounded\nunboxed\nunbraided\nunbridle\nunbroken\nunbuckled\nunbundle\nunburned\nunbutton\nuncanny\nuncapped\nuncaring\nuncertain\nunchain\nunchanged\nuncharted\nuncheck\nuncivil\nunclad\nunclaimed\nunclamped\nunclasp\nuncle\nunclip\nuncloak\nunclog\nunclothed\nuncoated\nuncoiled\nuncolored\nuncombed\nuncommon\nuncooked\nuncork\nuncorrupt\nuncounted\nuncouple\nuncouth\nuncover\nuncross\nuncrown\nuncrushed\nuncured\nuncurious\nuncurled\nuncut\nundamaged\nundated\nundaunted\nundead\nundecided\nundefined\nunderage\nunderarm\nundercoat\nundercook\nundercut\nunderdog\nunderdone\nunderfed\nunderfeed\nunderfoot\nundergo\nundergrad\nunderhand\nunderline\nunderling\nundermine\nundermost\nunderpaid\nunderpass\nunderpay\nunderrate\nundertake\nundertone\nundertook\nundertow\nunderuse\nunderwear\nunderwent\nunderwire\nundesired\nundiluted\nundivided\nundocked\nundoing\nundone\nundrafted\nundress\nundrilled\nundusted\nundying\nunearned\nunearth\nunease\nuneasily\nuneasy\nuneatable\nuneaten\nunedited\nunelected\nunending\nunengaged\nunenvied\nunequal\nunethical\nuneven\nunexpired\nunexposed\nunfailing\nunfair\nunfasten\nunfazed\nunfeeling\nunfiled\nunfilled\nunfitted\nunfitting\nunfixable\nunfixed\nunflawed\nunfocused\nunfold\nunfounded\nunframed\nunfreeze\nunfrosted\nunfrozen\nunfunded\nunglazed\nungloved\nunglue\nungodly\nungraded\nungreased\nunguarded\nunguided\nunhappily\nunhappy\nunharmed\nunhealthy\nunheard\nunhearing\nunheated\nunhelpful\nunhidden\nunhinge\nunhitched\nunholy\nunhook\nunicorn\nunicycle\nunified\nunifier\nuniformed\nuniformly\nunify\nunimpeded\nuninjured\nuninstall\nuninsured\nuninvited\nunion\nuniquely\nunisexual\nunison\nunissued\nunit\nuniversal\nuniverse\nunjustly\nunkempt\nunkind\nunknotted\nunknowing\nunknown\nunlaced\nunlatch\nunlawful\nunleaded\nunlearned\nunleash\nunless\nunleveled\nunlighted\nunlikable\nunlimited\nunlined\nunlinked\nunlisted\nunlit\nunlivable\nunloaded\nunloader\nunlocked\nunlocking\nunlovable\nunloved\nunlovely\nunloving\nunluckily\nunlucky\nunmade\nunmanaged\nunmanned\nunmapped\nunmarked\nunmasked\nunmasking\nunmatched\nunmindful\nunmixable\nunmixed\nunmolded\nunmoral\nunmovable\nunmoved\nunmoving\nunnamable\nunnamed\nunnatural\nunneeded\nunnerve\nunnerving\nunnoticed\nunopened\nunopposed\nunpack\nunpadded\nunpaid\nunpainted\nunpaired\nunpaved\nunpeeled\nunpicked\nunpiloted\nunpinned\nunplanned\nunplanted\nunpleased\nunpledged\nunplowed\nunplug\nunpopular\nunproven\nunquote\nunranked\nunrated\nunraveled\nunreached\nunread\nunreal\nunreeling\nunrefined\nunrelated\nunrented\nunrest\nunretired\nunrevised\nunrigged\nunripe\nunrivaled\nunroasted\nunrobed\nunroll\nunruffled\nunruly\nunrushed\nunsaddle\nunsafe\nunsaid\nunsalted\nunsaved\nunsavory\nunscathed\nunscented\nunscrew\nunsealed\nunseated\nunsecured\nunseeing\nunseemly\nunseen\nunselect\nunselfish\nunsent\nunsettled\nunshackle\nunshaken\nunshaved\nunshaven\nunsheathe\nunshipped\nunsightly\nunsigned\nunskilled\nunsliced\nunsmooth\nunsnap\nunsocial\nunsoiled\nunsold\nunsolved\nunsorted\nunspoiled\nunspoken\nunstable\nunstaffed\nunstamped\nunsteady\nunsterile\nunstirred\nunstitch\nunstopped\nunstuck\nunstuffed\nunstylish\nunsubtle\nunsubtly\nunsuited\nunsure\nunsworn\nuntagged\nuntainted\nuntaken\nuntamed\nuntangled\nuntapped\nuntaxed\nunthawed\nunthread\nuntidy\nuntie\nuntil\nuntimed\nuntimely\nuntitled\nuntoasted\nuntold\nuntouched\nuntracked\nuntrained\nuntreated\nuntried\nuntrimmed\nuntrue\nuntruth\nunturned\nuntwist\nuntying\nunusable\nunused\nunusual\nunvalued\nunvaried\nunvarying\nunveiled\nunveiling\nunvented\nunviable\nunvisited\nunvocal\nunwanted\nunwarlike\nunwary\nunwashed\nunwatched\nunweave\nunwed\nunwelcome\nunwell\nunwieldy\nunwilling\nunwind\nunwired\nunwitting\nunwomanly\nunworldly\nunworn\nunworried\nunworthy\nunwound\nunwoven\nunwrapped\nunwritten\nunzip\nupbeat\nupchuck\nupcoming\nupcountry\nupdate\nupfront\nupgrade\nupheaval\nupheld\nuphill\nuphold\nuplifted\nuplifting\nupload\nupon\nupper\nupright\nuprising\nupriver\nuproar\nuproot\nupscale\nupside\nupstage\nupstairs\nupstart\nupstate\nupstream\nupstroke\nupswing\nuptake\nuptight\nuptown\nupturned\nupward\nupwind\nuranium\nurban\nurchin\nurethane\nurgency\nurgent\nurging\nurologist\nurology\nusable\nusage\nuseable\nused\nuselessly\nuser\nusher\nusual\nutensil\nutility\nutilize\nutmost\nutopia\nutter\nvacancy\nvacant\nvacate\nvacation\nvagabond\nvagrancy\nvagrantly\nvaguely\nvagueness\nvaliant\nvalid\nvalium\nvalley\nvaluables\nvalue\nvanilla\nvanish\nvanity\nvanquish\nvantage\nvaporizer\nvariable\nvariably\nvaried\nvariety\nvarious\nvarmint\nvarnish\nvarsity\nvarying\nvascular\nvaseline\nvastly\nvastness\nveal\nvegan\nveggie\nvehicular\nvelcro\nvelocity\nvelvet\nvendetta\nvending\nvendor\nveneering\nvengeful\nvenomous\nventricle\nventure\nvenue\nvenus\nverbalize\nverbally\nverbose\nverdict\nverify\nverse\nversion\nversus\nvertebrae\nvertical\nvertigo\nvery\nvessel\nvest\nveteran\nveto\nvexingly\nviability\nviable\nvibes\nvice\nvicinity\nvictory\nvideo\nviewable\nviewer\nviewing\nviewless\nviewpoint\nvigorous\nvillage\nvillain\nvindicate\nvineyard\nvintage\nviolate\nviolation\nviolator\nviolet\nviolin\nviper\nviral\nvirtual\nvirtuous\nvirus\nvisa\nviscosity\nviscous\nviselike\nvisible\nvisibly\nvision\nvisiting\nvisitor\nvisor\nvista\nvitality\nvitalize\nvitally\nvitamins\nvivacious\nvividly\nvividness\nvixen\nvocalist\nvocalize\nvocally\nvocation\nvoice\nvoicing\nvoid\nvolatile\nvolley\nvoltage\nvolumes\nvoter\nvoting\nvoucher\nvowed\nvowel\nvoyage\nwackiness\nwad\nwafer\nwaffle\nwaged\nwager\nwages\nwaggle\nwagon\nwake\nwaking\nwalk\nwalmart\nwalnut\nwalrus\nwaltz\nwand\nwannabe\nwanted\nwanting\nwasabi\nwashable\nwashbasin\nwashboard\nwashbowl\nwashcloth\nwashday\nwashed\nwasher\nwashhouse\nwashing\nwashout\nwashroom\nwashstand\nwashtub\nwasp\nwasting\nwatch\nwater\nwaviness\nwaving\nwavy\nwhacking\nwhacky\nwham\nwharf\nwheat\nwhenever\nwhiff\nwhimsical\nwhinny\nwhiny\nwhisking\nwhoever\nwhole\nwhomever\nwhoopee\nwhooping\nwhoops\nwhy\nwick\nwidely\nwiden\nwidget\nwidow\nwidth\nwieldable\nwielder\nwife\nwifi\nwikipedia\nwildcard\nwildcat\nwilder\nwildfire\nwildfowl\nwildland\nwildlife\nwildly\nwildness\nwilled\nwillfully\nwilling\nwillow\nwillpower\nwilt\nwimp\nwince\nwincing\nwind\nwing\nwinking\nwinner\nwinnings\nwinter\nwipe\nwired\nwireless\nwiring\nwiry\nwisdom\nwise\nwish\nwisplike\nwispy\nwistful\nwizard\nwobble\nwobbling\nwobbly\nwok\nwolf\nwolverine\nwomanhood\nwomankind\nwomanless\nwomanlike\nwomanly\nwomb\nwoof\nwooing\nwool\nwoozy\nword\nwork\nworried\nworrier\nworrisome\nworry\nworsening\nworshiper\nworst\nwound\nwoven\nwow\nwrangle\nwrath\nwreath\nwreckage\nwrecker\nwrecking\nwrench\nwriggle\nwriggly\nwrinkle\nwrinkly\nwrist\nwriting\nwritten\nwrongdoer\nwronged\nwrongful\nwrongly\nwrongness\nwrought\nxbox\nxerox\nyahoo\nyam\nyanking\nyapping\nyard\nyarn\nyeah\nyearbook\nyearling\nyearly\nyearning\nyeast\nyelling\nyelp\nyen\nyesterday\nyiddish\nyield\nyin\nyippee\ncheetah\nyodel\nyoga\nyogurt\nyonder\nyoyo\nyummy\nzap\nzealous\nzebra\nzen\nzeppelin\nzero\nzestfully\nzesty\nzigzagged\nzipfile\nzipping\nzippy\nzips\nzit\nzodiac\nzombie\nzone\nzoning\nzookeeper\nzoologist\nzoology\nzoom".split('\n') },
  graphs: {"azerty":{"0":["ç9",null,null,")°","pP","oO"],"1":["²~",null,null,"é2","aA",null],"2":["&1",null,null,"\"3","zZ","aA"],"3":["é2",null,null,"'4","eE","zZ"],"4":["\"3",null,null,"(5","rR","eE"],"5":["'4",null,null,"-6","tT","rR"],"6":["(5",null,null,"è7","yY","tT"],"7":["-6",null,null,"_8","uU","yY"],"8":["è7",null,null,"ç9","iI","uU"],"9":["_8",null,null,"à0","oO","iI"],"²":[null,null,null,"&1",null,null],"~":[null,null,null,"&1",null,null],"&":["²~",null,null,"é2","aA",null],"é":["&1",null,null,"\"3","zZ","aA"],"\"":["pP",")°","+=","$£","ù%","mM"],"'":["\"3",null,null,"(5","rR","eE"],"(":["'4",null,null,"-6","tT","rR"],"-":["(5",null,null,"è7","yY","tT"],"è":["-6",null,null,"_8","uU","yY"],"_":["è7",null,null,"ç9","iI","uU"],"ç":["_8",null,null,"à0","oO","iI"],"à":["ç9",null,null,")°","pP","oO"],")":["à0",null,null,"+=","^\"","pP"],"°":["à0",null,null,"+=","^\"","pP"],"+":[")°",null,null,null,"$£","^\""],"=":[")°",null,null,null,"$£","^\""],"a":[null,"&1","é2","zZ","qQ",null],"A":[null,"&1","é2","zZ","qQ",null],"z":["aA","é2","\"3","eE","sS","qQ"],"Z":["aA","é2","\"3","eE","sS","qQ"],"e":["zZ","\"3","'4","rR","dD","sS"],"E":["zZ","\"3","'4","rR","dD","sS"],"r":["eE","'4","(5","tT","fF","dD"],"R":["eE","'4","(5","tT","fF","dD"],"t":["rR","(5","-6","yY","gG","fF"],"T":["rR","(5","-6","yY","gG","fF"],"y":["tT","-6","è7","uU","hH","gG"],"Y":["tT","-6","è7","uU","hH","gG"],"u":["yY","è7","_8","iI","jJ","hH"],"U":["yY","è7","_8","iI","jJ","hH"],"i":["uU","_8","ç9","oO","kK","jJ"],"I":["uU","_8","ç9","oO","kK","jJ"],"o":["iI","ç9","à0","pP","lL","kK"],"O":["iI","ç9","à0","pP","lL","kK"],"p":["oO","à0",")°","^\"","mM","lL"],"P":["oO","à0",")°","^\"","mM","lL"],"^":["pP",")°","+=","$£","ù%","mM"],"$":["^\"","+=",null,null,"*µ","ù%"],"£":["^\"","+=",null,null,"*µ","ù%"],"q":[null,"aA","zZ","sS","wW","<>"],"Q":[null,"aA","zZ","sS","wW","<>"],"s":["qQ","zZ","eE","dD","xX","wW"],"S":["qQ","zZ","eE","dD","xX","wW"],"d":["sS","eE","rR","fF","cC","xX"],"D":["sS","eE","rR","fF","cC","xX"],"f":["dD","rR","tT","gG","vV","cC"],"F":["dD","rR","tT","gG","vV","cC"],"g":["fF","tT","yY","hH","bB","vV"],"G":["fF","tT","yY","hH","bB","vV"],"h":["gG","yY","uU","jJ","nN","bB"],"H":["gG","yY","uU","jJ","nN","bB"],"j":["hH","uU","iI","kK",",?","nN"],"J":["hH","uU","iI","kK",",?","nN"],"k":["jJ","iI","oO","lL",";.",",?"],"K":["jJ","iI","oO","lL",";.",",?"],"l":["kK","oO","pP","mM",":/",";."],"L":["kK","oO","pP","mM",":/",";."],"m":["lL","pP","^\"","ù%","!§",":/"],"M":["lL","pP","^\"","ù%","!§",":/"],"ù":["mM","^\"","$£","*µ",null,"!§"],"%":["mM","^\"","$£","*µ",null,"!§"],"*":["ù%","$£",null,null,null,null],"µ":["ù%","$£",null,null,null,null],"<":[null,null,"qQ","wW",null,null],">":[null,null,"qQ","wW",null,null],"w":["<>","qQ","sS","xX",null,null],"W":["<>","qQ","sS","xX",null,null],"x":["wW","sS","dD","cC",null,null],"X":["wW","sS","dD","cC",null,null],"c":["xX","dD","fF","vV",null,null],"C":["xX","dD","fF","vV",null,null],"v":["cC","fF","gG","bB",null,null],"V":["cC","fF","gG","bB",null,null],"b":["vV","gG","hH","nN",null,null],"B":["vV","gG","hH","nN",null,null],"n":["bB","hH","jJ",",?",null,null],"N":["bB","hH","jJ",",?",null,null],",":["nN","jJ","kK",";.",null,null],"?":["nN","jJ","kK",";.",null,null],";":[",?","kK","lL",":/",null,null],".":[",?","kK","lL",":/",null,null],":":[";.","lL","mM","!§",null,null],"/":[";.","lL","mM","!§",null,null],"!":[":/","mM","ù%",null,null,null],"§":[":/","mM","ù%",null,null,null]},"dvorak":{"0":["9(",null,null,"[{","lL","rR"],"1":["`~",null,null,"2@","'\"",null],"2":["1!",null,null,"3#",",<","'\""],"3":["2@",null,null,"4$",".>",",<"],"4":["3#",null,null,"5%","pP",".>"],"5":["4$",null,null,"6^","yY","pP"],"6":["5%",null,null,"7&","fF","yY"],"7":["6^",null,null,"8*","gG","fF"],"8":["7&",null,null,"9(","cC","gG"],"9":["8*",null,null,"0)","rR","cC"],"`":[null,null,null,"1!",null,null],"~":[null,null,null,"1!",null,null],"!":["`~",null,null,"2@","'\"",null],"@":["1!",null,null,"3#",",<","'\""],"#":["2@",null,null,"4$",".>",",<"],"$":["3#",null,null,"5%","pP",".>"],"%":["4$",null,null,"6^","yY","pP"],"^":["5%",null,null,"7&","fF","yY"],"&":["6^",null,null,"8*","gG","fF"],"*":["7&",null,null,"9(","cC","gG"],"(":["8*",null,null,"0)","rR","cC"],")":["9(",null,null,"[{","lL","rR"],"[":["0)",null,null,"]}","/?","lL"],"{":["0)",null,null,"]}","/?","lL"],"]":["[{",null,null,null,"=+","/?"],"}":["[{",null,null,null,"=+","/?"],"'":[null,"1!","2@",",<","aA",null],"\"":[null,"1!","2@",",<","aA",null],",":["'\"","2@","3#",".>","oO","aA"],"<":["'\"","2@","3#",".>","oO","aA"],".":[",<","3#","4$","pP","eE","oO"],">":[",<","3#","4$","pP","eE","oO"],"p":[".>","4$","5%","yY","uU","eE"],"P":[".>","4$","5%","yY","uU","eE"],"y":["pP","5%","6^","fF","iI","uU"],"Y":["pP","5%","6^","fF","iI","uU"],"f":["yY","6^","7&","gG","dD","iI"],"F":["yY","6^","7&","gG","dD","iI"],"g":["fF","7&","8*","cC","hH","dD"],"G":["fF","7&","8*","cC","hH","dD"],"c":["gG","8*","9(","rR","tT","hH"],"C":["gG","8*","9(","rR","tT","hH"],"r":["cC","9(","0)","lL","nN","tT"],"R":["cC","9(","0)","lL","nN","tT"],"l":["rR","0)","[{","/?","sS","nN"],"L":["rR","0)","[{","/?","sS","nN"],"/":["lL","[{","]}","=+","-_","sS"],"?":["lL","[{","]}","=+","-_","sS"],"=":["/?","]}",null,"\\|",null,"-_"],"+":["/?","]}",null,"\\|",null,"-_"],"\\":["=+",null,null,null,null,null],"|":["=+",null,null,null,null,null],"a":[null,"'\"",",<","oO",";:",null],"A":[null,"'\"",",<","oO",";:",null],"o":["aA",",<",".>","eE","qQ",";:"],"O":["aA",",<",".>","eE","qQ",";:"],"e":["oO",".>","pP","uU","jJ","qQ"],"E":["oO",".>","pP","uU","jJ","qQ"],"u":["eE","pP","yY","iI","kK","jJ"],"U":["eE","pP","yY","iI","kK","jJ"],"i":["uU","yY","fF","dD","xX","kK"],"I":["uU","yY","fF","dD","xX","kK"],"d":["iI","fF","gG","hH","bB","xX"],"D":["iI","fF","gG","hH","bB","xX"],"h":["dD","gG","cC","tT","mM","bB"],"H":["dD","gG","cC","tT","mM","bB"],"t":["hH","cC","rR","nN","wW","mM"],"T":["hH","cC","rR","nN","wW","mM"],"n":["tT","rR","lL","sS","vV","wW"],"N":["tT","rR","lL","sS","vV","wW"],"s":["nN","lL","/?","-_","zZ","vV"],"S":["nN","lL","/?","-_","zZ","vV"],"-":["sS","/?","=+",null,null,"zZ"],"_":["sS","/?","=+",null,null,"zZ"],";":[null,"aA","oO","qQ",null,null],":":[null,"aA","oO","qQ",null,null],"q":[";:","oO","eE","jJ",null,null],"Q":[";:","oO","eE","jJ",null,null],"j":["qQ","eE","uU","kK",null,null],"J":["qQ","eE","uU","kK",null,null],"k":["jJ","uU","iI","xX",null,null],"K":["jJ","uU","iI","xX",null,null],"x":["kK","iI","dD","bB",null,null],"X":["kK","iI","dD","bB",null,null],"b":["xX","dD","hH","mM",null,null],"B":["xX","dD","hH","mM",null,null],"m":["bB","hH","tT","wW",null,null],"M":["bB","hH","tT","wW",null,null],"w":["mM","tT","nN","vV",null,null],"W":["mM","tT","nN","vV",null,null],"v":["wW","nN","sS","zZ",null,null],"V":["wW","nN","sS","zZ",null,null],"z":["vV","sS","-_",null,null,null],"Z":["vV","sS","-_",null,null,null]},"keypad":{"0":[null,"1","2","3",".",null,null,null],"1":[null,null,"4","5","2","0",null,null],"2":["1","4","5","6","3",".","0",null],"3":["2","5","6",null,null,null,".","0"],"4":[null,null,"7","8","5","2","1",null],"5":["4","7","8","9","6","3","2","1"],"6":["5","8","9","+",null,null,"3","2"],"7":[null,null,null,"/","8","5","4",null],"8":["7",null,"/","*","9","6","5","4"],"9":["8","/","*","-","+",null,"6","5"],"/":[null,null,null,null,"*","9","8","7"],"*":["/",null,null,null,"-","+","9","8"],"-":["*",null,null,null,null,null,"+","9"],"+":["9","*","-",null,null,null,null,"6"],".":["0","2","3",null,null,null,null,null]},"keypadMac":{"0":[null,"1","2","3",".",null,null,null],"1":[null,null,"4","5","2","0",null,null],"2":["1","4","5","6","3",".","0",null],"3":["2","5","6","+",null,null,".","0"],"4":[null,null,"7","8","5","2","1",null],"5":["4","7","8","9","6","3","2","1"],"6":["5","8","9","-","+",null,"3","2"],"7":[null,null,null,"=","8","5","4",null],"8":["7",null,"=","/","9","6","5","4"],"9":["8","=","/","*","-","+","6","5"],"=":[null,null,null,null,"/","9","8","7"],"/":["=",null,null,null,"*","-","9","8"],"*":["/",null,null,null,null,null,"-","9"],"-":["9","/","*",null,null,null,"+","6"],"+":["6","9","-",null,null,null,null,"3"],".":["0","2","3",null,null,null,null,null]},"qwerty":{"0":["9(",null,null,"-_","pP","oO"],"1":["`~",null,null,"2@","qQ",null],"2":["1!",null,null,"3#","wW","qQ"],"3":["2@",null,null,"4$","eE","wW"],"4":["3#",null,null,"5%","rR","eE"],"5":["4$",null,null,"6^","tT","rR"],"6":["5%",null,null,"7&","yY","tT"],"7":["6^",null,null,"8*","uU","yY"],"8":["7&",null,null,"9(","iI","uU"],"9":["8*",null,null,"0)","oO","iI"],"`":[null,null,null,"1!",null,null],"~":[null,null,null,"1!",null,null],"!":["`~",null,null,"2@","qQ",null],"@":["1!",null,null,"3#","wW","qQ"],"#":["2@",null,null,"4$","eE","wW"],"$":["3#",null,null,"5%","rR","eE"],"%":["4$",null,null,"6^","tT","rR"],"^":["5%",null,null,"7&","yY","tT"],"&":["6^",null,null,"8*","uU","yY"],"*":["7&",null,null,"9(","iI","uU"],"(":["8*",null,null,"0)","oO","iI"],")":["9(",null,null,"-_","pP","oO"],"-":["0)",null,null,"=+","[{","pP"],"_":["0)",null,null,"=+","[{","pP"],"=":["-_",null,null,null,"]}","[{"],"+":["-_",null,null,null,"]}","[{"],"q":[null,"1!","2@","wW","aA",null],"Q":[null,"1!","2@","wW","aA",null],"w":["qQ","2@","3#","eE","sS","aA"],"W":["qQ","2@","3#","eE","sS","aA"],"e":["wW","3#","4$","rR","dD","sS"],"E":["wW","3#","4$","rR","dD","sS"],"r":["eE","4$","5%","tT","fF","dD"],"R":["eE","4$","5%","tT","fF","dD"],"t":["rR","5%","6^","yY","gG","fF"],"T":["rR","5%","6^","yY","gG","fF"],"y":["tT","6^","7&","uU","hH","gG"],"Y":["tT","6^","7&","uU","hH","gG"],"u":["yY","7&","8*","iI","jJ","hH"],"U":["yY","7&","8*","iI","jJ","hH"],"i":["uU","8*","9(","oO","kK","jJ"],"I":["uU","8*","9(","oO","kK","jJ"],"o":["iI","9(","0)","pP","lL","kK"],"O":["iI","9(","0)","pP","lL","kK"],"p":["oO","0)","-_","[{",";:","lL"],"P":["oO","0)","-_","[{",";:","lL"],"[":["pP","-_","=+","]}","'\"",";:"],"{":["pP","-_","=+","]}","'\"",";:"],"]":["[{","=+",null,"\\|",null,"'\""],"}":["[{","=+",null,"\\|",null,"'\""],"\\":["]}",null,null,null,null,null],"|":["]}",null,null,null,null,null],"a":[null,"qQ","wW","sS","zZ",null],"A":[null,"qQ","wW","sS","zZ",null],"s":["aA","wW","eE","dD","xX","zZ"],"S":["aA","wW","eE","dD","xX","zZ"],"d":["sS","eE","rR","fF","cC","xX"],"D":["sS","eE","rR","fF","cC","xX"],"f":["dD","rR","tT","gG","vV","cC"],"F":["dD","rR","tT","gG","vV","cC"],"g":["fF","tT","yY","hH","bB","vV"],"G":["fF","tT","yY","hH","bB","vV"],"h":["gG","yY","uU","jJ","nN","bB"],"H":["gG","yY","uU","jJ","nN","bB"],"j":["hH","uU","iI","kK","mM","nN"],"J":["hH","uU","iI","kK","mM","nN"],"k":["jJ","iI","oO","lL",",<","mM"],"K":["jJ","iI","oO","lL",",<","mM"],"l":["kK","oO","pP",";:",".>",",<"],"L":["kK","oO","pP",";:",".>",",<"],";":["lL","pP","[{","'\"","/?",".>"],":":["lL","pP","[{","'\"","/?",".>"],"'":[";:","[{","]}",null,null,"/?"],"\"":[";:","[{","]}",null,null,"/?"],"z":[null,"aA","sS","xX",null,null],"Z":[null,"aA","sS","xX",null,null],"x":["zZ","sS","dD","cC",null,null],"X":["zZ","sS","dD","cC",null,null],"c":["xX","dD","fF","vV",null,null],"C":["xX","dD","fF","vV",null,null],"v":["cC","fF","gG","bB",null,null],"V":["cC","fF","gG","bB",null,null],"b":["vV","gG","hH","nN",null,null],"B":["vV","gG","hH","nN",null,null],"n":["bB","hH","jJ","mM",null,null],"N":["bB","hH","jJ","mM",null,null],"m":["nN","jJ","kK",",<",null,null],"M":["nN","jJ","kK",",<",null,null],",":["mM","kK","lL",".>",null,null],"<":["mM","kK","lL",".>",null,null],".":[",<","lL",";:","/?",null,null],">":[",<","lL",";:","/?",null,null],"/":[".>",";:","'\"",null,null,null],"?":[".>",";:","'\"",null,null,null]},"qwertz":{"0":["9)",null,null,"ß?","pP","oO"],"1":["^°",null,null,"2\"","qQ",null],"2":["1!",null,null,"3§","wW","qQ"],"3":["2\"",null,null,"4$","eE","wW"],"4":["3§",null,null,"5%","rR","eE"],"5":["4$",null,null,"6&","tT","rR"],"6":["5%",null,null,"7/","zZ","tT"],"7":["6&",null,null,"8(","uU","zZ"],"8":["7/",null,null,"9)","iI","uU"],"9":["8(",null,null,"0=","oO","iI"],"^":[null,null,null,"1!",null,null],"°":[null,null,null,"1!",null,null],"!":["^°",null,null,"2\"","qQ",null],"\"":["1!",null,null,"3§","wW","qQ"],"§":["2\"",null,null,"4$","eE","wW"],"$":["3§",null,null,"5%","rR","eE"],"%":["4$",null,null,"6&","tT","rR"],"&":["5%",null,null,"7/","zZ","tT"],"/":["6&",null,null,"8(","uU","zZ"],"(":["7/",null,null,"9)","iI","uU"],")":["8(",null,null,"0=","oO","iI"],"=":["9)",null,null,"ß?","pP","oO"],"ß":["0=",null,null,"´`","üÜ","pP"],"?":["0=",null,null,"´`","üÜ","pP"],"´":["ß?",null,null,null,"+*","üÜ"],"`":["ß?",null,null,null,"+*","üÜ"],"q":[null,"1!","2\"","wW","aA",null],"Q":[null,"1!","2\"","wW","aA",null],"w":["qQ","2\"","3§","eE","sS","aA"],"W":["qQ","2\"","3§","eE","sS","aA"],"e":["wW","3§","4$","rR","dD","sS"],"E":["wW","3§","4$","rR","dD","sS"],"r":["eE","4$","5%","tT","fF","dD"],"R":["eE","4$","5%","tT","fF","dD"],"t":["rR","5%","6&","zZ","gG","fF"],"T":["rR","5%","6&","zZ","gG","fF"],"z":["tT","6&","7/","uU","hH","gG"],"Z":["tT","6&","7/","uU","hH","gG"],"u":["zZ","7/","8(","iI","jJ","hH"],"U":["zZ","7/","8(","iI","jJ","hH"],"i":["uU","8(","9)","oO","kK","jJ"],"I":["uU","8(","9)","oO","kK","jJ"],"o":["iI","9)","0=","pP","lL","kK"],"O":["iI","9)","0=","pP","lL","kK"],"p":["oO","0=","ß?","üÜ","öÖ","lL"],"P":["oO","0=","ß?","üÜ","öÖ","lL"],"ü":["pP","ß?","´`","+*","äÄ","öÖ"],"Ü":["pP","ß?","´`","+*","äÄ","öÖ"],"+":["üÜ","´`",null,null,"#'","äÄ"],"*":["üÜ","´`",null,null,"#'","äÄ"],"a":[null,"qQ","wW","sS","yY","<>"],"A":[null,"qQ","wW","sS","yY","<>"],"s":["aA","wW","eE","dD","xX","yY"],"S":["aA","wW","eE","dD","xX","yY"],"d":["sS","eE","rR","fF","cC","xX"],"D":["sS","eE","rR","fF","cC","xX"],"f":["dD","rR","tT","gG","vV","cC"],"F":["dD","rR","tT","gG","vV","cC"],"g":["fF","tT","zZ","hH","bB","vV"],"G":["fF","tT","zZ","hH","bB","vV"],"h":["gG","zZ","uU","jJ","nN","bB"],"H":["gG","zZ","uU","jJ","nN","bB"],"j":["hH","uU","iI","kK","mM","nN"],"J":["hH","uU","iI","kK","mM","nN"],"k":["jJ","iI","oO","lL",",;","mM"],"K":["jJ","iI","oO","lL",",;","mM"],"l":["kK","oO","pP","öÖ",".:",",;"],"L":["kK","oO","pP","öÖ",".:",",;"],"ö":["lL","pP","üÜ","äÄ","-_",".:"],"Ö":["lL","pP","üÜ","äÄ","-_",".:"],"ä":["öÖ","üÜ","+*","#'",null,"-_"],"Ä":["öÖ","üÜ","+*","#'",null,"-_"],"#":["äÄ","+*",null,null,null,null],"'":["äÄ","+*",null,null,null,null],"<":[null,null,"aA","yY",null,null],">":[null,null,"aA","yY",null,null],"y":["<>","aA","sS","xX",null,null],"Y":["<>","aA","sS","xX",null,null],"x":["yY","sS","dD","cC",null,null],"X":["yY","sS","dD","cC",null,null],"c":["xX","dD","fF","vV",null,null],"C":["xX","dD","fF","vV",null,null],"v":["cC","fF","gG","bB",null,null],"V":["cC","fF","gG","bB",null,null],"b":["vV","gG","hH","nN",null,null],"B":["vV","gG","hH","nN",null,null],"n":["bB","hH","jJ","mM",null,null],"N":["bB","hH","jJ","mM",null,null],"m":["nN","jJ","kK",",;",null,null],"M":["nN","jJ","kK",",;",null,null],",":["mM","kK","lL",".:",null,null],";":["mM","kK","lL",".:",null,null],".":[",;","lL","öÖ","-_",null,null],":":[",;","lL","öÖ","-_",null,null],"-":[".:","öÖ","äÄ",null,null,null],"_":[".:","öÖ","äÄ",null,null,null]}},
});
