#include "protocol/wire/tables.h"

/* ---- hello ---- */

static const struct field hello_fields[] = {
    {REQUIRED(hello, node_key), FIXED(sizeof(struct sign_public_key)), MEANS("Ed25519 key of the node")},
    {REQUIRED(hello, transport_key), FIXED(sizeof(struct transport_key)), MEANS("CURVE key of its sockets")},
    {REQUIRED(hello, signature), FIXED(sizeof(struct signature)),
     MEANS("by the node key, over tp.node.curve of the transport key")},
    {REQUIRED(hello, protocol_version), UINT(1, UINT16_MAX), MEANS("highest that the sender speaks")},
};

const struct schema hello_schema = {
    SCHEMA(hello),
    EXTENSIBLE(hello),
    .meaning = "First frame each way: binds the authenticated transport key to the node key.",
};

/* ---- heads ---- */

static const struct field head_fields[] = {
    {REQUIRED(head, author), FIXED(HASH_SIZE), MEANS("whose log")},
    {REQUIRED(head, epoch), EPOCH, MEANS("of its last block")},
    {REQUIRED(head, seq), SEQ, MEANS("of its last block")},
    {REQUIRED(head, hash), FIXED(HASH_SIZE), MEANS("header hash of its last block")},
    {REQUIRED(head, gaps), BOOL, MEANS("the sender lacks entries of it that were not erased")},
    {REQUIRED(head, bytes), UINT(0, UINT64_MAX),
     MEANS("what its blocks take together, by its sender's word")},
};

static const struct schema head_schema = {
    SCHEMA(head),
    .meaning = "How far one log goes.",
};

static int order_heads(const void *a, const void *b)
{
    const struct head *left = a, *right = b;

    return hash_compare(&left->author.hash, &right->author.hash);
}

static const struct field store_point_fields[] = {
    {REQUIRED(store_point, store), FIXED(STORE_ID_SIZE), MEANS("drawn when it was made")},
    {REQUIRED(store_point, number), UINT(0, UINT64_MAX), MEANS("of its last change")},
    {REQUIRED(store_point, digest), FIXED(CHANGE_DIGEST_SIZE),
     MEANS("of all its changes up to that one; only the store itself can check it")},
};

static const struct schema store_point_schema = {
    SCHEMA(store_point),
    .meaning = "A state of a store, by how often it changed.",
};

static const struct field heads_page_fields[] = {
    {REQUIRED(heads_page, since), UINT(0, UINT64_MAX),
     MEANS("the number that it follows; 0: it is the first")},
    {REQUIRED(heads_page, upto), RECORD(store_point), MEANS("up to where all is told once the page is read")},
    {REQUIRED(heads_page, more), BOOL,
     MEANS("later changes follow, or are told when the receiver says next what it heard")},
};

static const struct schema heads_page_schema = {
    SCHEMA(heads_page),
    .meaning = "What of the sender's store changed from one number to another: of each author that did, its "
               "head; before it in frames of their own its newest checkpoint and its fork proofs.",
};

static const struct field heads_fields[] = {
    {REQUIRED(heads, heads), LIST(head, 0, HEADS_MAX), SORTED(order_heads), MEANS("sorted by author")},
    {OPTIONAL(heads, page, has_page), RECORD(heads_page), MEANS("in answer to heard; else it is news")},
};

const struct schema heads_schema = {
    SCHEMA(heads),
    EXTENSIBLE(heads),
    .meaning = "How far the logs go that the sender has.",
};

static const struct field heard_fields[] = {
    {REQUIRED(heard, upto), RECORD(store_point),
     MEANS("of the receiver's store; number 0: of it nothing is known")},
};

const struct schema heard_schema = {
    SCHEMA(heard),
    EXTENSIBLE(heard),
    .meaning =
        "What the sender has of the receiver's store: all up to there. The answer is what changed since, "
        "in pages of heads; all there is, where that is no state that the store was in.",
};

/* ---- want ---- */

static const struct field locator_point_fields[] = {
    {REQUIRED(locator_point, seq), SEQ, MEANS("of the block")},
    {REQUIRED(locator_point, hash), FIXED(HASH_SIZE), MEANS("its header hash")},
};

static const struct schema locator_point_schema = {
    SCHEMA(locator_point),
    .meaning = "A block of a log by its name.",
};

static int order_locator(const void *a, const void *b)
{
    const struct locator_point *left = a, *right = b;

    return order_numbers(right->seq, left->seq);
}

static int order_gaps(const void *a, const void *b)
{
    const struct locator_point *left = a, *right = b;
    int order = order_numbers(left->seq, right->seq);

    return order != 0 ? order : hash_compare(&left->hash, &right->hash);
}

static const struct field want_fields[] = {
    {REQUIRED(want, author), FIXED(HASH_SIZE), MEANS("whose log")},
    {REQUIRED(want, locator), LIST(locator_point, 0, LOCATOR_MAX), SORTED(order_locator),
     MEANS("blocks that the sender has, most of them of its chain; seq descending")},
    {REQUIRED(want, gaps), LIST(locator_point, 0, WANT_GAPS_MAX), SORTED(order_gaps),
     MEANS(
         "blocks of which the sender lacks entries, by seq and hash; where there are any of these or of the "
         "next, nothing else is asked for")},
    {REQUIRED(want, branches), LIST(locator_point, 0, WANT_BRANCHES_MAX), SORTED(order_gaps),
     MEANS(
         "blocks that the sender does not hold, by seq and hash; each is sent behind what it stands on, down "
         "to the answerer's highest block that the locator shows to be held")},
};

const struct schema want_schema = {
    SCHEMA(want),
    EXTENSIBLE(want),
    .meaning =
        "Asks for the blocks of a log behind the highest point that the answerer has on its chain, or for "
        "fuller copies of some and for the ends of branches.",
};

/* ---- introductions ---- */

static const struct field introduction_want_fields[] = {
    {REQUIRED(introduction_want, shop), FIXED(HASH_SIZE), MEANS("whose log is not taken in yet")},
};

const struct schema introduction_want_schema = {
    SCHEMA(introduction_want),
    EXTENSIBLE(introduction_want),
    .meaning = "Asks who introduces a shop. The answer is up to four introduction frames, one consent each.",
};
