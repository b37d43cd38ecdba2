#include "cmd/issue_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cmd/csv_report.h"
#include "cmd/interrupt.h"
#include "cmd/verdict_json.h"
#include "cmd/words.h"

enum { WAITING_TOLD_MAX = 20, WAITING_JSON_MAX = 1000 };

static void report_refused(struct csv_report *report, struct issue *issue, const struct issue_file *file,
                           const struct issue_refused *refused)
{
    char words[ISSUE_WORDS_SIZE];
    issue_explain(words, issue, refused, bytes_of_string(refused->text));
    csv_report_refused(report, refused->line, issue_refusal_word(refused), words, issue_file_row(file));
}

/* Rows that are tests passed, and no certificates yet by what was known when they were read. */
struct waiting {
    uint64_t count;
    json_t *rows; /* the first ones; NULL without --json */
};

/* How much a row amounts to is worked out once more where it is told, and not for each of a million. */
static void tell_waiting(struct waiting *waiting, struct issue *issue, const struct issue_row *row)
{
    size_t mark = arena_mark(&issue->session.arena);
    size_t told_max = waiting->rows != NULL ? WAITING_JSON_MAX : WAITING_TOLD_MAX;
    waiting->count++;
    if (waiting->count > told_max) {
        return;
    }
    const struct code_verdict amounts = issue_amounts(issue, &row->attestation);
    if (waiting->rows == NULL) {
        printf("line %" PRIu64 ": %.*s: ", row->line, (int)amounts.code.size,
               (const char *)amounts.code.data);
        issue_tell_missing(&amounts);
    } else {
        json_t *object = json_object();
        json_object_set_new(object, "line", json_of_number(row->line));
        json_object_set_new(object, "code", json_of_text(amounts.code));
        json_object_set_new(object, "missing", verdict_json_missing(amounts.missing, amounts.missing_count));
        json_array_append_new(waiting->rows, object);
    }
    arena_rewind(&issue->session.arena, mark);
}

/* What is said of the file on the way. */
struct telling {
    struct csv_report report;
    struct waiting waiting;
    uint64_t stopped_line; /* Ctrl-C: this one and those after it are left; 0: none came */
};

/* So many may be noted of one row. */
static int make_room(struct issue *issue)
{
    return issue->corrections->count + ISSUE_REPLACED_MAX <= ISSUE_CORRECTIONS_MAX
               ? EXIT_YES
               : issue_batch_flush(issue->batch);
}

static int skip_row(struct issue *issue, const struct issue_row *row)
{
    const struct issue_successor by = {.is_durable = true, .name = issue->before->which->name};
    issue->same_count++;
    issue_note_replaced(issue, &row->attestation, &by);
    return EXIT_YES;
}

static int sign_row(struct issue *issue, const struct issue_row *row, struct telling *telling)
{
    uint64_t blocks = issue->batch->block_count;
    issue_warn_of_end(issue, &row->attestation);
    if (issue_counts_waits(issue->counts)) {
        tell_waiting(&telling->waiting, issue, row);
    }
    int code = issue_batch_add(issue->batch, &row->attestation, row->line);
    if (code != EXIT_YES) {
        return code;
    }
    const struct issue_successor by = {.name.index = issue_batch_index(issue->batch)};
    issue->again_count += issue->before->answer == ISSUED_TAKEN_BACK;
    issue_note_replaced(issue, &row->attestation, &by);
    issue_counts_add(issue->counts, &row->attestation);
    if (issue->batch->block_count != blocks) {
        csv_report_progress(&telling->report, issue->batch->issued);
    }
    return EXIT_YES;
}

static int issue_row(struct issue *issue, const struct issue_row *row, struct telling *telling)
{
    int code = make_room(issue);
    if (code == EXIT_YES && issue->corrections->count + ISSUE_REPLACED_MAX > ISSUE_CORRECTIONS_MAX) {
        code = issue_state_replaced(issue); /* by what stood before: no block was at hand */
    }
    if (code != EXIT_YES) {
        return code;
    }
    return issue->before->answer == ISSUED_SAME ? skip_row(issue, row) : sign_row(issue, row, telling);
}

/* The block at hand, and what it and those that stand replace. */
static int finish(struct issue *issue)
{
    int code = issue_batch_flush(issue->batch);
    return code == EXIT_YES ? issue_state_replaced(issue) : code;
}

/* The row that Ctrl-C came in is perhaps not read to its end: it is left. */
static int take_rows(struct issue *issue, struct issue_file *file, struct telling *telling)
{
    struct issue_refused refused;
    struct issue_row row;
    for (;;) {
        enum issue_step step = issue_file_next(file, &row, &refused);
        if (interrupt_came()) {
            telling->stopped_line = refused.line;
            return finish(issue);
        }
        if (step == ISSUE_END) {
            return finish(issue);
        }
        int code = issue_store_code(issue, EXIT_YES);
        if (code == EXIT_YES && step == ISSUE_REFUSED) {
            report_refused(&telling->report, issue, file, &refused);
        } else if (code == EXIT_YES) {
            code = issue_row(issue, &row, telling);
        }
        if (code != EXIT_YES) {
            return code;
        }
    }
}

