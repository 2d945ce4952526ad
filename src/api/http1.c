// SPDX-License-Identifier: EUPL-1.2
#include "api/http1.h"

static struct http_fault bad(const char *rule, const char *words) { return (struct http_fault){400, rule, words}; }

static const struct http_fault TOO_LARGE = {431, "http.head_size", "The request's head is larger than 16 KiB or has more than 64 headers."};
static const struct http_fault TARGET_TOO_LONG = {414, "http.target_size", "The request's target is longer than 4096 bytes."};
static const struct http_fault CODED = {501, "http.transfer_encoding", "Chunked is the only Transfer-Encoding that is taken."};

/* The end of the line that starts at reader->line_at: *ret_end is the offset of its CR. */
static enum http1_verdict find_line(struct http1_reader *reader, struct span bytes, size_t *ret_end, struct http_fault *ret_fault) {
    if (reader->looked_bytes < reader->line_at) reader->looked_bytes = reader->line_at;
    for (; reader->looked_bytes < bytes.len; reader->looked_bytes++) {
        uint8_t c = bytes.at[reader->looked_bytes];
        if (c == '\n') {
            *ret_fault = bad("http.line_end", "Lines end in CR LF, not in LF alone.");
            return HTTP1_FAULT;
        }
        if (c == '\0') {
            *ret_fault = bad("http.nul", "A NUL byte can't stand in a request's head.");
            return HTTP1_FAULT;
        }
        if (c != '\r') continue;
        if (reader->looked_bytes + 1 == bytes.len) return HTTP1_MORE;
        if (bytes.at[reader->looked_bytes + 1] != '\n') {
            *ret_fault = bad("http.bare_cr", "A CR that is not followed by LF can't stand in a request's head.");
            return HTTP1_FAULT;
        }
        *ret_end = reader->looked_bytes;
        return HTTP1_DONE;
    }
    return HTTP1_MORE;
}

static struct http_fault read_version(struct span version, struct http_head *head) {
    if (span_is(version, "HTTP/1.1")) {
        head->may_persist = true;
        return http_fine();
    }
    if (span_is(version, "HTTP/1.0")) {
        head->is_http10 = true;
        return http_fine();
    }
    bool is_version = version.len == 8 && memcmp(version.at, "HTTP/", 5) == 0 && version.at[5] >= '0' && version.at[5] <= '9' &&
                      version.at[6] == '.' && version.at[7] >= '0' && version.at[7] <= '9';
    if (is_version) return (struct http_fault){505, "http.version", "HTTP/1.1 and HTTP/2 are spoken here."};
    return bad("http.request_line", "The request line must be: method, one blank, target, one blank, HTTP/1.1.");
}

// RFC 9112 3.2.2: a server accepts the absolute form; what counts is its path.
static struct span origin_form(struct span target) {
    size_t skip = span_starts_with(target, SPAN("https://")) ? 8 : span_starts_with(target, SPAN("http://")) ? 7 : 0;
    if (skip == 0) return target;
    size_t slash = span_find(target, '/', skip);
    return slash == target.len ? SPAN("/") : span_part(target, slash, target.len);
}

static struct http_fault read_request_line(struct span line, struct http_head *head) {
    size_t first = span_find(line, ' ', 0), second = span_find(line, ' ', first + 1);
    if (second >= line.len) return bad("http.request_line", "The request line must be: method, one blank, target, one blank, HTTP/1.1.");
    head->method = span_part(line, 0, first);
    head->target = origin_form(span_part(line, first + 1, second));
    if (head->method.len > 32 || !http_is_token(head->method)) return bad("http.method", "The method is not a word of HTTP.");
    if (head->target.len > LIMIT_HTTP_TARGET_BYTES) return TARGET_TOO_LONG;
    if (!http_is_target(head->target)) return bad("http.target", "The target must be a path with characters of RFC 3986, others as %XX.");
    return read_version(span_part(line, second + 1, line.len), head);
}

static bool list_has(struct span list, const char *word) {
    for (size_t at = 0; at <= list.len;) {
        size_t comma = span_find(list, ',', at);
        if (http_name_is(span_trim(span_part(list, at, comma)), word)) return true;
        at = comma + 1;
    }
    return false;
}

static bool is_host(struct span value) {
    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] <= ' ' || value.at[i] >= 0x7f || strchr("/\\?#@,<>\"", value.at[i]) != NULL) return false;
    return value.len > 0;
}

static struct http_fault note_header(struct http1_reader *reader, struct span name, struct span value, struct http_head *head) {
    if (http_name_is(name, "host")) {
        reader->hosts++;
        if (reader->hosts > 1) return bad("http.host", "Host stands twice.");
        if (!is_host(value)) return bad("http.host", "Host is not a host.");
    } else if (http_name_is(name, "transfer-encoding")) {
        reader->encodings++;
        head->is_chunked = reader->encodings == 1 && http_name_is(value, "chunked");
    } else if (http_name_is(name, "connection")) {
        if (list_has(value, "close")) reader->wants_close = true;
    }
    return http_fine();
}

