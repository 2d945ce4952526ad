// SPDX-License-Identifier: EUPL-1.2
/*
 * `varde law check`: proves what a machine can prove about the packs and names file and line of what fails.
 *
 * Every table total and unambiguous on every date (with the combination that breaks it), every row sourced, every word
 * there in the languages that a pack declares complete, every fact that a table uses declared.
 */
#ifndef LAW_CHECK_H
#define LAW_CHECK_H

#include "law/pack.h"

// Writes findings ("file:line: words") and then what was proved. *ret_findings = 0 where the packs are good.
CHECKED struct err law_check(const struct law *law, struct buf *report, size_t *ret_findings);

#endif
