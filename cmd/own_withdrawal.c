#include "cmd/own_withdrawal.h"

#include <inttypes.h>

#include "protocol/base/text.h"
#include "protocol/wire/block.h"

enum { BLOCKS_A_READ = 1024 }; /* a read transaction stays short */

struct withdrawal_reading {
    struct session *session;
    struct store_txn *txn;
    const struct own_accreditations *accredited;
    const struct withdrawal *record;
    struct own_withdrawal_reach *out;
};

/* ---- what counts before and after ---- */

static bool covers(const struct accreditation *record, struct bytes code_or_pattern)
{
    const struct bytes *patterns = record->patterns.items;

    for (size_t i = 0; i < record->patterns.count; i++) {
        if (bytes_equal(patterns[i], code_or_pattern) || code_matches(code_or_pattern, patterns[i])) {
            return true;
        }
    }
    return false;
}

static bool is_named(const struct withdrawal *record, const struct own_accreditation *found)
{
    return record->has_accreditation && record->accreditation.seq == found->place.seq &&
           record->accreditation.index == found->place.index;
}

/* Whether what was said before leaves it to the delegate to say so in place. */
static bool stands(const struct own_accreditation *found, const struct entry_position *place)
{
    return !found->withdrawn || (!found->ended_whole && place->seq <= found->cut_seq);
}

static bool is_let(const struct withdrawal_reading *reading, struct bytes code,
                   const struct entry_position *place, bool is_withdrawn)
{
    for (size_t i = 0; i < reading->accredited->count; i++) {
        const struct own_accreditation *found = &reading->accredited->items[i];

        if (actor_id_equal(&found->record.delegate, &reading->record->delegate) &&
            covers(&found->record, code) && stands(found, place) &&
            !(is_withdrawn && is_named(reading->record, found))) {
            return true;
        }
    }
    return !reading->out->accredited;
}

static bool is_cut_off(const struct withdrawal *record, const struct entry_position *place)
{
    const struct entry_position *exceptions = record->exceptions.items;

    for (size_t i = 0; i < record->exceptions.count; i++) {
        if (exceptions[i].seq == place->seq && exceptions[i].index == place->index) {
            return true;
        }
    }
    return record->has_cut && place->seq > record->cut_seq;
}

static void count(const struct withdrawal_reading *reading, struct bytes code,
                  const struct entry_position *place, uint64_t *staying, uint64_t *ending)
{
    if (!is_let(reading, code, place, false)) {
        return;
    }
    bool stays = !is_cut_off(reading->record, place) && is_let(reading, code, place, true);
    *(stays ? staying : ending) += 1;
}

/* ---- the delegate's log ---- */

static void count_entry(const struct withdrawal_reading *reading, const struct entry *entry,
                        const struct entry_position *place)
{
    struct own_withdrawal_reach *out = reading->out;
    union {
        struct attestation attestation;
        struct accreditation accreditation;
    } record;

    if (entry->erased || (entry->kind != ENTRY_ATTESTATION && entry->kind != ENTRY_ACCREDITATION) ||
        entry_payload_decode(&record, entry, &reading->session->arena) != REASON_NONE) {
        return;
    }
    if (entry->kind == ENTRY_ATTESTATION) {
        count(reading, record.attestation.code, place, &out->certificates_staying, &out->certificates_ending);
    } else if (record.accreditation.patterns.count > 0) {
        const struct bytes *patterns = record.accreditation.patterns.items;
        count(reading, patterns[0], place, &out->accreditations_staying, &out->accreditations_ending);
    }
}

static enum store_error count_block(const struct withdrawal_reading *reading, uint64_t seq)
{
    struct session *session = reading->session;
    size_t mark = arena_mark(&session->arena);
    struct block_record known;
    struct block block;
    struct bytes encoded;
    uint64_t arrived_s;
    enum store_error error =
        store_block_record(reading->txn, &reading->record->delegate, seq, &known, &arrived_s);

    if (error != STORE_OK || known.standing == STANDING_VOID ||
        (known.block_class != CLASS_CONTENT && known.block_class != CLASS_GOVERN)) {
        return error;
    }
    error = store_block_bytes(reading->txn, &reading->record->delegate, seq, &encoded, &session->arena);
    if (error == STORE_OK) {
        enum reason reason = block_decode(&block, &session->home.network, encoded, &session->arena);
        error = reason == REASON_NONE ? STORE_OK : store_error_of_decode(reason, &session->arena);
    }
    for (size_t i = 0; error == STORE_OK && i < block.entry_count; i++) {
        const struct entry_position place = {.seq = seq, .index = i};
        count_entry(reading, &block.entries[i], &place);
    }
    arena_rewind(&session->arena, mark);
    return error;
}

/* From block *next on, as many as one transaction looks at. Writes: *next; UINT64_MAX once there is no more.
 */
static enum store_error count_some(struct withdrawal_reading *reading, uint64_t *next)
{
    struct log_state state;
    enum store_error error = store_read_begin(&reading->txn, reading->session->store);

