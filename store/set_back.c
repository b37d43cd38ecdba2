#include <string.h>

#include "store/branches.h"

/* What a clock that was set back had dated ahead. When a rotation is noted, whatever is known of the epoch
 * that it closes had come by then; dated later it would be taken, once the clock gets there again, for what
 * came after the rotation and doesn't count. */

struct setting_back {
    struct store_txn *txn;
    uint32_t number;
    uint64_t epoch;
    uint64_t now_s;
};

/* A block cannot stand beside an epoch's chain below where that epoch begins. */
static enum store_error find_first_seq(const struct setting_back *setting, uint64_t *seq)
{
    const struct key prefix = rotation_key(setting->number, setting->epoch);
    struct disk_rotation row;
    struct walk walk;
    enum store_error error = walk_open(&walk, setting->txn, TABLE_ROTATIONS);

    *seq = setting->epoch == 0 ? 0 : BLOCK_SEQ_MAX;
    if (error != STORE_OK) {
        return error;
    }
    for (error = walk_seek(&walk, &prefix); error == STORE_OK && walk_under(&walk, &prefix);
         error = walk_next(&walk)) {
        if (walk.value.size != sizeof row) {
            error = txn_fail(setting->txn, STORE_DAMAGED);
            break;
        }
        memcpy(&row, walk.value.data, sizeof row);
        *seq = row.seq < *seq ? row.seq : *seq;
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error set_back_block(const struct setting_back *setting, const struct key *side)
{
    const uint64_t seq = number_at(side->bytes, 4, 8);
    struct hash hash;

    memcpy(hash.bytes, side->bytes + SIDES_KEY_SIZE - HASH_SIZE, HASH_SIZE);
    return stored_block_arrived_by(setting->txn, setting->number, seq, &hash, setting->now_s);
}

static enum store_error set_back_blocks(const struct setting_back *setting)
{
    const struct key author = author_key(setting->number);
    struct key key;
    struct disk_side row;
    struct walk walk;
    uint64_t first_seq = 0;
    enum store_error error = find_first_seq(setting, &first_seq);

    if (error != STORE_OK) {
        return error;
    }
    key = author_seq_key(setting->number, first_seq);
    error = walk_open(&walk, setting->txn, TABLE_SIDES);
    if (error != STORE_OK) {
        return error;
    }
    for (error = walk_seek(&walk, &key); error == STORE_OK && walk_under(&walk, &author);
         error = walk_next(&walk)) {
        if (walk.value.size != sizeof row || walk.key.size != SIDES_KEY_SIZE) {
            error = txn_fail(setting->txn, STORE_DAMAGED);
            break;
        }
        memcpy(&row, walk.value.data, sizeof row);
        key = key_of(walk.key.data, walk.key.size);
        error = row.epoch == setting->epoch ? set_back_block(setting, &key) : STORE_OK;
        if (error != STORE_OK) {
            break;
        }
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* What the chain leads through may be left for the rotation's branch only later. From its head on, whoever
 * un-applies it carries the mark down (store/unwind.c). */
static enum store_error set_back_head(const struct setting_back *setting)
{
    const struct key author = author_key(setting->number);
    const struct key last = author_seq_key(setting->number, BLOCK_SEQ_MAX);
    struct disk_record record;
    uint64_t seq = 0;
    struct walk walk;
    enum store_error error = walk_open(&walk, setting->txn, TABLE_RECORDS);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek_back(&walk, &last);
    if (error == STORE_OK && !walk_under(&walk, &author)) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        seq = number_at(walk.key.data, 4, 8);
    }
    walk_close(&walk);
    if (error == STORE_OK) {
        error = record_read(setting->txn, setting->number, seq, &record);
    }
    if (error != STORE_OK || record.epoch != setting->epoch || record.followed_s <= setting->now_s) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    record.followed_s = setting->now_s;
    record.flags |= RECORD_CLOCK_AHEAD;
    return record_write(setting->txn, setting->number, seq, &record);
}

/* The author's next row behind *key that lies ahead. STORE_NOT_FOUND: none does. */
static enum store_error next_arrival_ahead(const struct setting_back *setting, struct key *key,
                                           struct disk_arrival *out)
{
    const struct key author = author_key(setting->number);
    struct walk walk;
    enum store_error error = walk_open_after(&walk, setting->txn, TABLE_ARRIVALS, &author, key);

    while (error == STORE_OK) {
        *key = key_of(walk.key.data, walk.key.size);
        if (walk.value.size == sizeof *out) {
            memcpy(out, walk.value.data, sizeof *out);
            if (out->epoch == setting->epoch && out->arrived_s > setting->now_s) {
                break;
            }
        }
        error = walk_next(&walk);
        error = error == STORE_OK && !walk_under(&walk, &author) ? STORE_NOT_FOUND : error;
    }
    walk_close(&walk);
    return error;
}

/* Of what is known by its header alone, or found no room. */
static enum store_error set_back_unheld(const struct setting_back *setting)
{
    struct key key = author_key(setting->number);
    struct disk_arrival row;
    enum store_error error = next_arrival_ahead(setting, &key, &row);

    while (error == STORE_OK) {
        row.arrived_s = setting->now_s;
        error = table_put(setting->txn, TABLE_ARRIVALS, &key, &row, sizeof row);
        if (error == STORE_OK) {
            error = next_arrival_ahead(setting, &key, &row);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error arrivals_set_back(struct store_txn *txn, uint32_t number, uint64_t epoch, uint64_t now_s)
{
    const struct setting_back setting = {txn, number, epoch, now_s};
    enum store_error error = set_back_blocks(&setting);

    if (error == STORE_OK) {
        error = set_back_unheld(&setting);
    }
    return error == STORE_OK ? set_back_head(&setting) : error;
}
