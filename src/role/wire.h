// SPDX-License-Identifier: EUPL-1.2
/*
 * What the roles say to each other, on top of base/frame.h. Each channel is a connected pair of stream sockets made by
 * the supervisor. Numbers are chosen by the side that asks.
 *
 * front -> node, one number a request:
 *   REQUEST_HEAD  method, target, header*, peer address, has_body, body_bytes      then, if has_body,
 *   REQUEST_BODY  data (at most LIMIT_FRAME_CHUNK_BYTES) ... REQUEST_END           or REQUEST_CANCEL at any time
 *   RESPONSE_ACK  bytes: the client took so many more body bytes; window LIMIT_STREAM_WINDOW_BYTES a response
 * node -> front:
 *   RESPONSE_HEAD status, header*, body_bytes (absent: streamed until RESPONSE_END)
 *   RESPONSE_BODY data ... RESPONSE_END
 *   REQUEST_ACK   bytes: the node took so many more body bytes; window LIMIT_STREAM_WINDOW_BYTES a request
 *
 * node -> keys (answers carry the same number; FAILED with words otherwise):
 *   KEYS_CHECKPOINT  log origin, tree size, root, consistency proof from the head that keys last remembered
 *                    -> KEYS_NOTE with the signed note
 *   KEYS_HEAD        log origin -> KEYS_HEAD with the remembered size and root (size 0 where none)
 *   KEYS_PUBLIC      -> KEYS_PUBLIC with the verifier key ("name+hash+base64" of C2SP signed notes)
 *   KEYS_ENVELOPE    kind, message (the filing), target name (the recipient), media, root (SHA-256 of the document), bytes (time in ms)
 *                    -> KEYS_NOTE with the envelope of record/envelope.h, which keys builds from these
 *
 * node -> courier:
 *   COURIER_SEND     message id, kind, target, data -> COURIER_SENT with kind mail or hook, or FAILED with words and kind: refused (for good), later (this
 *                    recipient not now), unsent (the server can't be reached). kind mail: target is an address, data the text; and
 *                    sender (return path), copy, subject, key (OpenPGP). Otherwise a webhook: target is an URL, data the JSON; and secret.
 *   COURIER_POLL     reads the bounce mailbox -> any number of COURIER_HEARD (message id; kind copy or failed; words), each of which node
 *                    answers with COURIER_NOTED of its number once it is written down -> COURIER_POLLED, or FAILED with words
 *
 *   COURIER_FETCH    kind (provider of sign-in), target, data (a form; absent: GET), secret (Authorization header; may be absent)
 *                    -> COURIER_FETCHED with status and data, or without status: none came. Only to hosts of the provider, without redirects
 *   COURIER_SEAL     message id, data (JSON for the sealing service) -> COURIER_SEALED with data (its signature), or with words: why not
 *
 * node -> press:
 *   PRESS_PAPER      bytes: so many before it (0 begins a paper), data: a part of the paper ...
 *   PRESS_MAKE       -> PRESS_MADE with the PDF's size, or FAILED with words and size: the err_code
 *   PRESS_READ       bytes: from where -> PRESS_DATA with data; the last part is forgotten with it
 *
 * supervisor -> child: STOP: finish and leave. child -> supervisor: READY: set up, sandboxed, serving.
 * child -> supervisor: FAILED with kind: the channel to that role broke some time ago and no new one came; it is ended and
 *   started anew.
 * supervisor -> front: CERTIFICATE with data (PEM chain) and key (PEM), before READY and again when it changed.
 * supervisor -> front, node: CHANNEL with kind (the other side's role) and a descriptor beside it (os/channel.h): the other
 *   side was started anew, and this replaces the channel to it. node gets them for front, courier and press; when node or keys
 *   ends, node, keys and courier are all started anew, and front gets a new channel to node.
 */
#ifndef ROLE_WIRE_H
#define ROLE_WIRE_H

enum wire_type {
    WIRE_REQUEST_HEAD = 1,
    WIRE_REQUEST_BODY,
    WIRE_REQUEST_END,
    WIRE_REQUEST_CANCEL,
    WIRE_RESPONSE_ACK,
    WIRE_RESPONSE_HEAD = 16,
    WIRE_RESPONSE_BODY,
    WIRE_RESPONSE_END,
    WIRE_REQUEST_ACK,
    WIRE_KEYS_CHECKPOINT = 32,
    WIRE_KEYS_NOTE,
    WIRE_KEYS_HEAD,
    WIRE_KEYS_PUBLIC,
    WIRE_KEYS_ENVELOPE,
    WIRE_COURIER_SEND = 48,
    WIRE_COURIER_SENT,
    WIRE_COURIER_POLL,
    WIRE_COURIER_HEARD,
    WIRE_COURIER_NOTED,
    WIRE_COURIER_POLLED,
    WIRE_COURIER_SEAL,
    WIRE_COURIER_SEALED,
    WIRE_PRESS_PAPER = 56,
    WIRE_PRESS_MAKE,
    WIRE_PRESS_MADE,
    WIRE_PRESS_READ,
    WIRE_PRESS_DATA,
    WIRE_READY = 64,
    WIRE_STOP,
    WIRE_CERTIFICATE,
    WIRE_CHANNEL,
    WIRE_FAILED = 80,
    WIRE_COURIER_FETCH = 96,
    WIRE_COURIER_FETCHED,
};

enum wire_tag {
    TAG_METHOD = 1,
    TAG_TARGET,       // path and query as sent
    TAG_HEADER_NAME,  // lower case; each name is followed by its value
    TAG_HEADER_VALUE,
    TAG_PEER,         // client address as text
    TAG_HAS_BODY,     // u64 0 or 1
    TAG_BODY_BYTES,   // u64
    TAG_STATUS,       // u64
    TAG_DATA,
    TAG_BYTES,        // u64
    TAG_ORIGIN = 32,
    TAG_SIZE,         // u64
    TAG_ROOT,         // 32 bytes
    TAG_PROOF,        // n times 32 bytes
    TAG_NOTE,
    TAG_KEY,
    TAG_MESSAGE = 48,
    TAG_KIND,
    TAG_WORDS,
    TAG_SENDER,
    TAG_COPY,
    TAG_SUBJECT,
    TAG_SECRET,
    TAG_TARGET_NAME,
    TAG_MEDIA,
};

// Descriptors that a child finds open after the supervisor re-executed the binary.
enum wire_descriptor {
    WIRE_FD_SUPERVISOR = 3,
    WIRE_FD_FIRST = 4,  // node: to front; front: to node; keys: to node; courier, press: to node
    WIRE_FD_SECOND = 5, // node: to keys; front: listening socket
    WIRE_FD_THIRD = 6,  // node: to courier; front: listening socket without TLS, where configured
};

#endif
