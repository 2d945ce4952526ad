// SPDX-License-Identifier: EUPL-1.2
/*
 * Reminders: when people are reminded of what is owed, as the packs' reminders.yaml say it. Pure.
 *
 *     reminders:
 *       - {reminder: day_before, before: "24 h", article: "NIS2 23(4)", owed_by: [entity], duties: [..], procedures: [..]}
 *       - {reminder: hour_after, after: "1 h", article: "NIS2 23(4)"}
 *       - {reminder: mandate_week, of: mandate, before: "7 d", article: ..}    # of the end of a mandate
 *       - {reminder: recall_day, of: recall, after: "24 h", article: ..}        # of a recall that is not confirmed
 *
 * `before` counts back from the time that filers see (the earlier reading), `after` from the latest lawful one: nobody is called
 * late before. Without `owed_by`, `duties` or `procedures` a row is for all of them. A state's own reminders.yaml
 * (`off: [names]`, `reminders:` of the same name replace) lies over the Union's.
 */
#ifndef LAW_REMINDER_H
#define LAW_REMINDER_H

#include "base/span.h"
#include "base/time.h"

struct law;
struct reminder_rule;

// What is owed, as the rows of the database have it; or a mandate (OF "mandate", both due times its end), or a
// recall (OF "recall", both when it was made).
struct reminder_duty {
    struct span of; // at == NULL: a duty
    struct span procedure, duty, owed_by;
    int64_t opened_ms;             // INSTANT_NONE: not known
    int64_t due_ms, due_latest_ms; // INSTANT_NONE: without a number
};
struct reminder_moment {
    struct span reminder; // name of the rule; lives as long as the law
    int64_t when_ms;
    bool is_after;        // the due time has passed then
};

enum { REMINDERS_MAX = 32 }; // of one state

// The moments at which whoever owes DUTY is reminded under the law of AT, earliest first; at most REMINDERS_MAX. Those that would lie
// before the duty was opened are left out. Returns how many.
size_t reminder_moments(const struct law *law, struct span state, struct civil at, const struct reminder_duty *duty,
                        struct reminder_moment ret[REMINDERS_MAX]);

#endif
