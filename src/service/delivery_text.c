// SPDX-License-Identifier: EUPL-1.2
/*
 * What a delivery says: case number and link, and what the law's own words say of the kind of message. Never content of a case: whoever is told
 * must sign in to read. Made when it is sent, so that it is right then.
 */
#include "law/pack.h"
#include "law/procedure.h"
#include "law/translate.h"
#include "service/reach_private.h"

enum { TEXT_BYTES = 8 * 1024, BODY_BYTES = 16 * 1024 };

struct fill { // what stands for {name} in words
    const char *name;
    struct span value;
};

// TEMPLATE with {names} filled in; others stay as they are.
static void add_filled(struct buf *buf, struct span template, const struct fill *fills, size_t count) {
    for (size_t at = 0; at < template.len;) {
        size_t open = span_find(template, '{', at), close = span_find(template, '}', open);
        buf_add(buf, span_part(template, at, open));
        if (close >= template.len) {
            buf_add(buf, span_part(template, open, template.len));
            return;
        }
        struct span name = span_part(template, open + 1, close);
        size_t i = 0;
        while (i < count && !span_is(name, fills[i].name)) i++;
        buf_add(buf, i < count ? fills[i].value : span_part(template, open, close + 1));
        at = close + 1;
    }
}

static struct span word(const struct services *services, const char *key, struct span lang) {
    struct span text = law_word(services->law, services->state, span_of(key), lang.len == 2 ? lang : SPAN("en"));
    return text.at != NULL ? text : SPAN("");
}

// The law's words for the message: the packs' in that language, else as they stand with the effect.
static struct span law_words(const struct services *services, const struct delivery_row *row, struct arena *arena) {
    struct json words;
    if (row->words.len == 0 || is_err(json_parse(arena, row->words, &words, NULL))) return SPAN("");
    const struct json *inner = json_get(&words, "words"); // the node's hook has the whole operation
    if (inner == NULL) inner = &words;
    char lang[3] = "en";
    if (row->language.len == 2) memcpy(lang, row->language.at, 2);
    struct span own = json_get_string(inner, lang);
    if (own.at != NULL) return own;
    struct span key = arena_printf(arena, "message.%.*s", SPAN_FMT(row->topic));
    struct span english = json_get_string(inner, "en"), said = law_say(services->law, services->state, english, span_make(lang, 2), arena);
    if (said.at != english.at) return said; // as the packs say it of this very message
    struct span translated = key.at == NULL ? key : law_word(services->law, services->state, key, span_make(lang, 2));
    struct span fallback = key.at == NULL ? key : law_word(services->law, services->state, key, SPAN("en"));
    if (translated.at != NULL && (translated.at != fallback.at || english.at == NULL)) return translated;
    return english.at != NULL ? english : SPAN("");
}

// Where the reader goes on: a person opens the page of the case, a machine asks for the case.
static struct span link_of(const struct services *services, const struct delivery_row *row, struct arena *arena) {
    if (row->case_id.at == NULL) return services->public_url;
    return arena_printf(arena, "%.*s/%s/cases/%.*s", SPAN_FMT(services->public_url), span_is(row->medium, "hook") ? "api/v1" : "app", SPAN_FMT(row->case_id));
}

static void mail_set(const struct services *services, const struct delivery_row *row, struct span headline, struct span text, struct arena *arena,
                     struct delivery_out *out) {
    struct buf subject, body;
    buf_init(&subject, arena, 350);
    buf_init(&body, arena, TEXT_BYTES);
    if (services->is_exercise) buf_add_text(&subject, "EXERCISE ");
    if (row->case_id.at != NULL) buf_printf(&subject, "[%.*s] ", SPAN_FMT(row->case_id));
    buf_add(&subject, span_part(headline, 0, 200));
    const struct fill fills[] = {{"node", services->node_name}};
    buf_add(&body, text);
    buf_add_text(&body, "\n\n");
    add_filled(&body, word(services, "mail.foot", row->language), fills, 1);
    buf_add_byte(&body, '\n');
    out->subject = buf_span(&subject);
    out->text = buf_span(&body);
}

