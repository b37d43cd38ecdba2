#include "cmd/own_entries.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd/json_output.h"
#include "cmd/own_block.h"
#include "cmd/words.h"
#include "protocol/base/sort.h"

/* ---- finding ---- */

static int order_places(const struct own_entry *a, const struct own_entry *b)
{
    if (a->name.seq != b->name.seq) {
        return a->name.seq < b->name.seq ? -1 : 1;
    }
    if (a->name.index != b->name.index) {
        return a->name.index < b->name.index ? -1 : 1;
    }
    return memcmp(a->name.prefix, b->name.prefix, sizeof a->name.prefix); /* mistyped, it is another name */
}

int own_entries_order(const void *a, const void *b)
{
    const struct own_entry *left = a, *right = b;
    int order = order_places(left, right);
    return order != 0 ? order : left->row < right->row ? -1 : left->row > right->row;
}

void own_entries_sort(struct own_entries *entries)
{
    size_t kept = 0;
    sort_items(entries->items, entries->count, sizeof(*entries->items), own_entries_order);
    for (size_t i = 0; i < entries->count; i++) {
        if (kept == 0 || order_places(&entries->items[kept - 1], &entries->items[i]) != 0) {
            entries->items[kept++] = entries->items[i];
        }
    }
    entries->count = kept;
}

static int read_name(const struct session *session, const char *text, struct entry_name *name)
{
    int code = session_entry_name(session, text, name);
    if (code != EXIT_YES) {
        return code;
    }
    if (!actor_id_equal(&name->author, &session->actor)) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "entry-of-another",
                            "%s was written by %s, and only they can say this about it.", text,
                            session_name_of(session, &name->author.hash));
    }
    return EXIT_YES;
}

static int fail_missing(const struct session *session, const struct entry_name *name, const char *why)
{
    char text[ENTRY_NAME_TEXT_MAX + 1];
    entry_name_to_text(text, &session->home.network, name);
    return session_fail(&session->options, EXIT_BAD_INPUT, "no-such-entry", "%s %s.", text, why);
}

bool own_entries_read_first_day(uint32_t *day, const struct entry *entry, struct arena *arena)
{
    union {
        struct attestation attestation;
        struct review review;
        struct shop shop;
    } record;
    bool any = !entry->erased &&
               (entry->kind == ENTRY_ATTESTATION || entry->kind == ENTRY_REVIEW || entry->kind == ENTRY_SHOP);
    if (!any || entry_payload_decode(&record, entry, arena) != REASON_NONE) {
        return false;
    }
    *day = entry->kind == ENTRY_ATTESTATION ? record.attestation.valid_from
           : entry->kind == ENTRY_REVIEW    ? record.review.day
                                            : record.shop.from;
    return true;
}

static void keep_attestation(struct own_entry *entry, const struct attestation *attestation)
{
    entry->is_attestation = true;
    entry->first_day = attestation->valid_from;
    entry->subject = attestation->subject;
    memcpy(entry->code, attestation->code.data, attestation->code.size);
    entry->code[attestation->code.size] = '\0';
}

/* Whether the block holds what the name says. */
static enum own_entry_fault check_entry(struct session *session, struct own_entry *entry,
                                        const struct block *block)
{
    struct attestation attestation;
    const struct entry_name *name = &entry->name;
    if (name->index >= block->entry_count ||
        memcmp(block->leaves[name->index].bytes, name->prefix, sizeof(name->prefix)) != 0) {
        return OWN_ENTRY_MISSING;
    }
    if (block->header.block_class != CLASS_CONTENT) {
        return OWN_ENTRY_NO_CERTIFICATE;
    }
    const struct entry *content = &block->entries[name->index];
    if (content->kind == ENTRY_ATTESTATION && !content->erased &&
        entry_payload_decode(&attestation, content, &session->arena) == REASON_NONE) {
        keep_attestation(entry, &attestation);
    } else if (!own_entries_read_first_day(&entry->first_day, content, &session->arena)) {
        entry->first_day = 0;
    }
    return OWN_ENTRY_FINE;
}

