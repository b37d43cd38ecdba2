#include "cmd/csv_report.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/csv_columns.h"
#include "cmd/exit_codes.h"

enum { TELL_EACH_MS = 1000 };

static uint64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int fail_file(const struct csv_report *report)
{
    return session_fail(report->options, errno == ENOSPC ? EXIT_NO_ROOM : EXIT_SYSTEM, "report-not-written",
                        "The report %s could not be written: %s.", report->path, strerror(errno));
}

static void write_own(FILE *file, struct bytes row)
{
    if (row.size > 0) {
        fputc(',', file);
        fwrite(row.data, 1, row.size, file);
    }
    fputc('\n', file);
}

int csv_report_open(struct csv_report *report, const struct session_options *options, const char *path,
                    struct bytes columns)
{
    *report = (struct csv_report){
        .options = options,
        .path = path,
        .rows = options->json ? json_array() : NULL,
        .started_ms = monotonic_ms(),
        .on_terminal = isatty(STDERR_FILENO) == 1,
    };
    report->told_ms = report->started_ms;
    if (path == NULL) {
        return EXIT_YES;
    }
    report->file = fopen(path, "we");
    if (report->file == NULL) {
        return fail_file(report);
    }
    for (size_t i = 0; i < CSV_REPORT_FIELDS; i++) {
        fprintf(report->file, "%s%s", i == 0 ? "" : ",", csv_report_fields[i]);
    }
    write_own(report->file, columns);
    return EXIT_YES;
}

static void end_line(struct csv_report *report)
{
    if (report->line_open) {
        fputc('\n', stderr);
        report->line_open = false;
    }
}

static void write_row(FILE *file, uint64_t line, const char *word, const char *words, struct bytes row)
{
    fprintf(file, "%" PRIu64 ",%s,\"", line, word);
    for (const char *at = words; *at != '\0'; at++) {
        fputs(*at == '"' ? "\"" : "", file);
        fputc(*at, file);
    }
    fputc('"', file);
    write_own(file, row);
}

void csv_report_refused(struct csv_report *report, uint64_t line, const char *word, const char *words,
                        struct bytes row)
{
    bool is_told = report->refused < CSV_TOLD_MAX;
    report->refused++;
    if (!is_told && report->file == NULL && report->rows == NULL) {
        return;
    }
    if (is_told) {
        end_line(report);
        fprintf(stderr, "line %" PRIu64 ": %s\n", line, words);
    }
    if (report->file != NULL) {
        write_row(report->file, line, word, words, row);
    }
    if (report->rows != NULL && json_array_size(report->rows) < CSV_JSON_MAX) {
        json_array_append_new(report->rows, json_pack("{s:I, s:s, s:s}", "line", (json_int_t)line, "reason",
                                                      word, "message", words));
    }
}

void csv_report_progress(struct csv_report *report, uint64_t issued)
{
    uint64_t now_ms = monotonic_ms();
    if (now_ms - report->told_ms < TELL_EACH_MS) {
        return;
    }
    report->told_ms = now_ms;
    uint64_t rate = issued * 1000 / (now_ms - report->started_ms);
    fprintf(stderr, "%s%" PRIu64 " issued, %" PRIu64 " refused, %" PRIu64 " a second%s",
            report->on_terminal ? "\r" : "", issued, report->refused, rate, report->on_terminal ? " " : "\n");
    report->line_open = report->on_terminal;
}

int csv_report_close(struct csv_report *report)
{
    FILE *file = report->file;
    end_line(report);
    if (report->refused > CSV_TOLD_MAX) {
        fprintf(stderr, "... and %" PRIu64 " more%s\n", report->refused - CSV_TOLD_MAX,
                file == NULL && report->rows == NULL ? "; --report FILE writes all of them" : "");
    }
    report->file = NULL;
    if (file == NULL) {
        return EXIT_YES;
    }
    bool failed = ferror(file) != 0;
    return fclose(file) != 0 || failed ? fail_file(report) : EXIT_YES;
}
