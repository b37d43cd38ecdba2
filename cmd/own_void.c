#include "cmd/own_void.h"
#include "cmd/own_block.h"

#include <assert.h>
#include <inttypes.h>

/* ---- a range ---- */

enum { BLOCKS_A_READ = 1024 }; /* a read transaction stays short */

struct void_reading {
    struct session *session;
    struct store_txn *txn;
    const struct void_record *record;
    struct own_sayings *out;
    struct log_state state;
    bool lost; /* read is what reinstating certificates does not bring back, and that alone */
};

static bool is_lost(const struct entry *entry)
{
    return entry_class(entry->kind) == CLASS_GOVERN && entry->kind != ENTRY_VOID;
}

static void add(const struct void_reading *reading, const struct block *block)
{
    if (!reading->lost) {
        own_sayings_add(reading->out, block, reading->session, reading->txn);
        return;
    }
    for (size_t i = 0; i < block->entry_count; i++) {
        struct block one = *block;
        one.entries = &block->entries[i];
        one.entry_count = 1;
        if (is_lost(one.entries)) {
            own_sayings_add(reading->out, &one, reading->session, reading->txn);
        }
    }
}

/* With what to type instead, on either side of the block. */
static int fail_keys(const struct void_reading *reading, uint64_t seq)
{
    const struct seq_range *range = &reading->record->range;
    char instead[128] = "";
    size_t size = 0;
    if (range->first < seq) {
        size = (size_t)snprintf(instead, sizeof instead, " tradeproof void %" PRIu64 "-%" PRIu64,
                                range->first, seq - 1);
    }
    if (range->last > seq) {
        snprintf(instead + size, sizeof instead - size, "%s tradeproof void %" PRIu64 "-%" PRIu64,
                 size > 0 ? ", then" : "", seq + 1, range->last);
    }
    return session_fail(&reading->session->options, EXIT_BAD_INPUT, "void-of-keys",
                        "Block %" PRIu64
                        " holds keys, which stay whatever is declared void. To replace keys: "
                        "tradeproof key rotate%s%s",
                        seq, instead[0] != '\0' ? "; to leave it out:" : "", instead);
}

static int check_block(const struct void_reading *reading, const struct block_record *record, uint64_t seq)
{
    if (record->block_class == CLASS_KEYS) {
        return fail_keys(reading, seq);
    }
    if (record->block_class == CLASS_GOVERN && record->epoch >= reading->state.epoch) {
        return session_fail(&reading->session->options, EXIT_BAD_INPUT, "govern-void-needs-later-epoch",
                            "Block %" PRIu64 " holds rules, accreditations or the like, and the keys that "
                            "signed it are still in force: first replace them with tradeproof key rotate, "
                            "then declare it void.",
                            seq);
    }
    return EXIT_YES;
}