    if (error != STORE_OK) {
        return error;
    }
    error = store_log_state(reading->txn, &reading->record->delegate, &state);
    for (size_t i = 0; error == STORE_OK && i < BLOCKS_A_READ && *next <= state.seq; i++) {
        reading->out->held = true;
        error = count_block(reading, *next);
        *next += 1;
    }
    if (error == STORE_OK && *next > state.seq) {
        *next = UINT64_MAX;
    }
    store_end(reading->txn);
    return error;
}

int own_withdrawal_read(struct own_withdrawal_reach *out, struct session *session,
                        const struct own_accreditations *accredited, const struct withdrawal *record)
{
    struct withdrawal_reading reading = {
        .session = session, .accredited = accredited, .record = record, .out = out};
    enum store_error error = STORE_OK;

    *out = (struct own_withdrawal_reach){0};
    for (size_t i = 0; i < accredited->count && !out->accredited; i++) {
        out->accredited = actor_id_equal(&accredited->items[i].record.delegate, &record->delegate);
    }
    for (uint64_t next = 0; error == STORE_OK && next != UINT64_MAX;) {
        error = count_some(&reading, &next);
    }
    return error == STORE_OK || error == STORE_NOT_FOUND ? EXIT_YES
                                                         : session_fail_store(&session->options, error);
}

/* ---- for people ---- */

/* "1 certificate stays good" */
static void print_count(uint64_t count, const char *what, const char *verb, const char *rest)
{
    bool one = count == 1;

    fprintf(stderr, "  %" PRIu64 " %s%s %s%s%s\n", count, what, one ? "" : "s", verb, one ? "s" : "", rest);
}

static void print_future(const struct withdrawal *record)
{
    if (record->has_accreditation) {
        fprintf(stderr, "  and all that it signs from now on under that accreditation does not count%s\n",
                record->closed ? ", not even against anybody" : "");
        return;
    }
    fprintf(stderr, "  and nothing counts that it signs above block %" PRIu64 " of its log%s\n",
            record->cut_seq,
            record->closed ? ", not even against anybody"
                           : ", but what is against somebody leaves that undetermined");
}

void own_withdrawal_print(const struct session *session, const struct withdrawal *record,
                          const struct own_withdrawal_reach *reach)
{
    const char *name = session_name_of(session, &record->delegate.hash);

    if (!reach->held) {
        fprintf(stderr, "Nothing that %s signed is held here: what this ends can't be counted.\n", name);
        print_future(record);
        return;
    }
    fprintf(stderr, "Of what %s issued%s, as far as it is held here:\n", name,
            reach->accredited ? " for codes that you accredited it for"
                              : " for any code (your log never accredited it)");
    print_count(reach->certificates_staying, "certificate", "stay", " good");
    print_count(reach->certificates_ending, "certificate", "end", ", where nobody else lets it issue them");
    if (reach->accreditations_staying > 0) {
        print_count(reach->accreditations_staying, "accreditation", "stay", " good");
    }
    if (reach->accreditations_ending > 0) {
        print_count(reach->accreditations_ending, "accreditation", "end", ", with what others issued by it");
    }
    print_future(record);
}

/* Its term is the days on which what it lets be issued was earned, by its delegate's own word. */
static void print_term(const struct accreditation *again)
{
    char from[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE];

    day_to_text(from, again->from);
    fprintf(stderr, "from %s on", from);
    if (again->has_until) {
        day_to_text(until, again->until);
        fprintf(stderr, " until %s", until);
    }
}

void own_withdrawal_print_again(const struct session *session, const struct accreditation *again,
                                const struct own_withdrawn *withdrawn)
{
    const char *name = session_name_of(session, &again->delegate.hash);

    if (!withdrawn->any) {
        return;
    }
    fprintf(stderr, "tradeproof: note: you withdrew %s: nothing ", name);
    if (withdrawn->whole) {
        fprintf(stderr, "that it issued under an accreditation of yours");
    } else {
        fprintf(stderr, "above block %" PRIu64 " of its log", withdrawn->cut_seq);
    }
    fprintf(stderr,
            " counts%s.\nBy this accreditation it counts again, where it is for these codes and, by its own "
            "word, "
            "earned\n",
            withdrawn->closed ? ", not even against anybody" : "");
    print_term(again);
    fprintf(stderr, ", and so does what is said there about such certificates; in those days it says what "
                    "holds of earlier\n"
                    "ones too. If somebody else had its keys, have it declare void what they signed (it runs "
                    "tradeproof void),\n"
                    "and accredit it after that.\n");
}

void own_withdrawal_add_json(json_t *object, const struct own_withdrawal_reach *reach)
{
    json_object_set_new(object, "held", json_boolean(reach->held));
    json_object_set_new(object, "certificates_staying", json_of_number(reach->certificates_staying));
    json_object_set_new(object, "certificates_ending", json_of_number(reach->certificates_ending));
    json_object_set_new(object, "accreditations_staying", json_of_number(reach->accreditations_staying));
    json_object_set_new(object, "accreditations_ending", json_of_number(reach->accreditations_ending));
}
