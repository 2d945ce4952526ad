// SPDX-License-Identifier: EUPL-1.2
/*
 * What comes back to the address for bounces: delivery status notifications (RFC 3464), bounces without one, copies of our own messages, and
 * whatever else the world mails there. Pure; the message is untrusted and may be cut off. Spans borrow from it.
 */
#ifndef FORMAT_DSN_H
#define FORMAT_DSN_H

#include "base/span.h"

enum { DSN_ADDRESSES = 8 };

struct dsn {
    struct span message_id;     // of this message, without angle brackets; empty: none
    size_t address_count;
    struct span addresses[DSN_ADDRESSES]; // to whom it came: To, Delivered-To, X-Original-To, Envelope-To; each a line that holds an address
    bool has_null_sender;       // Return-Path: <>
    bool is_reply;              // an automatic answer (RFC 3834), no bounce
    bool is_report;             // multipart/report with a delivery status
    bool is_failed;             // ... that says it failed for good
    struct span status;         // "5.1.1"
    struct span diagnostic;     // what the last server said; one line, perhaps folded
    struct span original_id;    // Message-ID of what came back
};

// Never fails: what can't be read is absent.
void dsn_read(struct span message, struct dsn *ret);
// The MARK in "LOCAL+MARK@DOMAIN" somewhere in TEXT, compared without case; empty where it is not there.
struct span dsn_find_mark(struct span text, struct span local, struct span domain);

#endif
