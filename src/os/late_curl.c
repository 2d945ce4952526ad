// SPDX-License-Identifier: EUPL-1.2
#include "os/late_curl.h"

struct late_curl late_curl;

struct err late_curl_open(struct why *why) {
    static const char *const NAMES[] = {
        "curl_global_init", "curl_global_cleanup", "curl_easy_init", "curl_easy_cleanup", "curl_easy_setopt", "curl_easy_getinfo", "curl_easy_perform",
        "curl_easy_strerror", "curl_multi_init", "curl_multi_cleanup", "curl_multi_add_handle", "curl_multi_remove_handle", "curl_multi_perform",
        "curl_multi_poll", "curl_multi_info_read", "curl_slist_append", "curl_slist_free_all"};
    return late_open("libcurl.so.4", NAMES, sizeof NAMES / sizeof *NAMES, &late_curl, sizeof late_curl, why);
}