static int read_block(struct void_reading *reading, uint64_t seq)
{
    struct session *session = reading->session;
    size_t mark = arena_mark(&session->arena);
    struct block_record record;
    struct block block;
    uint64_t arrived_s;
    int code;
    enum store_error error = store_block_record(reading->txn, &session->actor, seq, &record, &arrived_s);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    if ((record.standing == STANDING_VOID) != reading->lost ||
        (reading->lost && record.block_class != CLASS_GOVERN)) {
        return EXIT_YES;
    }
    code = reading->lost ? EXIT_YES : check_block(reading, &record, seq);
    if (code != EXIT_YES) {
        return code;
    }
    error = own_block_read(&block, session, reading->txn, seq);
    if (error == STORE_OK) {
        add(reading, &block);
    }
    arena_rewind(&session->arena, mark);
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

static int check_range(const struct void_reading *reading)
{
    const struct session_options *options = &reading->session->options;
    if (reading->record->range.first == 0) {
        return session_fail(options, EXIT_BAD_INPUT, "void-of-keys",
                            "Block 0 is your id itself, with your first keys, and can't be declared void. To "
                            "replace stolen keys: tradeproof key rotate");
    }
    if (reading->record->range.last > reading->state.seq) {
        return session_fail(options, EXIT_BAD_INPUT, "void-range",
                            "Your log ends at block %" PRIu64 ": tradeproof log shows its blocks.",
                            reading->state.seq);
    }
    return EXIT_YES;
}

static int read_some(struct void_reading *reading, uint64_t first, uint64_t last)
{
    int code = EXIT_YES;
    enum store_error error = store_read_begin(&reading->txn, reading->session->store);
    if (error != STORE_OK) {
        return session_fail_store(&reading->session->options, error);
    }
    error = store_log_state(reading->txn, &reading->session->actor, &reading->state);
    if (error == STORE_NOT_FOUND) {
        reading->state = (struct log_state){0};
        error = STORE_OK;
    }
    code = error == STORE_OK ? check_range(reading) : session_fail_store(&reading->session->options, error);
    for (uint64_t seq = first; code == EXIT_YES && seq <= last; seq++) {
        code = read_block(reading, seq);
    }
    store_end(reading->txn);
    return code;
}

static int read_range(struct void_reading *reading)
{
    const struct seq_range *range = &reading->record->range;
    int code = EXIT_YES;
    for (uint64_t first = range->first; code == EXIT_YES && first <= range->last; first += BLOCKS_A_READ) {
        uint64_t last = first + BLOCKS_A_READ - 1;
        code = read_some(reading, first, last < range->last ? last : range->last);
    }
    return code;
}

/* ---- in parts ---- */

uint64_t own_void_parts(uint64_t block_count)
{
    return (block_count + VOID_BLOCKS_MAX - 1) / VOID_BLOCKS_MAX;
}

static void add_to_part(struct own_void_part *part, uint64_t seq)
{
    struct seq_range *last = part->range_count > 0 ? &part->ranges[part->range_count - 1] : NULL;

    if (last != NULL && last->last + 1 == seq) {
        last->last = seq;
    } else {
        part->ranges[part->range_count++] = (struct seq_range){seq, seq};
    }
    part->block_count++;
}

/* The next blocks of the part, in a read transaction of their own. */
static enum store_error read_part(struct own_void_part *part, const struct session *session, uint64_t last,
                                  uint64_t blocks_max)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);

    if (error != STORE_OK) {
        return error;
    }
    for (size_t i = 0; i < BLOCKS_A_READ && part->next <= last && part->block_count < blocks_max; i++) {
        struct block_record record;
        uint64_t arrived_s;

        error = store_block_record(txn, &session->actor, part->next, &record, &arrived_s);
        if (error != STORE_OK) {
            break;
        }
        if (record.standing != STANDING_VOID) {
            add_to_part(part, part->next);
        }
        part->next++;
    }
    store_end(txn);
    return error;
}

int own_void_next(struct own_void_part *part, struct session *session, uint64_t last, uint64_t blocks_max)
{
    assert(blocks_max <= VOID_BLOCKS_MAX);
    part->range_count = 0;
    part->block_count = 0;
    while (part->next <= last && part->block_count < blocks_max) {
        enum store_error error = read_part(part, session, last, blocks_max);

        if (error != STORE_OK) {
            return session_fail_store(&session->options, error);
        }
    }
    return EXIT_YES;
}

static int publish_part(struct publisher *publisher, const struct own_void_part *part, uint64_t reason,
                        struct published *out)
{
    struct draft draft;

    publisher_draft(publisher, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < part->range_count; i++) {
        const struct void_record record = {.has_range = true, .range = part->ranges[i], .reason = reason};
        bool fits = draft_add(&draft, ENTRY_VOID, &record, NULL);

        assert(fits); /* as many of them as a block voids at most */
        (void)fits;
    }
    return publisher_publish(publisher, &draft, out);
}

int own_void_publish(struct own_voided *out, struct publisher *publisher, const struct void_record *record,
                     uint64_t blocks_max, void (*tell)(void *context, const struct own_voided *voided),
                     void *context)
{
    static struct own_void_part part;
    int code;

    *out = (struct own_voided){0};
    part.next = record->range.first;
    for (;;) {
        code = own_void_next(&part, publisher->session, record->range.last, blocks_max);
        if (code != EXIT_YES || part.block_count == 0) {
            return code;
        }
        code = publish_part(publisher, &part, record->reason, &out->last);
        if (code != EXIT_YES) {
            return code;
        }
        out->part_count++;
        out->block_count += part.block_count;
        out->through = part.ranges[part.range_count - 1].last;
        tell(context, out);
    }
}

