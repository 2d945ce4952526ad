// SPDX-License-Identifier: EUPL-1.2
/*
 * Who sees which document of a case. A case has readers (access.h); a document may have fewer (`seen_by:` in the law). One
 * function decides, viewer_sees, and everything that shows a filing or what it left in the case asks it: the case, lists of
 * filings, a single one, attachments, events, duties, proposals, receipts, the timeline, search.
 */
#ifndef SERVICE_SEEN_H
#define SERVICE_SEEN_H

#include "base/json.h"
#include "service/case.h"

// In which roles one looks at a case.
enum view { VIEW_ENTITY = 1, VIEW_ANYONE = 2, VIEW_OFFICES = 4 };

struct viewer {
    const struct principal *principal;
    const struct access_case *of;
    const struct downtimes *downtimes; // to be shown beside late duties; NULL: none
    uint32_t views; // enum view; 0: she may not know of the case; of a filing of her own at most
    uint64_t kinds; // with VIEW_OFFICES: of her roles, as bits by the kinds' index
};
// She also looks at it in the role in which she files: the entity's, anyone's, or that of an office at which she has one.
void viewer_add(struct viewer *viewer, struct span role);
// Both must outlive the viewer.
struct viewer viewer_of(const struct principal *principal, const struct access_case *of, int64_t now_ms);

struct matter { // a filing, or a part of the case that one left there
    struct span seen_by;    // roles with blanks between; empty: whoever sees the case
    struct span filer;      // pseudonym; empty where it is not about one's own filings
    struct span filer_role;
    struct span office;     // that filed it; empty: none
};
// The one function. Also true for one's own filing, and for that of an office at which one has a role, as long as one has it.
bool viewer_sees(const struct viewer *viewer, const struct matter *matter);
// Whether it is the viewer's own, or her office's.
bool viewer_owns(const struct viewer *viewer, const struct matter *matter);

// The same for what stands in the case's content: a filing or duty with "seen_by", a fact or flag by its name (KIND "facts" or
// "flags").
bool viewer_sees_row(const struct viewer *viewer, const struct json *row);
bool viewer_sees_name(const struct viewer *viewer, const struct json *content, const char *kind, struct span name);
// A duty without the ids of filings that the viewer may not see.
void viewer_write_duty(struct json_out *out, const struct viewer *viewer, const struct json *content, const struct json *duty, int64_t now_ms,
                       struct arena *arena);
// "seen_by" of a row of the content as text with blanks between, in the arena; empty where there is none.
struct span seen_by_text(const struct json *row, struct arena *arena);

#endif
