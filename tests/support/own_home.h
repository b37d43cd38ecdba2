#ifndef TESTS_SUPPORT_OWN_HOME_H
#define TESTS_SUPPORT_OWN_HOME_H

/* A home of the network `test` that signs and stores without a daemon; its keys stay in memory. Whatever
 * fails fails the test. */

#include "cmd/publish.h"

struct own_home {
    char *folder;
    const struct keyring *keyring;
    struct session session;
    struct publisher publisher;
    struct published last;
};

/* New keys, and their inception in record (memory of KEYS_SIZE_MAX bytes). */
struct keyring *own_home_keys(uint8_t memory[KEYS_SIZE_MAX], struct bytes *record);

/* A home of the actor whose inception record is. Borrows: keyring. */
void own_home_open(struct own_home *own, const struct keyring *keyring, struct bytes record);
void own_home_close(struct own_home *own);

/* Publish one block of records of a kind, at the time of set_now. */
void own_home_publish(struct own_home *own, enum entry_kind kind, const void *const *records, size_t count);
/* Certificates of code, one each to subjects first, first + 1, ... */
void own_home_issue(struct own_home *own, uint8_t first, size_t count, const char *code);
/* Revoke entry index of block seq. */
void own_home_revoke(struct own_home *own, uint64_t seq, uint64_t index);
/* Rotate behind block (NULL: the head). Returns: the new keys, to be wiped by the caller after the close. */
struct keyring *own_home_rotate(struct own_home *own, const struct block_place *behind);

#endif
