#include "cmd/issue_seen.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/contacts.h"

enum { SEEN_CAPACITY_FIRST = 1 << 14 };

/* ---- ids ---- */

/* FNV-1a: slots are a cache, so that a file made to collide is merely slower. */
static size_t slot_of(struct bytes text)
{
    uint32_t sum = UINT32_C(2166136261);
    for (size_t i = 0; i < text.size; i++) {
        sum = (sum ^ text.data[i]) * UINT32_C(16777619);
    }
    return (sum ^ sum >> 16) % ISSUE_PEOPLE_COUNT;
}

enum id_result issue_person(struct issue_people *people, const struct network *network, struct bytes text,
                            struct subject *out)
{
    size_t slot = slot_of(text);
    bool fits = text.size > 0 && text.size <= ID_TEXT_MAX;
    if (fits && people->slots[slot].size == text.size &&
        memcmp(people->slots[slot].text, text.data, text.size) == 0) {
        *out = people->slots[slot].subject;
        return ID_OK;
    }
    enum id_result result = subject_from_text(out, network, text);
    if (result == ID_OK && fits) {
        people->slots[slot].size = text.size;
        people->slots[slot].subject = *out;
        memcpy(people->slots[slot].text, text.data, text.size);
    }
    return result;
}

/* ---- rows ---- */

bool issue_seen_init(struct issue_seen *seen)
{
    *seen = (struct issue_seen){.capacity = SEEN_CAPACITY_FIRST};
    randombytes_buf(seen->hash_key, sizeof(seen->hash_key));
    seen->rows = calloc(seen->capacity, sizeof(*seen->rows));
    return seen->rows != NULL;
}

void issue_seen_deinit(struct issue_seen *seen)
{
    free(seen->rows);
    seen->rows = NULL;
}

static uint8_t *put_number(uint8_t *at, uint32_t number)
{
    memcpy(at, &number, sizeof number);
    return at + sizeof number;
}

/* Of experience two times are two rows. */
static void key_of(const struct issue_seen *seen, const struct attestation *attestation, uint64_t key[2])
{
    static_assert(crypto_shorthash_siphashx24_KEYBYTES == sizeof(seen->hash_key), "the key has its size");
    uint8_t bytes[1 + HASH_SIZE + 3 * sizeof(uint32_t) + CODE_SIZE_MAX];
    uint8_t *at = bytes;
    bool has_time = attestation->basis == BASIS_EXPERIENCE;
    assert(attestation->code.size <= CODE_SIZE_MAX);
    *at++ = (uint8_t)attestation->subject.kind;
    memcpy(at, attestation->subject.id.bytes, HASH_SIZE);
    at = put_number(at + HASH_SIZE, attestation->earned_on);
    at = put_number(at, has_time ? attestation->valid_from : 0);
    at = put_number(at, has_time ? attestation->last_day : 0);
    memcpy(at, attestation->code.data, attestation->code.size);
    at += attestation->code.size;
    crypto_shorthash_siphashx24((uint8_t *)key, bytes, (size_t)(at - bytes), seen->hash_key);
}

/* The slot that holds key, or the empty one where it belongs. */
static struct issue_seen_row *find(const struct issue_seen *seen, const uint64_t key[2])
{
    size_t at = (size_t)key[0] & (seen->capacity - 1);
    while (seen->rows[at].line != 0 && memcmp(seen->rows[at].key, key, sizeof(seen->rows[at].key)) != 0) {
        at = (at + 1) & (seen->capacity - 1);
    }
    return &seen->rows[at];
}

static bool grow(struct issue_seen *seen)
{
    struct issue_seen wider = *seen;
    wider.capacity *= 2;
    wider.rows = calloc(wider.capacity, sizeof(*wider.rows));
    if (wider.rows == NULL) {
        return false;
    }
    for (size_t i = 0; i < seen->capacity; i++) {
        if (seen->rows[i].line != 0) {
            *find(&wider, seen->rows[i].key) = seen->rows[i];
        }
    }
    free(seen->rows);
    *seen = wider;
    return true;
}

uint64_t issue_seen_line(const struct issue_seen *seen, const struct attestation *attestation)
{
    uint64_t key[2];
    key_of(seen, attestation, key);
    return find(seen, key)->line;
}

bool issue_seen_add(struct issue_seen *seen, const struct attestation *attestation, uint64_t line)
{
    uint64_t key[2];
    key_of(seen, attestation, key);
    if (seen->count >= ISSUE_ROWS_MAX || (seen->count >= seen->capacity / 2 && !grow(seen))) {
        return false;
    }
    struct issue_seen_row *row = find(seen, key);
    assert(row->line == 0);
    *row = (struct issue_seen_row){.key = {key[0], key[1]}, .line = line};
    seen->count++;
    return true;
}