/* Check the entries of one block, items[first] being the first of them. Writes: *next, after the last. */
static enum store_error check_block(struct session *session, struct store_txn *txn,
                                    struct own_entries *entries, size_t first, size_t *next)
{
    uint64_t seq = entries->items[first].name.seq;
    size_t mark = arena_mark(&session->arena);
    struct block block;
    enum store_error error = own_block_read(&block, session, txn, seq);
    bool is_held = error == STORE_OK;
    if (!is_held && error != STORE_NOT_FOUND) {
        return error;
    }
    for (*next = first; *next < entries->count && entries->items[*next].name.seq == seq; ++*next) {
        struct own_entry *entry = &entries->items[*next];
        entry->fault = is_held ? check_entry(session, entry, &block) : OWN_ENTRY_MISSING;
    }
    arena_rewind(&session->arena, mark);
    return STORE_OK;
}

enum store_error own_entries_check(struct own_entries *entries, struct session *session)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error != STORE_OK) {
        return error;
    }
    for (size_t i = 0; error == STORE_OK && i < entries->count;) {
        error = check_block(session, txn, entries, i, &i);
    }
    store_end(txn);
    return error;
}

static int check_all(struct session *session, struct own_entries *entries)
{
    enum store_error error = own_entries_check(entries, session);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    for (size_t i = 0; i < entries->count; i++) {
        switch (entries->items[i].fault) {
        case OWN_ENTRY_FINE:
            break;
        case OWN_ENTRY_MISSING:
            return fail_missing(session, &entries->items[i].name, "is not in your log: copy it again whole");
        case OWN_ENTRY_NO_CERTIFICATE:
            return fail_missing(session, &entries->items[i].name, "is not a certificate");
        }
    }
    return EXIT_YES;
}

static int take_room(struct own_entries *out, struct session *session, size_t count)
{
    out->count = 0;
    out->items = count <= OWN_ENTRIES_MAX ? arena_take(&session->arena, count * sizeof(*out->items)) : NULL;
    if (out->items == NULL) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "too-many", "At most %d entries at once.",
                            (int)OWN_ENTRIES_MAX);
    }
    return EXIT_YES;
}

int own_entries_named(struct own_entries *out, struct session *session, char *const *texts, size_t count)
{
    int code = take_room(out, session, count);
    for (size_t i = 0; code == EXIT_YES && i < count; i++) {
        code = read_name(session, texts[i], &out->items[i].name);
    }
    if (code != EXIT_YES) {
        return code;
    }
    out->count = count;
    own_entries_sort(out);
    return check_all(session, out);
}

static bool is_wanted(const struct session *session, const struct dossier *dossier,
                      const struct dossier_credential *credential, const struct codes *codes)
{
    const struct dossier_place *place = &credential->place;
    return !place->erased && actor_id_equal(&dossier_log_at(dossier, place)->author, &session->actor) &&
           codes_want(codes, credential->attestation.code);
}

static enum store_error read_dossier(struct dossier *out, struct session *session,
                                     const struct subject *subject)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error = store_dossier(txn, &session->home.network, session->trust, subject, DOSSIER_REACH_ALL, out,
                              &session->arena);
        store_end(txn);
    }
    return error;
}

static size_t count_wanted(const struct session *session, const struct dossier *dossier,
                           const struct codes *codes)
{
    size_t count = 0;
    for (size_t i = 0; i < dossier->credential_count; i++) {
        count += is_wanted(session, dossier, &dossier->credentials[i], codes);
    }
    return count;
}

/* Whether there may be more of this actor than the dossier holds, which says so of trusted authors alone. */
static bool is_too_much(const struct session *session, const struct dossier *dossier)
{
    size_t own = 0;
    const struct dossier_log *mine = dossier_log_of(dossier, &session->actor);
    for (size_t i = 0; i < dossier->credential_count; i++) {
        const struct dossier_log *log = dossier_log_at(dossier, &dossier->credentials[i].place);
        own += actor_id_equal(&log->author, &session->actor);
    }
    return dossier->cuts.credentials || own >= DOSSIER_CREDENTIALS_EACH_MAX ||
           (mine != NULL && mine->left_out);
}

static void add_wanted(struct own_entries *out, const struct session *session, const struct dossier *dossier,
                       const struct codes *codes)
{
    for (size_t i = 0; i < dossier->credential_count; i++) {
        const struct dossier_credential *credential = &dossier->credentials[i];
        if (is_wanted(session, dossier, credential, codes)) {
            struct own_entry *entry = &out->items[out->count++];
            *entry = (struct own_entry){.name = {.author = session->actor,
                                                 .seq = credential->place.seq,
                                                 .index = credential->place.index}};
            memcpy(entry->name.prefix, credential->place.leaf.bytes, sizeof(entry->name.prefix));
            keep_attestation(entry, &credential->attestation);
        }
    }
}