/* ---- a branch ---- */

struct side_place {
    uint64_t seq;
    struct hash hash;
};

/* The blocks of a branch: sides are visited parents first. */
struct branch_reading {
    const struct hash *first;
    size_t side_count; /* beside the log in all */
    size_t count;
    struct side_place *places; /* NULL: they are counted only */
};

static bool is_in_branch(const struct branch_reading *reading, const struct side_block *side)
{
    for (size_t i = reading->count; i > 0; i--) {
        if (hash_equal(&reading->places[i - 1].hash, &side->previous)) {
            return true;
        }
    }
    return hash_equal(&side->hash, reading->first);
}

static bool visit_side(void *context, const struct side_block *side)
{
    struct branch_reading *reading = context;
    if (reading->places == NULL) {
        reading->side_count++;
    } else if (is_in_branch(reading, side)) {
        reading->places[reading->count++] = (struct side_place){.seq = side->seq, .hash = side->hash};
    }
    return true;
}

static enum store_error find_branch(struct branch_reading *branch, struct void_reading *reading)
{
    struct session *session = reading->session;
    enum store_error error = store_each_side(reading->txn, &session->actor, 0, visit_side, branch);
    if (error != STORE_OK || branch->side_count == 0) {
        return error;
    }
    branch->places = arena_take(&session->arena, branch->side_count * sizeof *branch->places);
    return branch->places != NULL ? store_each_side(reading->txn, &session->actor, 0, visit_side, branch)
                                  : STORE_NO_MEMORY;
}

static enum store_error read_side(struct void_reading *reading, const struct side_place *place)
{
    struct session *session = reading->session;
    size_t mark = arena_mark(&session->arena);
    struct bytes encoded;
    struct block block;
    enum store_error error = store_block_by_hash(reading->txn, &session->actor, place->seq, &place->hash,
                                                 &encoded, &session->arena);
    if (error == STORE_OK) {
        enum reason reason = block_decode(&block, &session->home.network, encoded, &session->arena);
        error = reason == REASON_NONE ? STORE_OK : store_error_of_decode(reason, &session->arena);
    }
    if (error == STORE_OK) {
        add(reading, &block);
    }
    arena_rewind(&session->arena, mark);
    return error;
}

static int read_branch(struct void_reading *reading)
{
    struct session *session = reading->session;
    struct branch_reading branch = {.first = &reading->record->branch.first};
    enum store_error error = store_read_begin(&reading->txn, session->store);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    error = find_branch(&branch, reading);
    for (size_t i = 0; error == STORE_OK && i < branch.count; i++) {
        error = read_side(reading, &branch.places[i]);
    }
    store_end(reading->txn);
    return error == STORE_OK || error == STORE_NOT_FOUND ? EXIT_YES
                                                         : session_fail_store(&session->options, error);
}

int own_void_read(struct own_sayings *out, struct session *session, const struct void_record *record)
{
    struct void_reading reading = {.session = session, .record = record, .out = out};
    *out = (struct own_sayings){0};
    return record->has_range ? read_range(&reading) : read_branch(&reading);
}

int own_void_names_branch(bool *named, struct session *session, const struct void_record *record)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);

    if (error == STORE_OK) {
        error = store_names_branch(txn, &session->home.network, &session->actor, &record->branch.first,
                                   record->branch.epoch, named, &session->arena);
        store_end(txn);
    }
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

/* ---- what stays lost ---- */

static enum store_error read_voids(struct list *out, struct session *session, uint64_t void_seq)
{
    struct store_txn *txn;
    struct block block;
    struct void_record *voids = NULL;
    enum store_error error = store_read_begin(&txn, session->store);

    if (error != STORE_OK) {
        return error;
    }
    error = own_block_read(&block, session, txn, void_seq);
    store_end(txn);
    if (error == STORE_OK) {
        voids = arena_take(&session->arena, block.entry_count * sizeof *voids);
        error = voids != NULL ? STORE_OK : STORE_NO_MEMORY;
    }
    for (size_t i = 0; error == STORE_OK && i < block.entry_count; i++) {
        if (block.entries[i].kind == ENTRY_VOID &&
            entry_payload_decode(&voids[out->count], &block.entries[i], &session->arena) == REASON_NONE) {
            out->count++;
        }
    }
    out->items = voids;
    return error;
}