// JSON for a hook: the same, for a machine.
static void hook_set(const struct services *services, const struct delivery_row *row, struct span words, struct span link,
                     struct span acknowledge, struct arena *arena, struct delivery_out *ret) {
    struct buf body;
    struct json_out json;
    buf_init(&body, arena, BODY_BYTES);
    json_out_init(&json, &body);
    json_out_object(&json);
    json_out_member_int(&json, "id", row->id);
    json_out_member_bool(&json, "is_exercise", services->is_exercise);
    json_out_member_string(&json, "kind", row->kind);
    json_out_member_string(&json, "topic", row->topic);
    json_out_member_string(&json, "filing", row->filing_id);
    json_out_member_string(&json, "case", row->case_id);
    if (span_is(row->owner_kind, "node")) {
        json_out_name(&json, "message");
        json_out_raw(&json, row->words);
    }
    json_out_member_string(&json, "words", services->is_exercise ? arena_printf(arena, "EXERCISE %.*s", SPAN_FMT(words)) : words);
    json_out_member_string(&json, "link", link);
    if (acknowledge.at != NULL) json_out_member_string(&json, "acknowledge", acknowledge);
    json_out_object_end(&json);
    ret->body = body.is_failed || json.is_failed ? SPAN("{}") : buf_span(&body);
}

static struct span filled(const struct services *services, const char *key, struct span lang, const struct fill *fills, size_t count,
                          struct arena *arena) {
    struct buf text;
    buf_init(&text, arena, TEXT_BYTES);
    add_filled(&text, word(services, key, lang), fills, count);
    return buf_span(&text);
}

// --- the kinds ---

static void write_message(struct services *services, const struct delivery_row *row, struct arena *arena, struct delivery_out *out) {
    struct span words = law_words(services, row, arena), link = link_of(services, row, arena);
    if (span_is(row->medium, "hook")) {
        hook_set(services, row, words, link, span_make(NULL, 0), arena, out);
        return;
    }
    const struct fill fills[] = {{"words", words}, {"case", row->case_id}, {"link", link}};
    mail_set(services, row, words, filled(services, "mail.message", row->language, fills, 3, arena), arena, out);
}

static struct err write_page(struct services *services, struct store_conn *conn, const struct delivery_row *row, struct arena *arena,
                             struct delivery_out *out, bool *ret_is_needed, struct why *why) {
    struct rows page, calls;
    TRY(store_read(conn, STMT_PAGE_GET, PARAMS(value_text(row->page_id)), arena, &page, why));
    TRY(store_read(conn, STMT_PAGE_CALL_COUNT, PARAMS(value_text(row->page_id)), arena, &calls, why));
    *ret_is_needed = page.count == 1 && rows_at(&page, 0, 9)->type == VALUE_NULL;
    if (!*ret_is_needed) return err_none();
    // The person's own call; the topic of the delivery names it.
    struct span call = row->topic;
    int64_t ordinal = 0;
    (void)span_to_int(call, &ordinal);
    struct span words = law_words(services, row, arena), link = link_of(services, row, arena);
    struct span acknowledge = arena_printf(arena, "%.*s/api/v1/pages/%.*s/link/%.*s", SPAN_FMT(services->public_url), SPAN_FMT(row->page_id),
                                           SPAN_FMT(page_link_token(services, row->page_id, ordinal, arena)));
    if (span_is(row->medium, "hook")) {
        hook_set(services, row, words, link, acknowledge, arena, out);
        return err_none();
    }
    const struct fill fills[] = {{"words", words}, {"case", row->case_id}, {"link", link}, {"acknowledge", acknowledge}};
    struct span headline = filled(services, "mail.page_subject", row->language, fills, 1, arena), text = filled(services, "mail.page", row->language, fills, 4, arena);
    struct rows waiting;
    TRY(store_read(conn, STMT_PAGES_WAITING, PARAMS(value_text(rows_span(&page, 0, 1))), arena, &waiting, why));
    if (rows_int(&waiting, 0, 0) > 1) {
        const struct fill more[] = {{"count", arena_printf(arena, "%lld", (long long)rows_int(&waiting, 0, 0))},
                                    {"link", arena_printf(arena, "%.*s/app/calls", SPAN_FMT(services->public_url))}};
        struct span rest = filled(services, "mail.page_more", row->language, more, 2, arena);
        text = arena_printf(arena, "%.*s\n\n%.*s", SPAN_FMT(text), SPAN_FMT(rest));
    }
    mail_set(services, row, headline, text, arena, out);
    return err_none();
}

