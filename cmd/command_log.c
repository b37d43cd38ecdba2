#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/log_lines.h"
#include "cmd/number.h"
#include "cmd/words.h"

enum { COUNT_DEFAULT = 20, COUNT_MAX = 1000, COUNT_WITH_ENTRIES_MAX = 20, SHOWN_MAX = 3, HASH_DIGITS = 16 };

struct log_request {
    struct arguments arguments;
    const char *from_text;
    uint64_t count, first, last, end;
    bool entries;
    struct actor_id author;
    struct session *session;
    json_t *blocks; /* with --json */
    FILE *out;      /* else */
};

/* ---- words ---- */

static void print_sayings(FILE *out, const struct session *session, const struct own_sayings *sayings)
{
    const char *between = "";
    if (sayings->certificate_count > 0) {
        fprintf(out, "%" PRIu64 " certificate%s: ", sayings->certificate_count,
                sayings->certificate_count == 1 ? "" : "s");
        own_sayings_print_samples(out, session, sayings, SHOWN_MAX);
        between = "; ";
    }
    for (size_t i = 0; i < sayings->kept_count && i < SHOWN_MAX; i++) {
        fprintf(out, "%s%s", between, sayings->sayings[i].words);
        between = "; ";
    }
    if (sayings->saying_count > SHOWN_MAX) {
        fprintf(out, "; and %" PRIu64 " more", sayings->saying_count - SHOWN_MAX);
    }
    if (sayings->erased_count > 0) {
        fprintf(out, "%s%" PRIu64 " erased", between, sayings->erased_count);
    }
    fputc('\n', out);
}

static void print_side(FILE *out, const struct session *session, const struct log_side *side, uint64_t seq)
{
    char hex[2 * HASH_SIZE + 1];
    sodium_bin2hex(hex, sizeof hex, side->first.bytes, HASH_SIZE);
    fprintf(out, "%12s%s branch with another block %" PRIu64 ", %.*s...: ", "",
            side->dropped ? "a dropped" : "a", seq + 1, HASH_DIGITS, hex);
    print_sayings(out, session, &side->sayings);
}

static void name_entry(char *text, const struct network *network, const struct log_line *line, size_t index)
{
    struct entry_name name = {.author = line->block->header.author, .seq = line->seq, .index = index};
    memcpy(name.prefix, line->block->leaves[index].bytes, sizeof name.prefix);
    entry_name_to_text(text, network, &name);
}

static void print_entries(FILE *out, const struct network *network, const struct log_line *line)
{
    char text[ENTRY_NAME_TEXT_MAX + 1];
    for (size_t i = 0; i < line->block->entry_count; i++) {
        name_entry(text, network, line, i);
        fprintf(out, "%12s%s%s\n", "", text, line->block->entries[i].erased ? " (erased)" : "");
    }
}

static void print_line(void *context, const struct log_line *line)
{
    const struct log_request *request = context;
    FILE *out = request->out;
    const struct block_record *record = &line->record;
    char time[TIME_TEXT_SIZE] = "-                   ";
    /* Block 0 is the same whenever it is made: it bears no time. */
    if (line->seq > 0) {
        time_to_text(time, line->sayings.time_s);
    }
    fprintf(out, "%8" PRIu64 "  %s  ", line->seq, time);
    print_sayings(out, request->session, &line->sayings);
    if (request->entries) {
        print_entries(out, &request->session->home.network, line);
    }
    if (record->standing == STANDING_VOID) {
        fprintf(out, "%12svoid, by block %" PRIu64 " (%s)\n", "", record->void_seq,
                status_reason_word((enum status_reason)record->void_reason));
    }
    if (line->disputed) {
        fprintf(out, "%12sdisputed: the same keys signed another block in this place or before it\n", "");
    }
    for (size_t i = 0; i < line->side_count; i++) {
        print_side(out, request->session, &line->sides[i], line->seq);
    }
    if (line->more_sides) {
        fprintf(out, "%12sand more branches\n", "");
    }
}

/* Whoever reads this may wait for long, which a read transaction must not: it is written once that ended. */
static int report_words(struct log_request *request)
{
    char *text = NULL;
    size_t size = 0;
    int code;
    request->out = open_memstream(&text, &size);
    if (request->out == NULL) {
        return session_fail_store(&request->session->options, STORE_NO_MEMORY);
    }
    fprintf(request->out, "Blocks %" PRIu64 " to %" PRIu64 " of 0 to %" PRIu64 "%s\n", request->first,
            request->last, request->end, request->first > 0 ? " (earlier ones: --from 0)" : "");
    code = log_lines_each(request->session, &request->author, request->first, request->last, print_line,
                          request);
    if (fclose(request->out) != 0) {
        code = session_fail_store(&request->session->options, STORE_NO_MEMORY);
    } else {
        fwrite(text, 1, size, stdout);
    }
    free(text);
    return code;
}

/* ---- JSON ---- */