static struct http_fault read_header(struct http1_reader *reader, struct span line, struct http_head *head) {
    if (line.at[0] == ' ' || line.at[0] == '\t') return bad("http.folded", "A header line can't be folded.");
    size_t colon = span_find(line, ':', 0);
    if (colon == line.len) return bad("http.header", "A header line has no colon.");
    struct span name = span_part(line, 0, colon), value = span_trim(span_part(line, colon + 1, line.len));
    if (!http_is_token(name)) return bad("http.header_name", "A header's name has a character that is not allowed (a blank before the colon?).");
    if (!http_is_value(value)) return bad("http.header_value", "A header's value has a control character.");
    if (head->header_count == LIMIT_HTTP_HEADERS) return TOO_LARGE;
    head->headers[head->header_count++] = (struct http_header){name, value};
    return note_header(reader, name, value, head);
}

static struct http_fault check_head(const struct http1_reader *reader, struct http_head *head) {
    if (reader->hosts == 0 && !head->is_http10) return bad("http.host", "HTTP/1.1 needs a Host.");
    struct http_fault fault = http_check(head);
    if (fault.status != 0 && fault.status != 413) return fault;
    if (reader->encodings > 0 && head->has_length)
        return bad("http.transfer_encoding", "Content-Length and Transfer-Encoding exclude each other.");
    if (reader->encodings > 0 && head->is_http10) return bad("http.transfer_encoding", "HTTP/1.0 has no Transfer-Encoding.");
    if (reader->encodings > 0 && !head->is_chunked) return CODED;
    if (reader->wants_close) head->may_persist = false;
    return fault;
}

// The head is whole: its lines stand in BYTES, up to and with the empty one.
static struct http_fault read_lines(struct http1_reader *reader, struct span bytes, struct http_head *head) {
    for (size_t at = 0, number = 0;; number++) {
        size_t end = span_find(bytes, '\r', at);
        struct span line = span_part(bytes, at, end);
        if (line.len == 0 && number > 0) return check_head(reader, head);
        struct http_fault fault = number == 0 ? read_request_line(line, head) : read_header(reader, line, head);
        if (fault.status != 0) return fault;
        at = end + 2;
    }
}

// Looks for the empty line that ends the head; on HTTP1_DONE reader->line_at stands behind it.
static enum http1_verdict find_end(struct http1_reader *reader, struct span bytes, struct http_fault *ret_fault) {
    struct span looked = span_part(bytes, 0, LIMIT_HTTP_HEADER_BYTES + LIMIT_HTTP_TARGET_BYTES);
    for (;;) {
        size_t end;
        enum http1_verdict found = find_line(reader, looked, &end, ret_fault);
        if (found == HTTP1_FAULT) return found;
        bool is_first = reader->line_at == 0;
        if (is_first && reader->looked_bytes > LIMIT_HTTP_TARGET_BYTES + 64) *ret_fault = TARGET_TOO_LONG;
        else if (found == HTTP1_MORE && looked.len == LIMIT_HTTP_HEADER_BYTES + LIMIT_HTTP_TARGET_BYTES) *ret_fault = TOO_LARGE;
        else if (found == HTTP1_MORE) return HTTP1_MORE;
        if (ret_fault->status != 0) return HTTP1_FAULT;
        bool is_empty = end == reader->line_at;
        reader->line_at = end + 2;
        if (is_empty) return HTTP1_DONE;
    }
}

enum http1_verdict http1_read(struct http1_reader *reader, struct http_head *head, struct span bytes, size_t *ret_used,
                              struct http_fault *ret_fault) {
    *ret_fault = http_fine();
    enum http1_verdict found = find_end(reader, bytes, ret_fault);
    if (found != HTTP1_DONE) return found;
    *ret_fault = read_lines(reader, span_part(bytes, 0, reader->line_at), head);
    if (ret_fault->status != 0) return HTTP1_FAULT;
    *ret_used = reader->line_at;
    return HTTP1_DONE;
}

void http1_add_status(struct buf *buf, unsigned status) {
    buf_add_text(buf, "HTTP/1.1 ");
    buf_add_int(buf, status);
    buf_add_byte(buf, ' ');
    buf_add_text(buf, http_reason(status));
    buf_add(buf, SPAN("\r\n"));
}

void http1_add_header(struct buf *buf, struct span name, struct span value) {
    buf_add(buf, name);
    buf_add(buf, SPAN(": "));
    buf_add(buf, value);
    buf_add(buf, SPAN("\r\n"));
}