int own_entries_of(struct own_entries *out, struct session *session, const struct subject *subject,
                   const struct codes *codes)
{
    struct dossier dossier;
    enum store_error error = read_dossier(&dossier, session, subject);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    if (is_too_much(session, &dossier)) {
        return session_fail(
            &session->options, EXIT_BAD_INPUT, "too-many",
            "More was issued to %s than can be looked at together. Name the certificates one by "
            "one (tradeproof log --entries shows their names), or give them with --csv.",
            session_name_of(session, &subject->id));
    }
    int code = take_room(out, session, count_wanted(session, &dossier, codes));
    if (code != EXIT_YES) {
        return code;
    }
    add_wanted(out, session, &dossier, codes);
    return out->count > 0 ? EXIT_YES
                          : session_fail(&session->options, EXIT_BAD_INPUT, "not-found",
                                         "You have issued nothing like that to %s.",
                                         session_name_of(session, &subject->id));
}

enum store_error own_entries_add_of(struct own_entries *out, size_t capacity, size_t *found,
                                    struct session *session, const struct subject *subject,
                                    const struct codes *codes)
{
    size_t mark = arena_mark(&session->arena);
    struct dossier dossier;
    enum store_error error = read_dossier(&dossier, session, subject);
    if (error != STORE_OK) {
        return error;
    }
    *found = is_too_much(session, &dossier) ? SIZE_MAX : count_wanted(session, &dossier, codes);
    if (*found <= capacity - out->count) {
        add_wanted(out, session, &dossier, codes);
    }
    arena_rewind(&session->arena, mark);
    return STORE_OK;
}

/* ---- writing ---- */

/* Entries from first on that lie in one block, of which the same is stated, and that fit one record. */
struct span {
    size_t next; /* the first one that does not */
    size_t range_count;
    struct index_range ranges[STATUS_SPANS_MAX];
};

static bool is_stated_alike(const struct own_entry *a, const struct own_entry *b)
{
    return a->name.seq == b->name.seq && a->reason == b->reason && a->day == b->day &&
           a->replacement == b->replacement && a->suspended_again == b->suspended_again &&
           a->revoked_again == b->revoked_again;
}

static void span_from(struct span *span, const struct own_entries *entries, size_t first)
{
    span->range_count = 0;
    for (span->next = first; span->next < entries->count; span->next++) {
        const struct entry_name *name = &entries->items[span->next].name;
        struct index_range *last = &span->ranges[span->range_count > 0 ? span->range_count - 1 : 0];
        if (!is_stated_alike(&entries->items[span->next], &entries->items[first])) {
            return;
        }
        if (span->range_count > 0 && last->last + 1 == name->index) {
            last->last = name->index;
            continue;
        }
        if (span->range_count == STATUS_SPANS_MAX) {
            return;
        }
        span->ranges[span->range_count++] = (struct index_range){.first = name->index, .last = name->index};
    }
}

/* One block in the making, within what a status block may touch. */
struct writing {
    struct publisher *publisher;
    const struct own_entries_record *record;
    struct draft draft;
    size_t blocks_touched;
    size_t events; /* an entry counts as often as anything is stated of it */
    uint64_t last_touched;
    struct own_entries_written *written;
};

static void begin(struct writing *writing)
{
    publisher_draft(writing->publisher, &writing->draft, CLASS_STATUS);
    writing->blocks_touched = 0;
    writing->events = 0;
}

static int flush(struct writing *writing)
{
    struct published published;
    if (writing->draft.entry_count == 0) {
        return EXIT_YES;
    }
    int code = publisher_publish(writing->publisher, &writing->draft, &published);
    if (code != EXIT_YES) {
        return code;
    }
    if (writing->written->block_count == 0) {
        writing->written->first_seq = published.seq;
    }
    writing->written->block_count++;
    begin(writing);
    return EXIT_YES;
}

static bool try_span(struct writing *writing, const struct own_entry *first, const struct span *span,
                     size_t count)
{
    uint64_t seq = first->name.seq;
    const struct list ranges = {.items = span->ranges, .count = span->range_count};
    const size_t events = count * own_entry_statements(first, STATUS_REINSTATED).count;
    const struct draft before = writing->draft;
    bool is_same = writing->blocks_touched > 0 && writing->last_touched == seq;
    if ((!is_same && writing->blocks_touched == STATUS_BLOCKS_MAX) ||
        writing->events + events > writing->record->entries_max) {
        return false;
    }
    if (!writing->record->add(writing->record->context, &writing->draft, first, &ranges)) {
        writing->draft =
            before; /* reinstated in one block, suspended in the next, it would hold in between */
        return false;
    }
    writing->blocks_touched += is_same ? 0 : 1;
    writing->events += events;
    writing->last_touched = seq;
    return true;
}

