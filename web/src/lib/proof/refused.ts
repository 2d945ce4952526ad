// SPDX-License-Identifier: EUPL-1.2
// Not valid: the rule that was broken, where, and why.
export class Refused extends Error {
  constructor(
    readonly rule: string,
    readonly field: string,
    words: string,
  ) {
    super(words);
  }
}
