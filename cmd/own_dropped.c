#include "cmd/own_dropped.h"

#include <inttypes.h>

#include "cmd/confirm.h"

static const struct own_block *parent_of(const struct own_dropped_branches *dropped, size_t i)
{
    return &dropped->all->blocks[dropped->items[i].parent];
}

static const struct own_block *first_of(const struct own_dropped_branches *dropped, size_t i)
{
    return &dropped->all->blocks[dropped->items[i].first];
}

static const struct own_block *tip_of(const struct own_dropped_branches *dropped, size_t i)
{
    return &dropped->all->blocks[dropped->items[i].tip];
}

/* ---- reading ---- */

/* The last block that two tips descend from. */
static uint64_t common_seq(const struct own_block *blocks, size_t a, size_t b)
{
    while (a != b) {
        size_t *higher = blocks[a].seq > blocks[b].seq ? &a : &b;
        *higher = (size_t)blocks[*higher].parent;
    }
    return blocks[a].seq;
}

/* The last block that a branch shares with what is kept, or with one that comes before it here. */
static uint64_t said_up_to(const struct own_dropped_branches *dropped, size_t i)
{
    uint64_t shared = parent_of(dropped, i)->seq;
    for (size_t k = 0; k < i; k++) {
        uint64_t seq = common_seq(dropped->all->blocks, dropped->items[i].tip, dropped->items[k].tip);
        shared = seq > shared ? seq : shared;
    }
    return shared;
}

enum store_error own_dropped_read(struct own_dropped_branches *out, struct session *session,
                                  struct store_txn *txn, const struct own_branches *all, size_t kept)
{
    struct own_dropped *items;
    *out = (struct own_dropped_branches){.all = all};
    enum store_error error = own_branches_dropped(&items, &out->count, session, all, kept);
    if (error != STORE_OK) {
        return error;
    }
    out->items = items;
    out->says = arena_take(&session->arena, out->count * sizeof out->says[0]);
    if (out->says == NULL) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < out->count && error == STORE_OK; i++) {
        error = own_branches_facts(&out->says[i], session, txn, all, items[i].tip, said_up_to(out, i));
    }
    return error;
}

/* ---- asking ---- */

static void print_branch(const struct own_dropped_branches *dropped, const struct session *session, size_t i)
{
    const struct own_sayings *says = &dropped->says[i];
    fprintf(stderr, "Dropped is the branch up to block %" PRIu64 ", which holds %" PRIu64 " certificate%s%s",
            tip_of(dropped, i)->seq, says->certificate_count, says->certificate_count == 1 ? "" : "s",
            says->certificate_count > 0 ? ": " : "");
    own_sayings_print_samples(stderr, session, says, OWN_SAMPLES_MAX);
    fputc('\n', stderr);
    own_sayings_print(stderr, says);
    if (!tip_of(dropped, i)->held) {
        fprintf(stderr, "  what its last known block says, and what follows, has not come to this node%s\n",
                says->unread_speaks ? "; it may be against somebody" : "");
    }
}

static uint64_t count_certificates(const struct own_dropped_branches *dropped)
{
    uint64_t count = 0;
    for (size_t i = 0; i < dropped->count; i++) {
        count += dropped->says[i].certificate_count;
    }
    return count;
}

static uint64_t count_against(const struct own_dropped_branches *dropped)
{
    uint64_t count = 0;
    for (size_t i = 0; i < dropped->count; i++) {
        count += dropped->says[i].against_count;
    }
    return count;
}

static bool is_any_unread(const struct own_dropped_branches *dropped)
{
    for (size_t i = 0; i < dropped->count; i++) {
        if (!tip_of(dropped, i)->held) {
            return true;
        }
    }
    return false;
}

int own_dropped_confirm(const struct own_dropped_branches *dropped, const struct session *session, bool yes)
{
    const uint64_t certificates = count_certificates(dropped), against = count_against(dropped);
    char question[320];
    if (dropped->count == 0) {
        return EXIT_YES;
    }
    for (size_t i = 0; i < dropped->count && !session->options.json; i++) {
        print_branch(dropped, session, i);
    }
    snprintf(question, sizeof question,
             "Drop %" PRIu64 " certificate%s, %" PRIu64
             " statement%s against somebody%s? It can't be undone; state again afterwards what holds.",
             certificates, certificates == 1 ? "" : "s", against, against == 1 ? "" : "s",
             is_any_unread(dropped) ? " and what has not come to this node" : "");
    return confirm(session, yes, question);
}