static int write_all(struct writing *writing, const struct own_entries *entries)
{
    struct span span;
    begin(writing);
    for (size_t first = 0; first < entries->count; first = span.next) {
        const struct own_entry *about = &entries->items[first];
        span_from(&span, entries, first);
        if (try_span(writing, about, &span, span.next - first)) {
            continue;
        }
        int code = flush(writing);
        if (code != EXIT_YES) {
            return code;
        }
        bool fits = try_span(writing, about, &span, span.next - first);
        assert(fits); /* one record fits an empty block */
    }
    return flush(writing);
}

int own_entries_write(const struct own_entries *entries, struct publisher *publisher,
                      const struct own_entries_record *record, struct own_entries_written *written)
{
    struct writing writing = {.publisher = publisher, .record = record, .written = written};
    *written = (struct own_entries_written){0};
    return write_all(&writing, entries);
}

int own_entries_publish(const struct own_entries *entries, struct session *session,
                        const struct own_entries_record *record, struct own_entries_written *written)
{
    struct keyring *keyring = NULL;
    struct publisher publisher;
    int code = keyring_open(&keyring, session);
    if (code != EXIT_YES) {
        return code;
    }
    code = publisher_open(&publisher, session, keyring);
    if (code == EXIT_YES) {
        session->options.durable.rest = "Run the command again for the rest: what is said twice counts once.";
        code = own_entries_write(entries, &publisher, record, written);
        publisher_close(&publisher);
    }
    keyring_wipe(keyring);
    return code;
}

/* ---- telling ---- */

static json_t *json_of_names(const struct own_entries *entries, const struct session *session)
{
    char text[ENTRY_NAME_TEXT_MAX + 1];
    json_t *names = json_array();
    for (size_t i = 0; entries != NULL && i < entries->count; i++) {
        entry_name_to_text(text, &session->home.network, &entries->items[i].name);
        json_array_append_new(names, json_string(text));
    }
    return names;
}

static bool says_again(const struct own_entry *entry)
{
    return entry->suspended_again != 0 || entry->revoked_again != 0;
}

static json_t *json_of_said_again(const struct own_entries *entries, const struct session *session)
{
    char text[ENTRY_NAME_TEXT_MAX + 1];
    json_t *items = json_array();
    for (size_t i = 0; i < entries->count; i++) {
        const struct own_statements said = own_entry_statements(&entries->items[i], STATUS_REINSTATED);
        entry_name_to_text(text, &session->home.network, &entries->items[i].name);
        for (size_t k = 1; k < said.count; k++) {
            json_t *item = json_object();
            json_object_set_new(item, "entry", json_string(text));
            json_object_set_new(item, "action", json_string(status_action_word(said.items[k].action)));
            json_object_set_new(item, "from", json_of_day(said.items[k].day));
            json_object_set_new(item, "reinstated_from", json_of_day(entries->items[i].day));
            json_array_append_new(items, item);
        }
    }
    return items;
}

static int report_json(const struct own_entries *entries, const struct session *session,
                       const struct own_entries_done *done)
{
    bool any = done->written.block_count > 0;
    json_t *object = json_object();
    json_object_set_new(object, "action", json_string(done->action));
    json_object_set_new(object, "from", json_of_day(done->day));
    json_object_set_new(object, "first_block", any ? json_of_number(done->written.first_seq) : json_null());
    json_object_set_new(object, "blocks", json_of_number(any ? done->written.block_count : 0));
    json_object_set_new(object, "time", json_of_time(session_now_s()));
    json_object_set_new(object, "entries", json_of_names(entries, session));
    json_object_set_new(object, "said_again", json_of_said_again(entries, session));
    json_object_set_new(object, "unchanged", json_of_names(done->unchanged, session));
    json_object_set_new(object, "more", json_boolean(done->more));
    if (done->rows != NULL) {
        json_object_set_new(object, "refused", json_of_number(done->rows->refused));
        json_object_set(object, "refusals", done->rows->rows);
    }
    if (done->kept != NULL) {
        json_object_set_new(object, "kept", json_of_names(done->kept, session));
    }
    return json_output_take(object);
}

