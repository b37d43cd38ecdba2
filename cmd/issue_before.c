#include "cmd/issue_before.h"

#include <stdlib.h>
#include <string.h>

enum { BEFORE_ARENA_SIZE = 32 * 1024 * 1024, KEYS_CAPACITY_FIRST = 64 };

struct issue_before *issue_before_create(struct session *session)
{
    struct issue_before *before = calloc(1, sizeof(*before));
    if (before == NULL) {
        return NULL;
    }
    before->session = session;
    before->memory = malloc(BEFORE_ARENA_SIZE);
    if (before->memory == NULL) {
        free(before);
        return NULL;
    }
    arena_init(&before->arena, before->memory, BEFORE_ARENA_SIZE);
    return before;
}

void issue_before_destroy(struct issue_before *before)
{
    if (before != NULL) {
        free(before->keys);
        free(before->memory);
        free(before);
    }
}

void issue_before_forget(struct issue_before *before)
{
    before->is_listed = false;
}

/* ---- which exams there are ---- */

/* FNV-1a; what falls together is told apart by the entry itself. */
static uint64_t exam_of(const struct attestation *attestation)
{
    uint64_t sum =
        UINT64_C(14695981039346656037) ^ attestation->earned_on ^ (uint64_t)attestation->basis << 32;
    for (size_t i = 0; i < attestation->code.size; i++) {
        sum = (sum ^ attestation->code.data[i]) * UINT64_C(1099511628211);
    }
    return sum;
}

static bool grow(struct issue_before *before)
{
    size_t capacity = before->key_capacity > 0 ? 2 * before->key_capacity : KEYS_CAPACITY_FIRST;
    struct issue_key *keys = realloc(before->keys, capacity * sizeof(*keys));
    if (keys == NULL) {
        before->error = STORE_NO_MEMORY;
        return false;
    }
    before->keys = keys;
    before->key_capacity = capacity;
    return true;
}

static void add_key(void *context, uint64_t seq, uint64_t index, const struct attestation *attestation)
{
    struct issue_before *before = context;
    if (before->key_count < before->key_capacity || grow(before)) {
        before->keys[before->key_count++] =
            (struct issue_key){.exam = exam_of(attestation), .seq = seq, .index = index};
    }
}

static void list_exams(struct issue_before *before, struct store_txn *txn, const struct subject *subject)
{
    before->key_count = 0;
    before->subject = *subject;
    enum store_error error = store_each_issued(txn, &before->session->actor, subject, add_key, before,
                                               &before->is_cut, &before->arena);
    before->error = before->error == STORE_OK ? error : before->error;
    before->is_listed = before->error == STORE_OK;
}

/* ---- how they stand ---- */

static bool is_corrected(const struct issued_entry *entry, const struct entry_name *corrects)
{
    return corrects != NULL && entry->name.seq == corrects->seq && entry->name.index == corrects->index;
}

/* Read the entry behind a key into the next place, which keeps it where it is of the exam. */
static void read_entry(struct issue_before *before, struct store_txn *txn, const struct issue_key *key,
                       const struct attestation *coming, const struct entry_name *corrects)
{
    struct session *session = before->session;
    struct issued_entry *entry = &before->entries[before->count];
    enum store_error error = store_issued_at(txn, &session->home.network, &session->actor, key->seq,
                                             key->index, &coming->subject, entry, &before->arena);
    if (error != STORE_OK) {
        before->error = error == STORE_NOT_FOUND ? before->error : error;
    } else if (entry->standing != ISSUED_GONE && !is_corrected(entry, corrects) &&
               issued_is_of_same_exam(&entry->attestation, coming)) {
        before->count++;
    }
}

static void read_entries(struct issue_before *before, struct store_txn *txn, const struct attestation *coming,
                         const struct entry_name *corrects)
{
    uint64_t exam = exam_of(coming);
    before->count = 0;
    before->is_too_much = before->is_cut;
    for (size_t i = 0; i < before->key_count && before->error == STORE_OK; i++) {
        if (before->keys[i].exam != exam) {
            continue;
        }
        if (before->count == ISSUE_BEFORE_MAX) {
            before->is_too_much = true;
            return;
        }
        read_entry(before, txn, &before->keys[i], coming, corrects);
    }
}

bool issue_before_ask(struct issue_before *before, const struct attestation *coming,
                      const struct entry_name *corrects)
{
    struct store_txn *txn;
    if (before->error == STORE_OK) {
        before->error = store_read_begin(&txn, before->session->store);
    }
    if (before->error != STORE_OK) {
        return false;
    }
    arena_rewind(&before->arena, 0);
    if (!before->is_listed || !subject_equal(&before->subject, &coming->subject)) {
        list_exams(before, txn, &coming->subject);
    }
    if (before->error == STORE_OK) {
        read_entries(before, txn, coming, corrects);
    }
    store_end(txn);
    before->answer = issued_answer_of(coming, before->entries, before->count, &before->which);
    return before->error == STORE_OK;
}
