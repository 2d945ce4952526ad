// SPDX-License-Identifier: EUPL-1.2
#include "api/http.h"

static const struct forwarded {
    const char *name;
    bool is_single;
} FORWARDED[] = {
    {"authorization", true}, {"cookie", false},       {"content-type", true},     {"idempotency-key", true}, {"if-match", false},
    {"if-none-match", false}, {"accept", false},      {"accept-language", false}, {"last-event-id", true},   {"origin", true},
    {"x-csrf-token", true},   {"accept-encoding", false},
};

static const struct reason {
    unsigned status;
    const char *words;
} REASONS[] = {
    {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {206, "Partial Content"},
    {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {304, "Not Modified"}, {307, "Temporary Redirect"},
    {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
    {405, "Method Not Allowed"}, {406, "Not Acceptable"}, {408, "Request Timeout"}, {409, "Conflict"}, {410, "Gone"},
    {411, "Length Required"}, {412, "Precondition Failed"}, {413, "Content Too Large"}, {414, "URI Too Long"},
    {415, "Unsupported Media Type"}, {417, "Expectation Failed"}, {422, "Unprocessable Content"}, {423, "Locked"},
    {425, "Too Early"}, {428, "Precondition Required"}, {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"}, {500, "Internal Server Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"},
    {503, "Service Unavailable"}, {504, "Gateway Timeout"}, {505, "HTTP Version Not Supported"}, {507, "Insufficient Storage"},
};

static bool is_alphanumeric(uint8_t c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static bool is_one_of(uint8_t c, const char *set) { return c != 0 && strchr(set, c) != NULL; }

bool http_is_token(struct span s) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_alphanumeric(s.at[i]) && !is_one_of(s.at[i], "!#$%&'*+-.^_`|~")) return false;
    return s.len > 0;
}

bool http_is_value(struct span s) {
    for (size_t i = 0; i < s.len; i++)
        if ((s.at[i] < 0x20 && s.at[i] != '\t') || s.at[i] == 0x7f) return false;
    return true;
}

static bool is_hex(uint8_t c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f'); }

bool http_is_target(struct span s) {
    if (span_is(s, "*")) return true;
    if (s.len == 0 || s.at[0] != '/') return false;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.at[i];
        if (c == '%') {
            if (s.len - i < 3 || !is_hex(s.at[i + 1]) || !is_hex(s.at[i + 2])) return false;
        } else if (!is_alphanumeric(c) && !is_one_of(c, "-._~!$&'()*+,;=:@/?[]")) {
            return false;
        }
    }
    return true;
}

bool http_name_is(struct span name, const char *lower) {
    size_t i = 0;
    for (; i < name.len && lower[i] != '\0'; i++) {
        uint8_t c = name.at[i];
        if (c >= 'A' && c <= 'Z') c |= 32;
        if (c != (uint8_t)lower[i]) return false;
    }
    return i == name.len && lower[i] == '\0';
}

const char *http_forwarded_name(struct span name) {
    for (size_t i = 0; i < sizeof FORWARDED / sizeof *FORWARDED; i++)
        if (http_name_is(name, FORWARDED[i].name)) return FORWARDED[i].name;
    return NULL;
}

bool http_is_single(const char *forwarded_name) {
    for (size_t i = 0; i < sizeof FORWARDED / sizeof *FORWARDED; i++)
        if (strcmp(FORWARDED[i].name, forwarded_name) == 0) return FORWARDED[i].is_single;
    return false;
}

// Digits and nothing else; SIZE_MAX-like values stand for "more than any limit".
static bool read_length(struct span value, uint64_t *ret) {
    uint64_t total = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] < '0' || value.at[i] > '9') return false;
        total = total > UINT64_MAX / 16 ? UINT64_MAX / 16 : total * 10 + (uint64_t)(value.at[i] - '0');
    }
    *ret = total;
    return value.len > 0;
}

static struct http_fault check_singles(const struct http_head *head) {
    for (size_t i = 0; i < head->header_count; i++) {
        const char *name = http_forwarded_name(head->headers[i].name);
        if (name == NULL || !http_is_single(name)) continue;
        for (size_t k = i + 1; k < head->header_count; k++)
            if (http_name_is(head->headers[k].name, name))
                return (struct http_fault){400, "http.repeated_header", "A header that may stand once stands twice."};
    }
    return http_fine();
}

const struct http_fault HTTP_TOO_LARGE = {413, "http.body_size", "The body is larger than this server takes (10 MiB)."};

struct http_fault http_check(struct http_head *head) {
    for (size_t i = 0; i < head->header_count; i++) {
        struct span name = head->headers[i].name, value = head->headers[i].value;
        if (http_name_is(name, "content-length")) {
            if (head->has_length) return (struct http_fault){400, "http.content_length", "Content-Length stands twice."};
            if (!read_length(value, &head->body_bytes))
                return (struct http_fault){400, "http.content_length", "Content-Length must be a plain decimal number."};
            head->has_length = true;
        } else if (http_name_is(name, "expect")) {
            if (!http_name_is(value, "100-continue"))
                return (struct http_fault){417, "http.expect", "Only the expectation 100-continue is known here."};
            head->expects_continue = true;
        }
    }
    if (head->body_bytes > LIMIT_HTTP_BODY_BYTES)
        return HTTP_TOO_LARGE;
    return check_singles(head);
}

bool http_may_answer(struct span name) {
    static const char *const OWN[] = {"connection", "content-length", "date", "keep-alive", "server", "te", "trailer",
                                      "transfer-encoding", "upgrade"};
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++)
        if (http_name_is(name, OWN[i])) return false;
    return http_is_token(name);
}

const char *http_reason(unsigned status) {
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
        if (REASONS[i].status == status) return REASONS[i].words;
    return "Status";
}
