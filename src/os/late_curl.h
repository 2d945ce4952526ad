// SPDX-License-Identifier: EUPL-1.2
/* libcurl, opened in the courier and in commands that ask a node; see os/late.h. Include this instead of <curl/curl.h>. */
#ifndef OS_LATE_CURL_H
#define OS_LATE_CURL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "os/late.h"

#undef curl_easy_setopt
#undef curl_easy_getinfo

#define LATE_CURL(X) \
    X(curl_global_init) X(curl_global_cleanup) X(curl_easy_init) X(curl_easy_cleanup) X(curl_easy_setopt) X(curl_easy_getinfo) X(curl_easy_perform) \
    X(curl_easy_strerror) X(curl_multi_init) X(curl_multi_cleanup) X(curl_multi_add_handle) X(curl_multi_remove_handle) X(curl_multi_perform) \
    X(curl_multi_poll) X(curl_multi_info_read) X(curl_slist_append) X(curl_slist_free_all)

struct late_curl { LATE_CURL(LATE_MEMBER) };
extern struct late_curl late_curl;
// Opens it, once in a process; before any other function of it.
CHECKED struct err late_curl_open(struct why *why);

#define curl_global_init (*late_curl.curl_global_init)
#define curl_global_cleanup (*late_curl.curl_global_cleanup)
#define curl_easy_init (*late_curl.curl_easy_init)
#define curl_easy_cleanup (*late_curl.curl_easy_cleanup)
#define curl_easy_setopt (*late_curl.curl_easy_setopt)
#define curl_easy_getinfo (*late_curl.curl_easy_getinfo)
#define curl_easy_perform (*late_curl.curl_easy_perform)
#define curl_easy_strerror (*late_curl.curl_easy_strerror)
#define curl_multi_init (*late_curl.curl_multi_init)
#define curl_multi_cleanup (*late_curl.curl_multi_cleanup)
#define curl_multi_add_handle (*late_curl.curl_multi_add_handle)
#define curl_multi_remove_handle (*late_curl.curl_multi_remove_handle)
#define curl_multi_perform (*late_curl.curl_multi_perform)
#define curl_multi_poll (*late_curl.curl_multi_poll)
#define curl_multi_info_read (*late_curl.curl_multi_info_read)
#define curl_slist_append (*late_curl.curl_slist_append)
#define curl_slist_free_all (*late_curl.curl_slist_free_all)

#endif