// What presses most among the open duties of whom the reminder goes to (row->topic: owed_by).
static struct err find_duty(struct store_conn *conn, const struct delivery_row *row, struct arena *arena, struct duty_times *ret, bool *ret_is_owed,
                            struct why *why) {
    struct rows duties;
    *ret_is_owed = false;
    TRY(store_read(conn, STMT_DUTIES_OF_CASE, PARAMS(value_text(row->case_id)), arena, &duties, why));
    for (size_t i = 0; i < duties.count; i++) {
        struct json content;
        struct duty_times times;
        if (!span_equals(rows_span(&duties, i, 1), row->topic) || rows_at(&duties, i, 4)->type != VALUE_NULL) continue;
        if (is_err(json_parse(arena, rows_span(&duties, i, 5), &content, NULL)) || !duty_read(&content, &times)) continue;
        if (times.is_closed || times.due_ms == INSTANT_NONE || (*ret_is_owed && times.due_ms >= ret->due_ms)) continue;
        *ret = times;
        *ret_is_owed = true;
    }
    return err_none();
}

static struct err write_reminder(struct services *services, struct store_conn *conn, const struct delivery_row *row, int64_t now_ms,
                                 struct arena *arena, struct delivery_out *out, bool *ret_is_needed, struct why *why) {
    struct duty_times times;
    TRY(find_duty(conn, row, arena, &times, ret_is_needed, why));
    if (!*ret_is_needed) return err_none();
    enum duty_status status = duty_status(&times, now_ms);
    const char *key = status == DUTY_LATE ? "late" : status == DUTY_BEYOND_AIM ? "beyond_aim" : status == DUTY_POSSIBLY_LATE ? "due" : "due_soon";
    struct span link = link_of(services, row, arena), due;
    struct buf when;
    buf_init(&when, arena, 64);
    buf_add_stamp(&when, times.due_ms, zone_offset_s(services->zone, times.due_ms));
    due = buf_span(&when);
    const struct fill fills[] = {{"case", row->case_id}, {"link", link}, {"due", due}};
    struct span text = filled(services, (const char *)arena_printf(arena, "mail.reminder.%s", key).at, row->language, fills, 3, arena);
    struct span headline = word(services, (const char *)arena_printf(arena, "mail.reminder_subject.%s", key).at, row->language);
    if (span_is(row->medium, "hook")) hook_set(services, row, headline, link, span_make(NULL, 0), arena, out);
    else mail_set(services, row, headline, text, arena, out);
    return err_none();
}

// A code that confirms an address, or (topic "claim") that somebody may act for an entity. The words of such a delivery name the key that
// the code is made from, {"key":"...","claim":"..."}.
static void write_code(struct services *services, const struct delivery_row *row, struct arena *arena, struct delivery_out *out, bool *ret_is_needed) {
    struct json words;
    struct span key = span_make(NULL, 0);
    if (row->words.len > 0 && !is_err(json_parse(arena, row->words, &words, NULL))) key = json_get_string(&words, "key");
    *ret_is_needed = key.at != NULL;
    if (key.at == NULL) return;
    bool is_claim = row->topic.at != NULL && span_is(row->topic, "claim");
    const struct fill fills[] = {{"code", reach_code(services, key, arena)}, {"node", services->node_name}, {"link", services->public_url},
                                 {"case", json_get_string(&words, "claim")}};
    struct span headline = filled(services, is_claim ? "mail.claim_subject" : "mail.code_subject", row->language, fills, 4, arena);
    if (span_is(row->medium, "hook")) hook_set(services, row, fills[0].value, services->public_url, span_make(NULL, 0), arena, out);
    else mail_set(services, row, headline, filled(services, is_claim ? "mail.claim" : "mail.code", row->language, fills, 4, arena), arena, out);
}