static void report_said_again(const struct own_entry *entry, const char *name)
{
    const struct own_statements said = own_entry_statements(entry, STATUS_REINSTATED);
    char day[DAY_TEXT_SIZE];
    printf("Stands as you said yourself, and said so again:");
    for (size_t i = 1; i < said.count; i++) {
        day_to_text(day, said.items[i].day);
        printf(" %s from %s,", status_action_word(said.items[i].action), day);
    }
    day_to_text(day, entry->day);
    printf(" reinstated from %s until then\n  %s\n", day, name);
}

static void report_entry(const struct own_entry *entry, const struct session *session,
                         const struct own_entries_done *done)
{
    char text[ENTRY_NAME_TEXT_MAX + 1];
    char from[8 + DAY_TEXT_SIZE] = "";
    if (entry->day != 0) {
        memcpy(from, " from ", 7);
        day_to_text(from + 6, entry->day);
    }
    entry_name_to_text(text, &session->home.network, &entry->name);
    if (says_again(entry)) {
        report_said_again(entry, text);
    } else if (entry->is_attestation) {
        printf("%s %s of %s%s\n  %s\n", done->did, entry->code, session_name_of(session, &entry->subject.id),
               from, text);
    } else {
        printf("%s %s%s\n", done->did, text, from);
    }
}

static bool is_revoked_instead(const struct own_entry *entry, const struct own_entries_done *done)
{
    return strcmp(done->action, status_action_word(STATUS_SUSPENDED)) == 0 &&
           entry->revoked_since <= entry->day;
}

static void report_revoked(const struct own_entry *entry, const struct session *session)
{
    char text[ENTRY_NAME_TEXT_MAX + 1], since[DAY_TEXT_SIZE];

    entry_name_to_text(text, &session->home.network, &entry->name);
    day_to_text(since, entry->revoked_since);
    printf("%s stands revoked, since %s: suspending it changes nothing, and nothing was written about it.\n",
           text, since);
}

/* What was said before, and so was not said again; and what goes before what was to be said. */
static void report_unchanged(const struct session *session, const struct own_entries_done *done)
{
    size_t count = done->unchanged != NULL ? done->unchanged->count : 0, revoked = 0;

    for (size_t i = 0; i < count; i++) {
        if (is_revoked_instead(&done->unchanged->items[i], done) && revoked++ < OWN_ENTRIES_TOLD_MAX) {
            report_revoked(&done->unchanged->items[i], session);
        }
    }
    if (revoked > OWN_ENTRIES_TOLD_MAX) {
        printf("... and %zu more stand revoked\n", revoked - OWN_ENTRIES_TOLD_MAX);
    }
    count -= revoked;
    if (count > 0) {
        printf("%zu %s stood so already, or had nothing to be %s: nothing was written about %s.\n", count,
               count == 1 ? "certificate" : "certificates", done->action, count == 1 ? "it" : "them");
    }
}

static void report_written(const struct own_entries *entries, const struct own_entries_done *done)
{
    char now[TIME_TEXT_SIZE];
    size_t again = 0;
    for (size_t i = 0; i < entries->count; i++) {
        again += says_again(&entries->items[i]);
    }
    time_to_text(now, session_now_s());
    printf("%zu %s", entries->count - again, done->action);
    if (again > 0) {
        printf(" and %zu stated again as %s", again, again == 1 ? "it stood" : "they stood");
    }
    printf(", durable at %s in block %" PRIu64, now, done->written.first_seq);
    if (done->written.block_count > 1) {
        printf(" to %" PRIu64, done->written.first_seq + done->written.block_count - 1);
    }
    printf("\n");
}

int own_entries_report(const struct own_entries *entries, const struct session *session,
                       const struct own_entries_done *done)
{
    if (session->options.json) {
        return report_json(entries, session, done);
    }
    for (size_t i = 0; i < entries->count && i < OWN_ENTRIES_TOLD_MAX; i++) {
        report_entry(&entries->items[i], session, done);
    }
    if (entries->count > OWN_ENTRIES_TOLD_MAX) {
        printf("... and %zu more\n", entries->count - OWN_ENTRIES_TOLD_MAX);
    }
    report_unchanged(session, done);
    if (entries->count > 0) {
        report_written(entries, done);
    }
    if (done->rows != NULL && done->rows->refused > 0) {
        printf("%" PRIu64 " row%s refused.\n", done->rows->refused, done->rows->refused == 1 ? "" : "s");
    }
    if (done->more) {
        printf("There is more than can be %s at once: run the command again for the rest.\n", done->action);
    }
    return EXIT_YES;
}
