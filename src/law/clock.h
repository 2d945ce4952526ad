// SPDX-License-Identifier: EUPL-1.2
/*
 * Clocks: which period runs from which moment, for each state. For the files of this room only.
 *
 * `eu/NAME/clocks.yaml` has the Union's rows, `national/xx/clocks.yaml` what a state has instead: a clock of the same name
 * replaces the Union's, `absent: yes` takes the stage away, `settings:` override.
 *
 *     settings: {answer_is_firm: no}
 *     corrections:            # other anchors for the rows that run from `of`
 *       - {of: aware_at, fact: aware_at_accepted, effect: extends, as: accepted correction, article: ..}
 *     clocks:
 *       - clock: notification
 *         article: "NIS2 23(4)(b)"
 *         take: first         # of the rows that apply: first (whose anchor is known), earliest (all bind), readings
 *         rows:
 *           - {anchor: aware_at, amount: 72, unit: h, as: directive, when: {..}}
 *
 * anchor: a fact of the case; `received_at` (of the filing that opened the duty); `filed.DOCUMENT` (first receipt of such a
 * filing); `field.NAME` (a field of the opening filing). unit: h, d, wd, w, month, date (with `date: "02-28"`; amount is
 * then the least number of days), at. `roll: noon` moves a due time on a day off to noon of the next working day.
 * With `readings` the earlier is shown and only after the later may it be called late.
 */
#ifndef LAW_CLOCK_H
#define LAW_CLOCK_H

#include "law/condition.h"
#include "law/deadline.h"

struct law;
enum clock_take { CLOCK_FIRST, CLOCK_EARLIEST, CLOCK_READINGS };
enum clock_effect { CLOCK_MAIN, CLOCK_EXTENDS, CLOCK_SHOWN };

struct clock_row {
    struct span anchor, as, article, words;
    struct deadline_rule rule;
    const struct condition *when;
    struct validity validity;
    const struct yaml *node;
};
struct clock {
    struct span id, article;
    bool is_absent;
    enum clock_take take;
    size_t row_count;
    const struct clock_row *rows;
    struct validity validity;
    const struct yaml *node;
};
struct clock_correction {
    struct span of, fact, as, article;
    enum clock_effect effect;
    const struct yaml *node;
};
struct clock_profile {
    struct span state; // "" for the Union's own
    size_t clock_count;
    const struct clock *clocks;
    size_t correction_count;
    const struct clock_correction *corrections;
    const struct json *settings; // object of strings, yes and no as booleans
    const struct calendar *calendar;
};

// Never NULL: a state without rows of its own has the Union's, and so has one whose national law does not apply yet on that
// day (`from:` of its pack; without it the national rows always apply). The calendar is the state's own in either case.
const struct clock_profile *clock_profile_of(const struct law *law, struct span state, struct civil at);
const struct calendar *law_calendar(const struct law *law, struct span id); // NULL where there is none
// NULL where there is no such clock or the profile has taken it away.
const struct clock *clock_find(const struct clock_profile *profile, struct span id, struct civil at);

enum { CLOCK_READINGS_MAX = 12 };
struct clock_reading {
    struct span as, article, anchor, words;
    enum clock_effect effect;
    int64_t anchor_ms;
    struct deadline deadline;
};
struct clock_result {
    bool applies;  // a row's condition holds, even where its anchor is not known yet
    bool is_known; // the rest is filled
    struct clock_reading main; // the reading that gives `due`
    int64_t due_latest_ms;     // over all readings that count
    size_t count;
    struct clock_reading readings[CLOCK_READINGS_MAX];
};
// FACTS->fields are those of the filing that opened the duty (or NULL), OPENED_MS its receipt.
struct clock_result clock_evaluate(const struct clock *clock, const struct clock_profile *profile, struct civil at,
                                   const struct facts *facts, int64_t opened_ms);

#endif
