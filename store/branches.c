#include "store/branches.h"

#include <assert.h>
#include <string.h>

#include "store/side.h"

static_assert(sizeof(struct epoch_sides) == 40, "no padding");
static_assert(sizeof(struct branch_switch) == 96, "no padding");

/* What is known of an author's branches as wholes: their rotations, how much of an epoch arrived, the way
 * from one branch to another, and what was met and followed when. */

/* Note that there is something to be read of an author beside its chain, and read its number. */
static enum store_error note_beside(struct store_txn *txn, const struct actor_id *author, uint32_t *number)
{
    struct disk_author row;
    enum store_error error = author_read(txn, author, &row);

    if (error != STORE_OK) {
        return error;
    }
    *number = row.number;
    if (row.beside) {
        return STORE_OK;
    }
    row.beside = true;
    return author_write(txn, author, &row);
}

/* ---- rotations ---- */

struct key rotation_key(uint32_t number, uint64_t epoch)
{
    struct key key = author_key(number);

    key_add_number(&key, epoch, 4);
    return key;
}

static enum store_error rotation_write(struct store_txn *txn, uint32_t number, uint64_t epoch,
                                       const struct known_rotation *rotation, uint64_t now_s)
{
    struct key key = rotation_key(number, epoch);
    enum store_error error = arrivals_set_back(txn, number, epoch - 1, now_s);
    const struct disk_rotation row = {
        .seq = (uint32_t)rotation->seq, .held = rotation->held, .unreachable = rotation->unreachable};

    key_add(&key, rotation->hash.bytes, HASH_SIZE);
    return error == STORE_OK ? table_put(txn, TABLE_ROTATIONS, &key, &row, sizeof row) : error;
}

enum store_error rotation_row_put(struct store_txn *txn, uint32_t number, const struct block *block,
                                  uint64_t now_s)
{
    const struct known_rotation rotation = {.seq = block->header.seq, .hash = block->hash, .held = true};
    struct key key = rotation_key(number, block->header.epoch);
    struct disk_rotation row;
    enum store_error error;

    key_add(&key, block->hash.bytes, HASH_SIZE);
    error = table_get_exact(txn, TABLE_ROTATIONS, &key, &row, sizeof row);
    if (error == STORE_NOT_FOUND || (error == STORE_OK && !row.held)) {
        return rotation_write(txn, number, block->header.epoch, &rotation, now_s);
    }
    return error;
}

enum store_error rotations_freeze(struct store_txn *txn, struct disk_author *author, uint64_t epoch)
{
    const struct key prefix = rotation_key(author->number, epoch);
    struct walk walk;
    size_t known = 0;
    enum store_error error = walk_open(&walk, txn, TABLE_ROTATIONS);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    while (error == STORE_OK && walk_under(&walk, &prefix) && ++known < 2) {
        error = walk_next(&walk);
    }
    walk_close(&walk);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    return known < 2 ? STORE_OK : author_freeze(txn, author, epoch);
}

enum store_error store_put_rotation(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                    const struct known_rotation *rotation, uint64_t now_s)
{
    struct disk_author row;
    enum store_error error = author_read(txn, author, &row);

    if (error == STORE_OK) {
        error = rotation_write(txn, row.number, epoch, rotation, now_s);
    }
    if (error == STORE_OK) {
        error = rotations_freeze(txn, &row, epoch);
    }
    return txn_fail(txn, error == STORE_OK ? author_write(txn, author, &row) : error);
}

static enum store_error rotation_of_row(struct walk *walk, struct known_rotation *out)
{
    struct disk_rotation row;

    if (walk->value.size != sizeof row || walk->key.size != 4 + 4 + HASH_SIZE) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    memcpy(&row, walk->value.data, sizeof row);
    *out = (struct known_rotation){.seq = row.seq, .held = row.held, .unreachable = row.unreachable};
    memcpy(out->hash.bytes, walk->key.data + 8, HASH_SIZE);
    return STORE_OK;
}