int own_void_read_lost(struct own_sayings *out, struct session *session, uint64_t void_seq)
{
    struct list voids = {NULL, 0};
    size_t mark = arena_mark(&session->arena);
    enum store_error error = read_voids(&voids, session, void_seq);
    const struct void_record *records = voids.items;
    int code = EXIT_YES;

    *out = (struct own_sayings){0};
    for (size_t i = 0; error == STORE_OK && i < voids.count && code == EXIT_YES; i++) {
        struct void_reading reading = {.session = session, .record = &records[i], .out = out, .lost = true};
        code = records[i].has_range ? read_range(&reading) : read_branch(&reading);
    }
    arena_rewind(&session->arena, mark);
    return error == STORE_OK || error == STORE_NOT_FOUND ? code
                                                         : session_fail_store(&session->options, error);
}

/* ---- for people ---- */

void own_void_print_lost(const struct own_sayings *lost)
{
    if (lost->saying_count == 0) {
        return;
    }
    fputs("That void took this as well, which reinstating does not bring back:\n", stderr);
    own_sayings_print(stderr, lost);
    fputs("What of it is yours, and still holds, say again: tradeproof accredit, tradeproof withdraw,\n"
          "tradeproof rules publish.\n",
          stderr);
}

static const char *ending(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void print_certificates(const struct session *session, const struct own_sayings *sayings)
{
    for (size_t i = 0; i < sayings->sample_count; i++) {
        const struct own_sample *sample = &sayings->samples[i];
        fprintf(stderr, "  issues %s to %s", sample->code, session_name_of(session, &sample->subject));
        if (sample->count > 1) {
            fprintf(stderr, ", %" PRIu64 " times", sample->count);
        }
        fputc('\n', stderr);
    }
    if (sayings->certificate_count > sayings->sampled_count) {
        fprintf(stderr, "  issues %" PRIu64 " certificates more\n",
                sayings->certificate_count - sayings->sampled_count);
    }
}

static void print_range(const struct seq_range *range, const struct own_sayings *sayings)
{
    const uint64_t void_count = range->last - range->first + 1 - sayings->block_count;

    if (range->first == range->last) {
        fprintf(stderr, "Block %" PRIu64 " of your log says:\n", range->first);
    } else {
        fprintf(stderr, "Blocks %" PRIu64 " to %" PRIu64 " of your log say:\n", range->first, range->last);
    }
    if (void_count > 0) {
        fprintf(stderr, "  (%" PRIu64 " of them void already, which stay so)\n", void_count);
    }
}

void own_void_print(const struct session *session, const struct void_record *record,
                    const struct own_sayings *sayings)
{
    if (record->has_range) {
        print_range(&record->range, sayings);
    } else if (sayings->block_count == 0) {
        fprintf(stderr,
                "Nothing of that branch is held here, or it was not dropped: what it says can't be shown.\n"
                "Others may hold it, so it can be declared void all the same; a mistyped hash voids "
                "nothing.\n");
        return;
    } else {
        fprintf(stderr, "The branch says:\n");
    }
    print_certificates(session, sayings);
    own_sayings_print(stderr, sayings);
    if (sayings->erased_count > 0) {
        fprintf(stderr, "  and what was erased: %" PRIu64 "\n", sayings->erased_count);
    }
    fprintf(stderr, "%" PRIu64 " block%s: %" PRIu64 " certificate%s", sayings->block_count,
            ending(sayings->block_count), sayings->certificate_count, ending(sayings->certificate_count));
    if (sayings->against_count > 0) {
        fprintf(stderr,
                ", %" PRIu64 " statement%s against somebody, unknown until you state again what holds",
                sayings->against_count, ending(sayings->against_count));
    }
    fputs(".\n", stderr);
    if (record->has_range && own_void_parts(sayings->block_count) > 1) {
        fprintf(stderr, "One block declares at most %d void, so that takes %" PRIu64 " blocks of your log.\n",
                VOID_BLOCKS_MAX, own_void_parts(sayings->block_count));
    }
}
