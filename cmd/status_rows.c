#include "cmd/status_rows.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/status_csv.h"
#include "protocol/base/sort.h"

enum { ROWS_MAX = OWN_ENTRIES_MAX };

struct reading {
    struct session *session;
    const struct status_rows_request *request;
    struct own_entries *entries; /* room for OWN_ENTRIES_MAX */
    size_t row_count;
    struct status_row_result *rows; /* room for ROWS_MAX and one that says that there are more */
    struct status_context context;
    struct status_file file;
};

static bool find_subject(void *caller, struct bytes text, struct subject *out)
{
    const struct session *session = caller;
    return session_named(session, text, out) == 1 ||
           subject_from_text(out, &session->home.network, text) == ID_OK;
}

/* ---- what rows name ---- */

static void state(struct reading *reading, const struct status_row *row, size_t first)
{
    for (size_t i = first; i < reading->entries->count; i++) {
        struct own_entry *entry = &reading->entries->items[i];
        entry->row = reading->row_count;
        entry->reason = row->reason;
        entry->day = row->from;
    }
}

static void add_entry(struct reading *reading, const struct status_row *row, struct status_row_result *result)
{
    struct own_entries *entries = reading->entries;
    if (!actor_id_equal(&row->name.author, &reading->session->actor)) {
        result->refusal = STATUS_ROW_OF_ANOTHER;
    } else if (entries->count == OWN_ENTRIES_MAX) {
        result->refusal = STATUS_ROW_TOO_MANY;
    } else {
        entries->items[entries->count++] = (struct own_entry){.name = row->name};
    }
}

static enum store_error add_technician(struct reading *reading, const struct status_row *row,
                                       struct status_row_result *result)
{
    const struct codes codes = {.count = 1, .items = {row->code}};
    size_t found = 0, before = reading->entries->count;
    enum store_error error = own_entries_add_of(reading->entries, OWN_ENTRIES_MAX, &found, reading->session,
                                                &row->subject, &codes);
    if (error == STORE_OK && reading->entries->count == before) {
        result->refusal = found == 0 ? STATUS_ROW_NOTHING_ISSUED : STATUS_ROW_TOO_MANY;
    }
    return error;
}

/* Returns: false at the end, and after an error. */
static bool read_row(struct reading *reading, enum store_error *error)
{
    struct status_row row;
    struct status_row_result *result = &reading->rows[reading->row_count];
    size_t before = reading->entries->count;
    if (!status_file_next(&reading->file, &row, result)) {
        return false;
    }
    if (reading->row_count == ROWS_MAX) {
        result->refusal = STATUS_ROW_TOO_MANY;
    }
    if (result->refusal == STATUS_ROW_ACCEPTED && row.is_entry) {
        add_entry(reading, &row, result);
    } else if (result->refusal == STATUS_ROW_ACCEPTED) {
        *error = add_technician(reading, &row, result);
    }
    state(reading, &row, before);
    reading->row_count++;
    return *error == STORE_OK && result->refusal != STATUS_ROW_TOO_MANY;
}

/* ---- what the log says ---- */

static void check_names(struct reading *reading)
{
    const struct own_entries *entries = reading->entries;
    for (size_t i = 0; i < entries->count; i++) {
        const struct own_entry *entry = &entries->items[i];
        struct status_row_result *row = &reading->rows[entry->row];
        const struct own_entry *first = i > 0 ? &entries->items[i - 1] : entry;
        if (entry->fault != OWN_ENTRY_FINE) {
            row->refusal =
                entry->fault == OWN_ENTRY_MISSING ? STATUS_ROW_NO_SUCH_ENTRY : STATUS_ROW_NO_CERTIFICATE;
        } else if (first != entry && entry_name_equal(&first->name, &entry->name)) {
            row->refusal = STATUS_ROW_DUPLICATE;
            row->first_line = reading->rows[first->row].line;
        }
    }
}

static void check_revoked(struct reading *reading, const struct own_entry *entry)
{
    struct status_row_result *row = &reading->rows[entry->row];
    if (reading->request->action != STATUS_REINSTATED || entry->revoked_since == DAY_NONE) {
        return;
    }
    if (!reading->request->revoked) {
        row->refusal = STATUS_ROW_STANDS_REVOKED;
        day_to_text(row->text, entry->revoked_since);
    } else if (entry->day < entry->revoked_stated) {
        row->refusal = STATUS_ROW_BEFORE_THE_REVOCATION;
        day_to_text(row->text, entry->revoked_stated);
    }
}