bool own_dropped_is_same(const struct own_dropped_branches *a, const struct own_dropped_branches *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!hash_equal(&first_of(a, i)->hash, &first_of(b, i)->hash) ||
            !hash_equal(&tip_of(a, i)->hash, &tip_of(b, i)->hash) ||
            tip_of(a, i)->held != tip_of(b, i)->held) {
            return false;
        }
    }
    return true;
}

/* ---- afterwards ---- */

/* Branches that part above their first block are named by it once. */
static bool is_named_before(const struct own_dropped_branches *dropped, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (dropped->items[k].first == dropped->items[i].first) {
            return true;
        }
    }
    return false;
}

static bool may_be_against_somebody(const struct own_dropped_branches *dropped, size_t first)
{
    for (size_t i = 0; i < dropped->count; i++) {
        const struct own_sayings *says = &dropped->says[i];
        if (dropped->items[i].first == first && (says->against_count > 0 || says->unread_speaks)) {
            return true;
        }
    }
    return false;
}

static uint64_t last_seq_of(const struct own_dropped_branches *dropped, size_t first)
{
    uint64_t last = 0;
    for (size_t i = 0; i < dropped->count; i++) {
        uint64_t seq = tip_of(dropped, i)->seq;
        last = dropped->items[i].first == first && seq > last ? seq : last;
    }
    return last;
}

static void print_void(FILE *out, const struct own_dropped_branches *dropped, size_t i)
{
    const struct own_block *parent = parent_of(dropped, i), *tip = tip_of(dropped, i);
    char parent_hex[2 * HASH_SIZE + 1], first_hex[2 * HASH_SIZE + 1];
    sodium_bin2hex(parent_hex, sizeof parent_hex, parent->hash.bytes, HASH_SIZE);
    sodium_bin2hex(first_hex, sizeof first_hex, first_of(dropped, i)->hash.bytes, HASH_SIZE);
    fprintf(out,
            "  tradeproof void --branch %" PRIu64 " %s %s\n    (block %" PRIu64
            " and all that follows it there, up to block %" PRIu64 "%s)\n",
            dropped->all->epoch, parent_hex, first_hex, parent->seq + 1,
            last_seq_of(dropped, dropped->items[i].first),
            tip->held ? "" : "; what follows has not come to this node");
    if (may_be_against_somebody(dropped, dropped->items[i].first)) {
        fputs("    then state again what holds: tradeproof revoke, or tradeproof reinstate --voided BLOCK "
              "with the block\n    that it prints\n",
              out);
    }
}

static void print_says(FILE *out, const struct own_dropped_branches *dropped, const struct session *session,
                       size_t i)
{
    const struct own_sayings *says = &dropped->says[i];
    if (says->certificate_count > 0) {
        fprintf(out, "    certificates: ");
        own_sayings_print_samples(out, session, says, OWN_SAMPLES_MAX);
        fputc('\n', out);
    }
    own_sayings_print(out, says);
}

void own_dropped_print(FILE *out, const struct own_dropped_branches *dropped, const struct session *session)
{
    if (dropped->count > 0) {
        fputs(
            "\nBlocks are dropped. Now declare them void, so that every node knows that you dropped them:\n",
            out);
    }
    for (size_t i = 0; i < dropped->count; i++) {
        if (!is_named_before(dropped, i)) {
            print_void(out, dropped, i);
        }
        print_says(out, dropped, session, i);
    }
}

json_t *json_of_dropped(const struct own_dropped_branches *dropped, const struct session *session)
{
    json_t *array = json_array();
    for (size_t i = 0; i < dropped->count; i++) {
        const struct own_sayings *says = &dropped->says[i];
        json_t *branch = json_object();
        json_object_set_new(branch, "epoch", json_of_number(dropped->all->epoch));
        json_object_set_new(branch, "parent", json_of_hash(&parent_of(dropped, i)->hash));
        json_object_set_new(branch, "first", json_of_hash(&first_of(dropped, i)->hash));
        json_object_set_new(branch, "certificates", json_of_number(says->certificate_count));
        json_object_set_new(branch, "against", json_of_number(says->against_count));
        json_object_set_new(branch, "unread", json_boolean(says->unread_speaks));
        json_object_set_new(branch, "says", json_of_sayings(session, says));
        json_object_set_new(branch, "tip", json_of_hash(&tip_of(dropped, i)->hash));
        json_object_set_new(branch, "held", json_boolean(tip_of(dropped, i)->held));
        json_array_append_new(array, branch);
    }
    return array;
}
