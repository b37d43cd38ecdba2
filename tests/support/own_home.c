#include "tests/support/own_home.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/support/temp_folder.h"

enum { EARNED = 45000 };

struct keyring *own_home_keys(uint8_t memory[KEYS_SIZE_MAX], struct bytes *record)
{
    struct network network;
    struct writer writer;
    struct keyring *keyring;
    assert_true(sodium_init() >= 0);
    assert_true(network_init(&network, "test"));
    writer_init(&writer, memory, KEYS_SIZE_MAX);
    keyring = keyring_create(&network, &writer);
    assert_true(writer_end(&writer, record));
    return keyring;
}

void own_home_open(struct own_home *own, const struct keyring *keyring, struct bytes record)
{
    struct session_options options;
    struct home home;
    own->keyring = keyring;
    assert_int_equal(temp_folder_make(&own->folder), 0);
    assert_int_equal(home_create(&home, own->folder, "test"), HOME_OK);
    assert_int_equal(home_write(&home, "actor.public", record.data, record.size, 0644), HOME_OK);
    session_options_init(&options);
    options.home = own->folder;
    assert_int_equal(session_open(&own->session, &options, SESSION_WRITE), EXIT_YES);
    assert_int_equal(publisher_open(&own->publisher, &own->session, keyring), EXIT_YES);
}

void own_home_close(struct own_home *own)
{
    publisher_close(&own->publisher);
    session_close(&own->session);
    temp_folder_remove(own->folder);
}

void own_home_publish(struct own_home *own, enum entry_kind kind, const void *const *records, size_t count)
{
    enum block_class block_class = entry_class(kind);
    struct draft draft;
    publisher_draft(&own->publisher, &draft, block_class);
    for (size_t i = 0; i < count; i++) {
        uint8_t salt[ENTRY_SALT_SIZE];
        publisher_salt(salt);
        assert_true(draft_add(&draft, kind, records[i], block_class == CLASS_CONTENT ? salt : NULL));
    }
    assert_int_equal(publisher_publish(&own->publisher, &draft, &own->last), EXIT_YES);
}

void own_home_issue(struct own_home *own, uint8_t first, size_t count, const char *code)
{
    struct attestation attestations[16];
    const void *records[16];
    assert_true(count <= sizeof records / sizeof records[0]);
    for (size_t i = 0; i < count; i++) {
        attestations[i] =
            (struct attestation){.subject = {.kind = SUBJECT_ACTOR, .id.bytes = {(uint8_t)(first + i)}},
                                 .code = bytes_of_string(code),
                                 .basis = BASIS_EXAM,
                                 .earned_on = EARNED,
                                 .valid_from = EARNED};
        records[i] = &attestations[i];
    }
    own_home_publish(own, ENTRY_ATTESTATION, records, count);
}

void own_home_revoke(struct own_home *own, uint64_t seq, uint64_t index)
{
    struct index_range range = {.first = index, .last = index};
    const struct status status = {.seq = seq,
                                  .entries = {.items = &range, .count = 1},
                                  .action = STATUS_REVOKED,
                                  .effective_day = EARNED};
    own_home_publish(own, ENTRY_STATUS, (const void *const[]){&status}, 1);
}

struct keyring *own_home_rotate(struct own_home *own, const struct block_place *behind)
{
    uint8_t memory[KEYS_SIZE_MAX], scratch[KEYS_SIZE_MAX];
    struct keyring *next;
    struct writer writer;
    struct bytes record;
    struct draft draft;
    struct keys keys;
    writer_init(&writer, scratch, sizeof scratch);
    next = keyring_rotate(own->keyring, &own->session.home.network, &writer);
    writer_init(&writer, memory, sizeof memory);
    keyring_record(next, &own->session.home.network, &writer);
    assert_true(writer_end(&writer, &record));
    assert_int_equal(schema_decode(&keys_schema, &keys, record, &own->session.arena), REASON_NONE);
    publisher_draft(&own->publisher, &draft, CLASS_KEYS);
    assert_true(draft_add(&draft, ENTRY_KEYS, &keys, NULL));
    assert_int_equal(
        behind ? publisher_rotate_at(&own->publisher, &draft, next, behind, session_now_s(), &own->last)
               : publisher_rotate(&own->publisher, &draft, next, &own->last),
        EXIT_YES);
    return next;
}