// What happened to a claim, mandate or release; not sent where it is no longer so.
static struct err write_notice(struct services *services, struct store_conn *conn, const struct delivery_row *row, int64_t now_ms, struct arena *arena,
                               struct delivery_out *out, bool *ret_is_needed, struct why *why) {
    struct json words;
    int64_t until_ms = 0;
    struct span until = SPAN("");
    *ret_is_needed = row->words.len > 0 && !is_err(json_parse(arena, row->words, &words, NULL));
    if (!*ret_is_needed) return err_none();
    const struct json *end = json_get(&words, "until_ms");
    if (end != NULL && end->type == JSON_INT) until_ms = end->integer;
    TRY(notice_holds(conn, row->topic, json_get_string(&words, "subject"), json_get_string(&words, "recipient"), until_ms, now_ms, arena, ret_is_needed, why));
    if (!*ret_is_needed) return err_none();
    if (until_ms > 0) {
        struct buf when;
        buf_init(&when, arena, 64);
        buf_add_stamp(&when, until_ms, zone_offset_s(services->zone, until_ms));
        until = buf_span(&when);
    }
    struct span path = json_get_string(&words, "path"), page = json_get_string(&words, "page");
    struct span link = arena_printf(arena, "%.*s%.*s", SPAN_FMT(services->public_url), SPAN_FMT(span_is(row->medium, "hook") || page.len == 0 ? path : page));
    struct span subject = json_get_string(&words, "subject"), recipient = json_get_string(&words, "recipient"), signed_notice = SPAN("");
    if (span_is(row->owner_kind, "peer")) TRY(recall_write(services, conn, subject, recipient, now_ms, arena, &signed_notice, why));
    const struct fill fills[] = {{"subject", subject}, {"entity", json_get_string(&words, "entity")}, {"until", until}, {"link", link},
                                 {"recipient", recipient}, {"signed", signed_notice}, {"node", services->node_name}};
    struct span key = arena_printf(arena, "mail.notice.%.*s", SPAN_FMT(row->topic));
    struct span subject_key = arena_printf(arena, "mail.notice_subject.%.*s", SPAN_FMT(row->topic));
    if (key.at == NULL || subject_key.at == NULL) return err_make(ERR_MEMORY);
    struct span headline = filled(services, (const char *)subject_key.at, row->language, fills, 7, arena);
    if (span_is(row->medium, "hook")) hook_set(services, row, headline, link, span_make(NULL, 0), arena, out);
    else mail_set(services, row, headline, filled(services, (const char *)key.at, row->language, fills, 7, arena), arena, out);
    return err_none();
}

struct err delivery_write(struct services *services, struct store_conn *conn, const struct delivery_row *row, int64_t now_ms, struct arena *arena,
                          struct delivery_out *out, bool *ret_is_needed, struct why *why) {
    *ret_is_needed = true;
    if (span_is(row->kind, "page")) return write_page(services, conn, row, arena, out, ret_is_needed, why);
    if (span_is(row->kind, "reminder")) return write_reminder(services, conn, row, now_ms, arena, out, ret_is_needed, why);
    if (span_is(row->kind, "notice")) return write_notice(services, conn, row, now_ms, arena, out, ret_is_needed, why);
    if (span_is(row->kind, "code")) write_code(services, row, arena, out, ret_is_needed);
    else if (span_is(row->kind, "test")) {
        const struct fill fills[] = {{"node", services->node_name}};
        mail_set(services, row, filled(services, "mail.test", row->language, fills, 1, arena), filled(services, "mail.test", row->language, fills, 1, arena),
                 arena, out);
    } else write_message(services, row, arena, out);
    return err_none();
}