/* The highest one that may go. STORE_NOT_FOUND: none may. */
static enum store_error find_too_many(struct walk *walk, uint32_t number, const struct key *prefix,
                                      struct known_rotation *out)
{
    struct known_rotation rotation;
    size_t held = 0;
    bool on_chain = false, found = false;
    enum store_error error = walk_seek(walk, prefix);

    while (error == STORE_OK && walk_under(walk, prefix)) {
        error = rotation_of_row(walk, &rotation);
        held += error == STORE_OK && rotation.held;
        if (error == STORE_OK && rotation.held && held > STORE_ROTATIONS_MAX) {
            error = side_is_on_chain(walk->txn, number, rotation.seq, &rotation.hash, &on_chain);
            found |= error == STORE_OK && !on_chain;
            *out = on_chain ? *out : rotation;
        }
        error = error == STORE_OK ? walk_next(walk) : error;
    }
    return error == STORE_OK || error == STORE_NOT_FOUND ? (found ? STORE_OK : STORE_NOT_FOUND) : error;
}

enum store_error rotations_trim(struct store_txn *txn, uint32_t number, uint64_t epoch)
{
    struct key key = rotation_key(number, epoch);
    struct known_rotation rotation = {0};
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_ROTATIONS);

    if (error != STORE_OK) {
        return error;
    }
    error = find_too_many(&walk, number, &key, &rotation);
    walk_close(&walk);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    key_add(&key, rotation.hash.bytes, HASH_SIZE);
    return table_delete(txn, TABLE_ROTATIONS, &key);
}

enum store_error store_next_rotation(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                     const struct hash *after, struct known_rotation *out)
{
    uint32_t number = 0;
    struct walk walk = {0};
    struct key prefix, from;
    enum store_error error = store_author_number(txn, author, &number);

    if (error != STORE_OK) {
        return error;
    }
    prefix = from = rotation_key(number, epoch);
    if (after) {
        key_add(&from, after->bytes, HASH_SIZE);
    }
    error = walk_open_after(&walk, txn, TABLE_ROTATIONS, &prefix, &from);
    if (error == STORE_OK) {
        error = rotation_of_row(&walk, out);
    }
    if (walk.cursor) {
        walk_close(&walk);
    }
    return error;
}

/* ---- epochs ---- */

