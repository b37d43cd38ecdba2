#include <inttypes.h>
#include <string.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/confirm.h"
#include "cmd/number.h"
#include "cmd/own_void.h"
#include "cmd/publish.h"
#include "cmd/words.h"

struct void_request {
    struct arguments arguments;
    const char *reason;
    bool branch;
    bool yes;
};

static int parse(struct void_request *request, int argc, char **argv)
{
    const struct command_option options[] = {{"branch", OPTION_FLAG, &request->branch},
                                             {"reason", OPTION_TEXT, &request->reason},
                                             {"yes", OPTION_FLAG, &request->yes}};
    int code = arguments_read(&request->arguments, "void", argc, argv, options,
                              sizeof options / sizeof options[0], 1, 3);

    if (code == EXIT_YES && request->arguments.count != (request->branch ? 3 : 1)) {
        return command_usage_error(command_named("void"),
                                   "give FIRST-LAST, or --branch and its three values.");
    }
    return code;
}

/* "41-43", or "41" for one block */
static int read_range(struct void_record *record, const struct session *session, const char *text)
{
    const char *end = text;
    bool good = number_read(&record->range.first, text, &end, BLOCK_SEQ_MAX);

    record->range.last = record->range.first;
    if (good && *end == '-') {
        good = number_read(&record->range.last, end + 1, &end, BLOCK_SEQ_MAX);
    }
    if (!good || *end != '\0' || record->range.last < record->range.first) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-range",
                            "\"%s\" is not a range of blocks, such as 41-43.", text);
    }
    record->has_range = true;
    return EXIT_YES;
}

static int read_hash(struct hash *hash, const struct session *session, const char *text)
{
    size_t size = 0;

    if (strlen(text) == (size_t)2 * HASH_SIZE &&
        sodium_hex2bin(hash->bytes, sizeof hash->bytes, text, strlen(text), NULL, &size, NULL) == 0 &&
        size == HASH_SIZE) {
        return EXIT_YES;
    }
    return session_fail(&session->options, EXIT_BAD_INPUT, "bad-hash",
                        "\"%s\" is not the hash of a block: 64 hexadecimal digits.", text);
}

static int read_branch(struct void_record *record, const struct session *session, char **arguments)
{
    const char *end;
    int code;

    if (!number_read(&record->branch.epoch, arguments[0], &end, EPOCH_MAX) || *end != '\0') {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-epoch",
                            "\"%s\" is not an epoch's number.", arguments[0]);
    }
    record->has_branch = true;
    code = read_hash(&record->branch.fork_parent, session, arguments[1]);
    return code == EXIT_YES ? read_hash(&record->branch.first, session, arguments[2]) : code;
}

static int read_reason(struct void_record *record, const struct session *session, const char *text)
{
    enum status_reason reason = STATUS_REASON_KEY_COMPROMISE;

    if (text && !status_reason_of_word(&reason, bytes_of_string(text))) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-reason", "\"%s\" is none of: %s.", text,
                            STATUS_REASON_WORDS);
    }
    record->reason = reason;
    return EXIT_YES;
}

/* A mistyped number costs somebody's certificates. */
static int ask(const struct void_request *request, struct session *session, const struct void_record *record,
               struct own_sayings *sayings)
{
    int code = own_void_read(sayings, session, record);

    if (code != EXIT_YES) {
        return code;
    }
    if (record->has_range && sayings->block_count == 0) {
        return EXIT_YES; /* all void already: there is nothing to agree to */
    }
    if (!session->options.json) {
        own_void_print(session, record, sayings);
    }
    return confirm(session, request->yes, "Declare that void?");
}

/* ---- a branch ---- */

static json_t *json_of_voided(const struct session *session, const struct published *published,
                              const struct own_sayings *sayings)
{
    json_t *object = json_object();

    json_object_set_new(object, "author", json_of_id(ID_ACTOR, &session->home.network, &session->actor.hash));
    if (published != NULL) {
        json_object_set_new(object, "seq", json_of_number(published->seq));
        json_object_set_new(object, "block", json_of_hash(&published->hash));
    }
    json_object_set_new(object, "voided_blocks", json_of_number(sayings->block_count));
    json_object_set_new(object, "voided_certificates", json_of_number(sayings->certificate_count));
    json_object_set_new(object, "voided_against", json_of_number(sayings->against_count));
    json_object_set_new(object, "voided_says", json_of_sayings(session, sayings));
    return object;
}

static int report_void_already(const struct session *session)
{
    if (session->options.json) {
        return json_output_take(json_of_voided(session, NULL, &(struct own_sayings){0}));
    }
    puts("That branch is void already: nothing was signed.");
    return EXIT_YES;
}