static enum store_error sift(struct reading *reading, struct own_entries *unchanged, struct store_txn *txn)
{
    struct own_entries *entries = reading->entries;
    enum store_error error = STORE_OK;
    size_t kept = 0;
    for (size_t i = 0; i < entries->count && error == STORE_OK; i++) {
        struct own_entry *entry = &entries->items[i];
        const struct own_entries_coming coming = {.action = reading->request->action, .day = entry->day};
        size_t mark = arena_mark(&reading->session->arena);
        bool is_news = false;
        if (reading->rows[entry->row].refusal != STATUS_ROW_ACCEPTED) {
            continue;
        }
        error = own_entries_ask_news(&is_news, entry, reading->session, txn, &coming);
        arena_rewind(&reading->session->arena, mark);
        if (is_news) {
            check_revoked(reading, entry);
            entries->items[kept++] = *entry;
        } else {
            unchanged->items[unchanged->count++] = *entry;
        }
    }
    entries->count = kept;
    return error;
}

/* A row of several certificates may turn out to be refused at its last one. */
static void drop_refused(const struct reading *reading, struct own_entries *entries)
{
    size_t kept = 0;
    for (size_t i = 0; i < entries->count; i++) {
        if (reading->rows[entries->items[i].row].refusal == STATUS_ROW_ACCEPTED) {
            entries->items[kept++] = entries->items[i];
        }
    }
    entries->count = kept;
}

static enum store_error check_against_log(struct reading *reading, struct own_entries *unchanged)
{
    struct own_entries *entries = reading->entries;
    struct store_txn *txn;
    sort_items(entries->items, entries->count, sizeof *entries->items, own_entries_order);
    enum store_error error = own_entries_check(entries, reading->session);
    if (error != STORE_OK) {
        return error;
    }
    check_names(reading);
    error = store_read_begin(&txn, reading->session->store);
    if (error == STORE_OK) {
        error = sift(reading, unchanged, txn);
        store_end(txn);
    }
    drop_refused(reading, entries);
    drop_refused(reading, unchanged);
    return error;
}

/* ---- all of it ---- */

static enum store_error read_rows(struct reading *reading, struct own_entries *unchanged)
{
    enum store_error error = STORE_OK;
    while (read_row(reading, &error)) {
    }
    return error == STORE_OK ? check_against_log(reading, unchanged) : error;
}

static void tell_refused(const struct reading *reading, struct csv_report *report)
{
    char words[512];
    for (size_t i = 0; i < reading->row_count; i++) {
        const struct status_row_result *row = &reading->rows[i];
        if (row->refusal != STATUS_ROW_ACCEPTED) {
            status_refusal_words(words, sizeof words, row);
            csv_report_refused(report, row->line, status_refusal_word(row), words, bytes_of(NULL, 0));
        }
    }
}

static int read_file(struct reading *reading, struct own_entries *unchanged, struct csv_report *report)
{
    const struct session_options *options = &reading->session->options;
    struct csv_header_refused refused;
    enum csv_header header = status_file_header(&reading->file, &refused);
    int code = csv_header_fail(options, header, &refused, &reading->file.columns);
    if (code != EXIT_YES) {
        return code;
    }
    enum store_error error = read_rows(reading, unchanged);
    if (error != STORE_OK) {
        return session_fail_store(options, error);
    }
    tell_refused(reading, report);
    return EXIT_YES;
}

static bool take_room(struct reading *reading, struct own_entries *entries, struct own_entries *unchanged)
{
    struct arena *arena = &reading->session->arena;
    *entries = (struct own_entries){.items = arena_take(arena, OWN_ENTRIES_MAX * sizeof *entries->items)};
    *unchanged = (struct own_entries){.items = arena_take(arena, OWN_ENTRIES_MAX * sizeof *unchanged->items)};
    reading->entries = entries;
    return entries->items != NULL && unchanged->items != NULL;
}

int status_rows_read(struct own_entries *entries, struct own_entries *unchanged, struct csv_report *report,
                     struct session *session, const struct status_rows_request *request)
{
    struct reading *reading = calloc(1, sizeof *reading);
    int fd;
    if (reading == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    reading->session = session;
    reading->request = request;
    reading->context = (struct status_context){.network = &session->home.network,
                                               .caller = session,
                                               .subject = find_subject,
                                               .reason = request->reason,
                                               .from = request->from};
    reading->rows = calloc(ROWS_MAX + 1, sizeof *reading->rows);
    int code = reading->rows != NULL && take_room(reading, entries, unchanged)
                   ? csv_file_open(&fd, &session->options, request->path)
                   : session_fail_store(&session->options, STORE_NO_MEMORY);
    if (code == EXIT_YES) {
        const struct csv_source source = csv_file_source(&fd);
        status_file_init(&reading->file, &source, &reading->context);
        code = read_file(reading, unchanged, report);
        csv_file_close(fd);
    }
    free(reading->rows);
    free(reading);
    return code;
}