enum store_error store_epoch_sides(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                   struct epoch_sides *out)
{
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, author, &number);

    *out = (struct epoch_sides){0};
    if (error == STORE_OK) {
        struct key key = rotation_key(number, epoch);

        error = table_get_exact(txn, TABLE_EPOCHS, &key, out, sizeof *out);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_set_epoch_sides(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                       const struct epoch_sides *sides)
{
    uint32_t number = 0;
    enum store_error error = note_beside(txn, author, &number);
    struct key key = rotation_key(number, epoch);

    return error == STORE_OK ? table_put(txn, TABLE_EPOCHS, &key, sides, sizeof *sides)
                             : txn_fail(txn, error);
}

/* ---- switches ---- */

enum store_error store_switch(struct store_txn *txn, const struct actor_id *author, struct branch_switch *out)
{
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, author, &number);

    *out = (struct branch_switch){.unwind_to = SWITCH_NONE};
    if (error == STORE_OK) {
        struct key key = author_key(number);

        error = table_get_exact(txn, TABLE_SWITCHES, &key, out, sizeof *out);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_set_switch(struct store_txn *txn, const struct actor_id *author,
                                  const struct branch_switch *to)
{
    uint32_t number = 0;
    enum store_error error = note_beside(txn, author, &number);
    struct key key = author_key(number);

    return error == STORE_OK ? table_put(txn, TABLE_SWITCHES, &key, to, sizeof *to) : txn_fail(txn, error);
}

static enum store_error next_active(struct walk *walk, const struct key *from, uint32_t *number)
{
    enum store_error error = walk_seek(walk, from);

    for (; error == STORE_OK; error = walk_next(walk)) {
        struct branch_switch row;

        if (walk->key.size != 4 || walk->value.size != sizeof row) {
            return txn_fail(walk->txn, STORE_DAMAGED);
        }
        memcpy(&row, walk->value.data, sizeof row);
        *number = (uint32_t)number_at(walk->key.data, 0, 4);
        if (row.active) {
            return STORE_OK;
        }
    }
    return error;
}

enum store_error store_next_switching(struct store_txn *txn, const struct actor_id *after,
                                      struct actor_id *author)
{
    uint32_t number = 0;
    struct walk walk;
    struct key from;
    enum store_error error = after ? store_author_number(txn, after, &number) : STORE_OK;

    if (error != STORE_OK) {
        return error;
    }
    from = author_key(after ? number + 1 : 0);
    error = walk_open(&walk, txn, TABLE_SWITCHES);
    if (error != STORE_OK) {
        return error;
    }
    error = next_active(&walk, &from, &number);
    walk_close(&walk);
    return error == STORE_OK ? author_name(txn, number, author) : error;
}

/* ---- arrivals, and what was followed ---- */

static struct key hash_key(uint32_t number, const struct hash *hash)
{
    struct key key = author_key(number);

    key_add(&key, hash->bytes, HASH_SIZE);
    return key;
}

enum store_error store_note_arrival(struct store_txn *txn, const struct actor_id *author,
                                    const struct hash *hash, uint64_t epoch, uint64_t arrived_s, bool missed,
                                    bool *added)
{
    const struct disk_arrival now = {.arrived_s = arrived_s, .epoch = (uint32_t)epoch, .missed = missed};
    uint32_t number = 0;
    struct key key;
    struct bytes row;
    enum store_error error = store_author_number(txn, author, &number);

    *added = false;
    if (error != STORE_OK) {
        return error;
    }
    key = hash_key(number, hash);
    error = table_get(txn, TABLE_ARRIVALS, &key, &row);
    if (error != STORE_NOT_FOUND) {
        return error;
    }
    *added = true;
    return table_put(txn, TABLE_ARRIVALS, &key, &now, sizeof now);
}

enum store_error arrival_first(struct store_txn *txn, uint32_t number, const struct hash *hash,
                               uint64_t now_s, uint64_t *first_s)
{
    struct key key = hash_key(number, hash);
    struct disk_arrival row;
    enum store_error error = table_get_exact(txn, TABLE_ARRIVALS, &key, &row, sizeof row);

    *first_s = error == STORE_OK && row.arrived_s < now_s ? row.arrived_s : now_s;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error arrival_held(struct store_txn *txn, uint32_t number, const struct hash *hash)
{
    struct key key = hash_key(number, hash), epoch_key;
    struct disk_arrival row;
    struct epoch_sides sides;
    enum store_error error = table_get_exact(txn, TABLE_ARRIVALS, &key, &row, sizeof row);

    if (error != STORE_OK || !row.missed) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    row.missed = 0;
    error = table_put(txn, TABLE_ARRIVALS, &key, &row, sizeof row);
    epoch_key = rotation_key(number, row.epoch);
    if (error == STORE_OK) {
        error = table_get_exact(txn, TABLE_EPOCHS, &epoch_key, &sides, sizeof sides);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
    }
    sides.missed--;
    return table_put(txn, TABLE_EPOCHS, &epoch_key, &sides, sizeof sides);
}

/* STORE_NOT_FOUND: it was never met. */
static enum store_error first_met(struct store_txn *txn, uint32_t number, uint64_t seq,
                                  const struct hash *hash, uint64_t *first_s)
{
    struct stored_block stored;
    enum store_error error = arrival_first(txn, number, hash, UINT64_MAX, first_s);

    if (error == STORE_OK) {
        error = stored_block_read(txn, number, seq, hash, &stored);
    }
    if (error == STORE_OK && stored.arrived_s < *first_s) {
        *first_s = stored.arrived_s;
    }
    return error == STORE_NOT_FOUND && *first_s != UINT64_MAX ? STORE_OK : error;
}

enum store_error store_first_arrival(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                     const struct hash *hash, uint64_t *first_s)
{
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, author, &number);

    return error == STORE_OK ? first_met(txn, number, seq, hash, first_s) : error;
}

/* When the first rotation out of an epoch came; UINT64_MAX: none that leads anywhere has. */
static enum store_error rotation_came(struct store_txn *txn, uint32_t number, uint64_t epoch,
                                      uint64_t *came_s)
{
    const struct key prefix = rotation_key(number, epoch + 1);
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_ROTATIONS);

    *came_s = UINT64_MAX;
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    for (; error == STORE_OK && walk_under(&walk, &prefix); error = walk_next(&walk)) {
        struct known_rotation rotation;
        uint64_t first_s = UINT64_MAX;

        error = rotation_of_row(&walk, &rotation);
        if (error == STORE_OK && !rotation.unreachable) {
            error = first_met(txn, number, rotation.seq, &rotation.hash, &first_s);
            error = error == STORE_NOT_FOUND ? STORE_OK : error;
        }
        if (error != STORE_OK) {
            break;
        }
        *came_s = first_s < *came_s ? first_s : *came_s;
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* From when until when. A clock that shows less at the end than it did at the begin was ahead: for how long
 * is not known then, and nothing on it may count as short. That makes unknown what is against somebody, and
 * nothing else.
 *
 * What is followed after a rotation came, since its ancestors or the time for it are missing, is not counted:
 * the rotation would have ended it. */
static struct disk_followed followed_between(uint64_t from_s, uint64_t until_s, uint64_t came_s)
{
    struct disk_followed followed = {.until_s = FOLLOWED_EVER};

    if (until_s < from_s) {
        return followed;
    }
    followed.from_s = from_s;
    followed.until_s = until_s < came_s ? until_s : came_s;
    followed.until_s = followed.until_s > from_s ? followed.until_s : from_s;
    return followed;
}

enum store_error followed_put(struct store_txn *txn, uint32_t number, uint64_t epoch, const struct hash *hash,
                              uint64_t from_s, uint64_t until_s)
{
    struct key key = hash_key(number, hash);
    struct disk_followed before, now;
    uint64_t came_s = UINT64_MAX;
    enum store_error error = rotation_came(txn, number, epoch, &came_s);

    if (error != STORE_OK) {
        return error;
    }
    now = followed_between(from_s, until_s, came_s);
    error = table_get_exact(txn, TABLE_FOLLOWED, &key, &before, sizeof before);
    if (error == STORE_OK && before.until_s - before.from_s >= now.until_s - now.from_s) {
        return STORE_OK;
    }
    return error == STORE_OK || error == STORE_NOT_FOUND
               ? table_put(txn, TABLE_FOLLOWED, &key, &now, sizeof now)
               : error;
}

enum store_error followed_time_read(struct store_txn *txn, uint32_t number, const struct hash *hash,
                                    uint64_t *from_s, uint64_t *until_s)
{
    struct key key = hash_key(number, hash);
    struct disk_followed row = {0};
    enum store_error error = table_get_exact(txn, TABLE_FOLLOWED, &key, &row, sizeof row);

    *from_s = row.from_s;
    *until_s = row.until_s;
    return error;
}

enum store_error store_followed(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                const struct hash *hash, uint64_t *from_s, uint64_t *until_s)
{
    uint32_t number = 0;
    struct disk_record record;
    enum store_error error = store_author_number(txn, author, &number);

    if (error != STORE_OK) {
        return error;
    }
    error = record_find(txn, number, seq, &record);
    if (error == STORE_OK && hash_equal(&record.hash, hash)) {
        *from_s = record.followed_s;
        *until_s = 0;
        return STORE_OK;
    }
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    return followed_time_read(txn, number, hash, from_s, until_s);
}
