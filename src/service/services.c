// SPDX-License-Identifier: EUPL-1.2
#include "service/services.h"

#include <pthread.h>

struct signed_head {
    pthread_mutex_t lock;
    uint64_t size;
    size_t note_len;
    uint8_t note[NOTE_BYTES_MAX];
};

struct signed_head *signed_head_new(void) {
    struct signed_head *head = mem_take(sizeof *head);
    if (head != NULL) (void)pthread_mutex_init(&head->lock, NULL);
    return head;
}

void signed_head_free(struct signed_head *head) {
    if (head != NULL) (void)pthread_mutex_destroy(&head->lock);
    mem_give(head);
}

void signed_head_set(struct signed_head *head, uint64_t size, struct span note) {
    if (note.len > sizeof head->note) return;
    (void)pthread_mutex_lock(&head->lock);
    head->size = size;
    head->note_len = note.len;
    if (note.len > 0) memcpy(head->note, note.at, note.len);
    (void)pthread_mutex_unlock(&head->lock);
}

void signed_head_get(struct signed_head *head, struct arena *arena, uint64_t *ret_size, struct span *ret_note) {
    (void)pthread_mutex_lock(&head->lock);
    *ret_size = head->size;
    *ret_note = arena_copy(arena, span_make(head->note, head->note_len));
    (void)pthread_mutex_unlock(&head->lock);
}

uint64_t signed_head_size(struct signed_head *head) {
    (void)pthread_mutex_lock(&head->lock);
    uint64_t size = head->size;
    (void)pthread_mutex_unlock(&head->lock);
    return size;
}