static json_t *json_of_file(struct issue *issue, struct telling *telling)
{
    const struct issue_batch *batch = issue->batch;
    bool dry_run = issue->request->dry_run;
    json_t *object = json_object();
    json_object_set_new(object, "issued", json_of_number(dry_run ? 0 : batch->issued));
    json_object_set_new(object, "acceptable", json_of_number(batch->issued));
    json_object_set_new(object, "dry_run", json_boolean(dry_run));
    json_object_set_new(object, "refused", json_of_number(telling->report.refused));
    json_object_set_new(object, "blocks", json_of_number(batch->block_count));
    json_object_set_new(object, "first_block",
                        batch->block_count > 0 ? json_of_number(batch->first_seq) : json_null());
    json_object_set_new(object, "refusals", telling->report.rows);
    telling->report.rows = NULL;
    json_object_set_new(object, "same", json_of_number(issue->same_count));
    json_object_set_new(object, "replaced", json_of_number(issue->replaced_count));
    json_object_set_new(object, "again", json_of_number(issue->again_count));
    json_object_set_new(object, "stopped_line",
                        telling->stopped_line > 0 ? json_of_number(telling->stopped_line) : json_null());
    json_object_set_new(object, "waiting", json_of_number(telling->waiting.count));
    json_object_set(object, "waiting_rows", telling->waiting.rows);
    json_object_set_new(object, "accreditation_ended", json_of_ended(issue));
    return object;
}

/* What became of rows that were not simply issued. */
static void tell_others(const struct issue *issue, const struct telling *telling)
{
    const char *would = issue->request->dry_run ? "would be " : "";
    if (issue->same_count > 0) {
        printf("%" PRIu64 " row%s the same as what you issued before, which stands: skipped\n",
               issue->same_count, issue->same_count == 1 ? " says" : "s say");
    }
    if (issue->again_count > 0) {
        printf("%" PRIu64 " taken back before %sissued again (%s)\n", issue->again_count, would,
               issue->request->again);
    }
    if (issue->replaced_count > 0) {
        printf("%" PRIu64 " of yours before %sreplaced\n", issue->replaced_count, would);
    }
    if (telling->stopped_line > 0) {
        printf("Stopped before line %" PRIu64
               ": what is told here is durable, and nothing else was signed. Run it again for the rest: what "
               "stands is skipped.\n",
               telling->stopped_line);
    }
}

static int tell_file(struct issue *issue, struct telling *telling)
{
    const struct issue_batch *batch = issue->batch;
    const struct waiting *waiting = &telling->waiting;
    const struct csv_report *report = &telling->report;
    bool dry_run = issue->request->dry_run;
    if (issue->session.options.json) {
        return json_output_take(json_of_file(issue, telling));
    }
    if (waiting->count > WAITING_TOLD_MAX) {
        printf("... and %" PRIu64 " more tests that are no certificates yet\n",
               waiting->count - WAITING_TOLD_MAX);
    }
    printf("%s %" PRIu64 " certificate%s", dry_run ? "Would issue" : "Issued", batch->issued,
           batch->issued == 1 ? "" : "s");
    if (batch->block_count > 0) {
        printf(" in %" PRIu64 " block%s (%" PRIu64 " to %" PRIu64 ")", batch->block_count,
               batch->block_count == 1 ? "" : "s", batch->first_seq, batch->last.seq);
    }
    if (report->refused > 0) {
        printf("; %" PRIu64 " row%s refused", report->refused, report->refused == 1 ? "" : "s");
    }
    printf("\n");
    tell_others(issue, telling);
    return EXIT_YES;
}

static int file_code(const struct issue *issue, const struct telling *telling)
{
    if (telling->stopped_line > 0) {
        return EXIT_PARTLY;
    }
    if (issue->batch->issued + issue->same_count == 0) {
        return EXIT_BAD_INPUT;
    }
    return telling->report.refused > 0 ? EXIT_PARTLY : EXIT_YES;
}

/* Writing the report would empty what is being read. */
static int check_report(const struct issue *issue, int fd)
{
    struct stat report, file;
    if (issue->request->report == NULL || stat(issue->request->report, &report) != 0 ||
        fstat(fd, &file) != 0 || !S_ISREG(file.st_mode) || report.st_dev != file.st_dev ||
        report.st_ino != file.st_ino) {
        return EXIT_YES;
    }
    return session_fail(&issue->session.options, EXIT_USAGE, "report-is-the-file",
                        "--report names the file that is read: name another one. Nothing was issued.");
}

static int report_rows(struct issue *issue, struct issue_file *file)
{
    struct telling telling = {.stopped_line = 0};
    int code = csv_report_open(&telling.report, &issue->session.options, issue->request->report,
                               issue_file_row(file));
    if (code != EXIT_YES) {
        return code;
    }
    telling.waiting.rows = issue->session.options.json ? json_array() : NULL;
    code = take_rows(issue, file, &telling);
    int report_code = csv_report_close(&telling.report);
    if (code == EXIT_YES) {
        code = tell_file(issue, &telling);
    }
    json_decref(telling.waiting.rows);
    json_decref(telling.report.rows);
    if (code == EXIT_YES) {
        code = report_code;
    }
    return code == EXIT_YES ? file_code(issue, &telling) : code;
}

static int issue_open_file(struct issue *issue, int *fd)
{
    const struct csv_source source = csv_file_source(fd);
    struct csv_header_refused refused;
    struct issue_file *file = issue_file_create(&source, &issue->context);
    if (file == NULL) {
        return session_fail_store(&issue->session.options, STORE_NO_MEMORY);
    }
    enum csv_header header = issue_file_header(file, &refused);
    int code = csv_header_fail(&issue->session.options, header, &refused, issue_file_columns(file));
    if (code == EXIT_YES) {
        code = check_report(issue, *fd);
    }
    if (code == EXIT_YES) {
        code = issue_open_log(issue);
    }
    if (code == EXIT_YES) {
        interrupt_catch();
        code = report_rows(issue, file);
    }
    issue_file_destroy(file);
    return code;
}

int issue_rows(struct issue *issue)
{
    int fd;
    int code = csv_file_open(&fd, &issue->session.options, issue->request->csv);
    if (code != EXIT_YES) {
        return code;
    }
    code = issue_open_file(issue, &fd);
    csv_file_close(fd);
    return code;
}
