#include "cmd/issue_report.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/exit_codes.h"

enum { WORDS_SIZE = 512, TELL_EACH_MS = 1000 };

static uint64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int fail_file(const struct issue_report *report)
{
    return session_fail(report->options, errno == ENOSPC ? EXIT_NO_ROOM : EXIT_SYSTEM, "report-not-written",
                        "The report %s could not be written: %s.", report->path, strerror(errno));
}

int issue_report_open(struct issue_report *report, const struct session_options *options,
                      struct issue_rules *rules, const char *path)
{
    *report = (struct issue_report){
        .options = options,
        .path = path,
        .rules = rules,
        .today = session_today(),
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
    fprintf(report->file, "line,reason,message\n");
    return EXIT_YES;
}

static void end_line(struct issue_report *report)
{
    if (report->line_open) {
        fputc('\n', stderr);
        report->line_open = false;
    }
}

/* Words with a suggestion behind them where one helps. */
static void words_of(struct issue_report *report, const struct issue_refused *refused, char words[WORDS_SIZE])
{
    char suggestion[CODE_SIZE_MAX + 1];
    issue_refusal_words(words, WORDS_SIZE, refused);
    if (refused->refusal == ISSUE_RULES && refused->reason == REASON_UNKNOWN_CODE &&
        issue_rules_suggest(report->rules, bytes_of_string(refused->text), report->today, suggestion)) {
        size_t size = strlen(words);
        snprintf(words + size, WORDS_SIZE - size, "; did you mean %s?", suggestion);
    }
}

static void write_row(FILE *file, uint64_t line, const char *word, const char *words)
{
    fprintf(file, "%" PRIu64 ",%s,\"", line, word);
    for (const char *at = words; *at != '\0'; at++) {
        fputs(*at == '"' ? "\"" : "", file);
        fputc(*at, file);
    }
    fputs("\"\n", file);
}

void issue_report_refused(struct issue_report *report, const struct issue_refused *refused)
{
    const char *word = issue_refusal_word(refused);
    char words[WORDS_SIZE];
    bool is_told = report->refused < ISSUE_TOLD_MAX;
    report->refused++;
    if (!is_told && report->file == NULL && report->rows == NULL) {
        return;
    }
    words_of(report, refused, words);
    if (is_told) {
        end_line(report);
        fprintf(stderr, "line %" PRIu64 ": %s\n", refused->line, words);
    }
    if (report->file != NULL) {
        write_row(report->file, refused->line, word, words);
    }
    if (report->rows != NULL && json_array_size(report->rows) < ISSUE_JSON_MAX) {
        json_array_append_new(report->rows, json_pack("{s:I, s:s, s:s}", "line", (json_int_t)refused->line,
                                                      "reason", word, "message", words));
    }
}

void issue_report_progress(struct issue_report *report, uint64_t issued)
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

int issue_report_close(struct issue_report *report)
{
    FILE *file = report->file;
    end_line(report);
    if (report->refused > ISSUE_TOLD_MAX) {
        fprintf(stderr, "... and %" PRIu64 " more%s\n", report->refused - ISSUE_TOLD_MAX,
                file == NULL && report->rows == NULL ? "; --report FILE writes all of them" : "");
    }
    report->file = NULL;
    if (file == NULL) {
        return EXIT_YES;
    }
    bool failed = ferror(file) != 0;
    return fclose(file) != 0 || failed ? fail_file(report) : EXIT_YES;
}
