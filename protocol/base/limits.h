#ifndef PROTOCOL_BASE_LIMITS_H
#define PROTOCOL_BASE_LIMITS_H

/* A limit on everything (DESIGN principle 10 and section 4, limits). Sizes in bytes unless the name says
 * otherwise. */

enum {
    BLOCK_BODY_SIZE_MAX = 512 * 1024,
    BLOCK_ENTRIES_MAX = 4096,
    ENTRY_SIZE_MAX = 2048,
    RULE_PACK_SIZE_MAX = 64 * 1024,
    KEYS_SIZE_MAX = 4096, /* a keys or keys_update entry */
    ENTRY_SALT_SIZE = 16,
    ENTRY_PREFIX_SIZE = 16, /* of its leaf hash, in an entry's name */
    HEADER_SIZE_MAX = 512,
    BLOCK_SIZE_MAX = BLOCK_BODY_SIZE_MAX + 4096,

    KEYS_MAX = 16,
    SEAL_KEYS_MAX = 16,
    SIGNATURES_MAX = 16,
    EXTENSIONS_MAX = 8,
    EXTENSION_SIZE_MAX = 256,
    CLAIMS_MAX = 32,
    CLAIM_LABEL_SIZE_MAX = 32,
    CLAIM_VALUE_SIZE_MAX = 256,

    NAMESPACE_SIZE_MAX = 16,
    CODE_SIZE_MAX = 48, /* "namespace/code" */
    CODE_PATTERNS_MAX = 32,
    STATES_MAX = 64, /* "OH"; a state code is two capitals */
    NAME_SIZE_MAX = 128,
    STATEMENT_SIZE_MAX = 1024,
    AREAS_MAX = 32,
    AREA_SIZE_MAX = 32,
    TECHNICIANS_MAX = 10000, /* of one shop */
    EXPRESSION_DEPTH_MAX = 8,
    EXPRESSION_NODES_MAX = 512,
    EXPRESSION_CHILDREN_MAX = 64, /* of one node */
    EXPERIENCE_DAYS_MAX = 36500,
    GRACE_DAYS_MAX = 3660,
    PACK_CODES_MAX = 512,
    PACK_RULES_MAX = 256,
    RULE_EXPRESSION_SIZE_MAX = 4096,
    LIFETIME_MONTHS_MAX = 1200,
    CHAIN_DEPTH_MAX = 8,

    STATUS_SPANS_MAX = 128,
    STATUS_BLOCKS_MAX = 256,  /* earlier blocks that one status block touches */
    ERASE_ENTRIES_MAX = 4096, /* earlier entries that one status block erases */
    VOID_BLOCKS_MAX = 4096,   /* earlier blocks that one govern block voids */
    HISTORY_OPEN_MAX = 24,    /* statuses about one entry, of any kind… */
    HISTORY_REVOKED_MAX = 32, /* …with more that are `revoked`… */
    HISTORY_EVENTS_MAX = 80,  /* …and with those of later epochs that have stated no more than this: */
    HISTORY_EPOCH_MAX = 3,    /* first `reinstated`, by the second `suspended`, in all three `revoked` */
    WITHDRAWAL_EXCEPTIONS_MAX = 64,
    CHECKPOINT_AHEAD_S = 60, /* of the evidence's time: further ahead it waits */
    RHYTHM_DAYS_MAX = 200,

    PRESENTATION_ITEMS_MAX = 32,
    PRESENTATION_KEY_BLOCKS_MAX = 16,
    PRESENTATION_SIZE_MAX = 256 * 1024,
    REQUIREMENT_SIZE_MAX = 1024,
    LOCATOR_MAX = 32,
    WANT_GAPS_MAX = 64,
    WANT_BRANCHES_MAX = 16,
    HEADS_MAX = 256,         /* in one heads frame */
    STORE_ID_SIZE = 16,      /* of a store that heads come from… */
    CHANGE_DIGEST_SIZE = 16, /* …and of all its changes up to one of them */
    FRAME_SIZE_MAX = BLOCK_SIZE_MAX + 64,

    AUTHOR_NUMBER_MAX = (1 << 24) - 1,
    BLOCK_SEQ_MAX = (1 << 28) - 1,
};

#define TIME_S_MAX UINT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define EPOCH_MAX UINT64_C(65535)

#endif