static json_t *json_of_sides(const struct session *session, const struct log_line *line)
{
    json_t *array = json_array();
    for (size_t i = 0; i < line->side_count; i++) {
        const struct log_side *side = &line->sides[i];
        json_t *object = json_object();
        json_object_set_new(object, "epoch", json_of_number(side->epoch));
        json_object_set_new(object, "first", json_of_hash(&side->first));
        json_object_set_new(object, "dropped", json_boolean(side->dropped));
        json_object_set_new(object, "says", json_of_sayings(session, &side->sayings));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *json_of_entries(const struct network *network, const struct log_line *line)
{
    char text[ENTRY_NAME_TEXT_MAX + 1];
    json_t *array = json_array();
    for (size_t i = 0; i < line->block->entry_count; i++) {
        name_entry(text, network, line, i);
        json_array_append_new(array, json_string(text));
    }
    return array;
}

static void add_json(void *context, const struct log_line *line)
{
    struct log_request *request = context;
    const struct block_record *record = &line->record;
    bool is_void = record->standing == STANDING_VOID;
    json_t *object = json_object();
    json_object_set_new(object, "seq", json_of_number(line->seq));
    json_object_set_new(object, "hash", json_of_hash(&record->hash));
    json_object_set_new(object, "epoch", json_of_number(record->epoch));
    json_object_set_new(object, "time", line->seq > 0 ? json_of_time(line->sayings.time_s) : json_null());
    json_object_set_new(object, "entries", json_of_number(record->entry_count));
    json_object_set_new(object, "certificates", json_of_number(line->sayings.certificate_count));
    json_object_set_new(object, "erased", json_of_number(line->sayings.erased_count));
    json_object_set_new(object, "says", json_of_sayings(request->session, &line->sayings));
    json_object_set_new(object, "void_by", is_void ? json_of_number(record->void_seq) : json_null());
    json_object_set_new(object, "disputed", json_boolean(line->disputed));
    json_object_set_new(object, "branches", json_of_sides(request->session, line));
    json_object_set_new(object, "more_branches", json_boolean(line->more_sides));
    if (request->entries) {
        json_object_set_new(object, "names", json_of_entries(&request->session->home.network, line));
    }
    json_array_append_new(request->blocks, object);
}

static int report_json(struct log_request *request)
{
    struct session *session = request->session;
    json_t *object;
    int code;
    request->blocks = json_array();
    code = log_lines_each(session, &request->author, request->first, request->last, add_json, request);
    if (code != EXIT_YES) {
        json_decref(request->blocks);
        return code;
    }
    object = json_object();
    json_object_set_new(object, "author",
                        json_of_id(ID_ACTOR, &session->home.network, &request->author.hash));
    json_object_set_new(object, "last", json_of_number(request->end));
    json_object_set_new(object, "blocks", request->blocks);
    return json_output_take(object);
}

/* ---- the request ---- */

static int read_author(struct log_request *request, struct session *session)
{
    if (request->arguments.count > 0) {
        return session_actor(session, request->arguments.values[0], &request->author);
    }
    request->author = session->actor;
    return session_need_actor(session);
}

/* Without --from the last ones. */
static int read_first(struct log_request *request, struct session *session)
{
    const char *end;
    if (request->from_text == NULL) {
        request->first = request->end >= request->count ? request->end + 1 - request->count : 0;
        return EXIT_YES;
    }
    if (!number_read(&request->first, request->from_text, &end, BLOCK_SEQ_MAX) || *end != '\0' ||
        request->first > request->end) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-block",
                            "\"%s\" is not a block of that log, which ends at block %" PRIu64 ".",
                            request->from_text, request->end);
    }
    return EXIT_YES;
}

static int show_log(struct session *session, void *argument)
{
    struct log_request *request = argument;
    int code = read_author(request, session);
    request->session = session;
    if (code == EXIT_YES) {
        code = log_lines_end(&request->end, session, &request->author);
    }
    if (code == EXIT_YES) {
        code = read_first(request, session);
    }
    if (code != EXIT_YES) {
        return code;
    }
    request->last =
        request->end - request->first >= request->count ? request->first + request->count - 1 : request->end;
    return session->options.json ? report_json(request) : report_words(request);
}

int command_log(int argc, char **argv)
{
    struct log_request request = {.count = COUNT_DEFAULT};
    const struct command_option options[] = {{"from", OPTION_TEXT, &request.from_text},
                                             {"count", OPTION_NUMBER, &request.count},
                                             {"entries", OPTION_FLAG, &request.entries}};
    int code = arguments_read(&request.arguments, "log", argc, argv, options,
                              sizeof options / sizeof options[0], 0, 1);
    if (code != EXIT_YES) {
        return code;
    }
    if (request.count < 1 || request.count > (request.entries ? COUNT_WITH_ENTRIES_MAX : COUNT_MAX)) {
        return command_usage_error(command_named("log"),
                                   "--count wants a number from 1 to %d, with --entries to %d.", COUNT_MAX,
                                   COUNT_WITH_ENTRIES_MAX);
    }
    return session_run(&request.arguments.session, SESSION_READ, show_log, &request);
}