static int void_branch(struct session *session, const struct void_request *request,
                       const struct void_record *record)
{
    struct own_sayings sayings;
    struct published published;
    bool named = false;
    int code = own_void_names_branch(&named, session, record);

    if (code != EXIT_YES || named) {
        return code == EXIT_YES ? report_void_already(session) : code;
    }
    code = ask(request, session, record, &sayings);
    if (code == EXIT_YES) {
        code = publish_one(session, ENTRY_VOID, record, &published);
    }
    if (code != EXIT_YES) {
        return code;
    }
    return session->options.json ? json_output_take(json_of_voided(session, &published, &sayings))
                                 : publish_report(session, &published, "It is declared void.");
}

/* ---- a range ---- */

struct telling {
    const struct session *session;
    uint64_t parts; /* that it takes */
    json_t *blocks; /* those signed */
};

/* So that whoever interrupts it, or is, knows what is done. */
static void tell_part(void *context, const struct own_voided *voided)
{
    const struct telling *telling = context;
    json_t *object = json_object();

    json_object_set_new(object, "seq", json_of_number(voided->last.seq));
    json_object_set_new(object, "block", json_of_hash(&voided->last.hash));
    json_array_append_new(telling->blocks, object);
    if (telling->parts > 1 && !telling->session->options.json) {
        fprintf(stderr,
                "Void through block %" PRIu64 " (block %" PRIu64 " of your log, %" PRIu64 " of %" PRIu64
                ").\n",
                voided->through, voided->last.seq, voided->part_count, telling->parts);
    }
}

static int say_stopped(const struct session *session, const struct own_voided *voided, int code)
{
    if (voided->part_count > 0 && !session->options.json) {
        fprintf(stderr,
                "What was said through block %" PRIu64 " is declared void, the rest is not: the same command "
                "again goes on with it.\n",
                voided->through);
    }
    return code;
}

static int report_range(const struct telling *telling, const struct own_voided *voided,
                        const struct own_sayings *sayings)
{
    const struct published *last = voided->part_count > 0 ? &voided->last : NULL;

    if (telling->session->options.json) {
        json_t *object = json_of_voided(telling->session, last, sayings);

        json_object_set(object, "blocks", telling->blocks);
        return json_output_take(object);
    }
    if (last == NULL) {
        puts("All of it is void already: nothing was signed.");
        return EXIT_YES;
    }
    if (voided->part_count > 1) {
        printf("It is declared void, by %" PRIu64 " blocks. (the last is block %" PRIu64 ")\n",
               voided->part_count, last->seq);
        return EXIT_YES;
    }
    return publish_report(telling->session, last, "It is declared void.");
}

static int publish_range(struct session *session, const struct void_record *record, struct telling *telling,
                         struct own_voided *voided)
{
    struct keyring *keyring = NULL;
    struct publisher publisher;
    int code = keyring_open(&keyring, session);

    if (code != EXIT_YES) {
        return code;
    }
    code = publisher_open(&publisher, session, keyring);
    if (code == EXIT_YES) {
        code = own_void_publish(voided, &publisher, record, VOID_BLOCKS_MAX, tell_part, telling);
        publisher_close(&publisher);
    }
    keyring_wipe(keyring);
    return code;
}

static int void_range(struct session *session, const struct void_request *request,
                      const struct void_record *record)
{
    struct telling telling = {.session = session};
    struct own_voided voided = {0};
    struct own_sayings sayings;
    int code = ask(request, session, record, &sayings);

    if (code != EXIT_YES) {
        return code;
    }
    telling.parts = own_void_parts(sayings.block_count);
    telling.blocks = json_array();
    if (sayings.block_count > 0) {
        code = publish_range(session, record, &telling, &voided);
    }
    code = code == EXIT_YES ? report_range(&telling, &voided, &sayings) : say_stopped(session, &voided, code);
    json_decref(telling.blocks);
    return code;
}

static int void_blocks(struct session *session, void *argument)
{
    const struct void_request *request = argument;
    struct void_record record = {0};
    int code = session_need_actor(session);

    if (code == EXIT_YES) {
        code = request->branch ? read_branch(&record, session, request->arguments.values)
                               : read_range(&record, session, request->arguments.values[0]);
    }
    if (code == EXIT_YES) {
        code = read_reason(&record, session, request->reason);
    }
    if (code != EXIT_YES) {
        return code;
    }
    return record.has_range ? void_range(session, request, &record) : void_branch(session, request, &record);
}

int command_void(int argc, char **argv)
{
    struct void_request request = {0};
    int code = parse(&request, argc, argv);

    return code == EXIT_YES ? session_run(&request.arguments.session, SESSION_WRITE, void_blocks, &request)
                            : code;
}
