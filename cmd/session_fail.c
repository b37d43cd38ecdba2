#include "cmd/session.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/reasons.h"
#include "node/clock.h"
#include "node/control.h"

/* Errors in words: one sentence, said once. */

enum { SENTENCE_SIZE_MAX = 2048, DURABLE_SIZE_MAX = 512 };

static void add_durable(json_t *object, const struct session_durable *durable)
{
    json_object_set_new(object, "durable_blocks", json_integer((json_int_t)durable->block_count));
    json_object_set_new(object, "first_block", json_integer((json_int_t)durable->first_seq));
    if (durable->issued > 0) {
        json_object_set_new(object, "issued", json_integer((json_int_t)durable->issued));
    }
    if (durable->rest_line > 0) {
        json_object_set_new(object, "rest_line", json_integer((json_int_t)durable->rest_line));
    }
}

static void print_json_error(const char *word, const char *sentence, const struct session_durable *durable)
{
    json_t *object = json_pack("{s:s, s:s}", "error", word, "message", sentence);
    if (object && durable->block_count > 0) {
        add_durable(object, durable);
    }
    char *text = object ? json_dumps(object, JSON_PRESERVE_ORDER) : NULL;

    if (text) {
        printf("%s\n", text);
    } else {
        printf("{\"error\": \"%s\"}\n", word);
    }
    free(text);
    json_decref(object);
}

/* What is durable by then, and what to do about the rest. */
static void durable_words(char words[DURABLE_SIZE_MAX], const struct session_durable *durable)
{
    if (durable->block_count == 0) {
        return;
    }
    int size = snprintf(words, DURABLE_SIZE_MAX,
                        " What was signed is durable, in %" PRIu64 " block%s from block %" PRIu64 " on",
                        durable->block_count, durable->block_count == 1 ? "" : "s", durable->first_seq);
    char *end = words + size;
    if (durable->rest_line > 0) {
        snprintf(end, DURABLE_SIZE_MAX - (size_t)size,
                 ": %" PRIu64
                 " certificate%s issued. Run it again for the rest, which begins with line %" PRIu64
                 ": what stands is skipped.",
                 durable->issued, durable->issued == 1 ? " is" : "s are", durable->rest_line);
    } else {
        snprintf(end, DURABLE_SIZE_MAX - (size_t)size, ".%s%s", durable->rest ? " " : "",
                 durable->rest ? durable->rest : "");
    }
}

int session_fail(const struct session_options *options, int code, const char *word, const char *format, ...)
{
    char sentence[SENTENCE_SIZE_MAX + DURABLE_SIZE_MAX];
    char durable[DURABLE_SIZE_MAX] = "";
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, SENTENCE_SIZE_MAX, format, arguments);
    va_end(arguments);
    durable_words(durable, &options->durable);
    strcat(sentence, durable);
    fprintf(stderr, "tradeproof: %s\n", sentence);
    if (options->json) {
        print_json_error(word, sentence, &options->durable);
    }
    return code;
}

struct failure {
    int code;
    const char *word;
    const char *sentence;
};

static struct failure failure_of_store(enum store_error error)
{
    switch (error) {
    case STORE_OK:
        break;
    case STORE_NOT_FOUND:
        return (struct failure){EXIT_UNKNOWN, "not-found", "This node does not hold what was asked for."};
    case STORE_NO_ROOM:
        return (struct failure){
            EXIT_NO_ROOM, "disk-full",
            "The disk is full: nothing was changed. Free some space and run the command again."};
    case STORE_MAP_FULL:
        return (struct failure){EXIT_NO_ROOM, "store-full",
                                "The store could not grow: nothing was changed. Run the command again."};
    case STORE_WRONG_VERSION:
        return (struct failure){
            EXIT_VERSION, "store-version",
            "The data folder was made by another version of tradeproof: use that version, or "
            "update this one."};
    case STORE_WRONG_NETWORK:
        return (struct failure){EXIT_BAD_INPUT, "store-network",
                                "The data in this folder belongs to another network than the folder says."};
    case STORE_NOT_A_STORE:
        return (struct failure){
            EXIT_SYSTEM, "store-not-ours",
            "The files in the store folder are no store of tradeproof. Move them away, or choose another "
            "folder."};
    case STORE_DAMAGED:
        return (struct failure){EXIT_SYSTEM, "store-damaged",
                                "The file store/data.mdb is damaged: what was read is not what was written, "
                                "so nothing is answered "
                                "from it. A copy that was made while a daemon ran is damaged too: copy the "
                                "folder again while it is stopped. Else check the disk, restore the folder "
                                "from a backup or move it away, "
                                "and let the node fetch "
                                "its logs again. Sign nothing before your own log is here again up to its "
                                "end: signing on top of an "
                                "older end makes a fork."};
    case STORE_PERMISSION:
        return (struct failure){EXIT_SYSTEM, "permission",
                                "The store may not be read or written by this user."};
    case STORE_NO_DESCRIPTOR:
        return (struct failure){EXIT_SYSTEM, "too-many-files", home_error_sentence(HOME_NO_DESCRIPTOR)};
    case STORE_BUSY:
        return (struct failure){EXIT_BUSY, "store-busy",
                                "Too many programs read the store at once: try again in a moment."};
    case STORE_IO:
        return (struct failure){EXIT_SYSTEM, "disk-error",
                                "The disk reported an error. Check it before you go on."};
    case STORE_NO_MEMORY:
        return (struct failure){
            EXIT_SYSTEM, "no-memory",
            "There was not enough memory to work this out. Nothing is damaged and nothing was changed: close "
            "other programs, or ask for less at a time."};
    }
    return (struct failure){EXIT_SYSTEM, "store", "The store gave no answer."};
}

/* Where part of the command is durable. */
static const char *partly_sentence(enum store_error error, const char *sentence)
{
    if (error == STORE_NO_ROOM) {
        return "The disk is full. Free some space.";
    }
    if (error == STORE_MAP_FULL) {
        return "The store could not grow.";
    }
    return error == STORE_NO_MEMORY ? "There was not enough memory to go on. Close other programs."
                                    : sentence;
}

int session_fail_store(const struct session_options *options, enum store_error error)
{
    struct failure failure = failure_of_store(error);

    bool partly = options->durable.block_count > 0;

    return session_fail(options, failure.code, failure.word, "%s",
                        partly ? partly_sentence(error, failure.sentence) : failure.sentence);
}

static int home_error_code(enum home_error error)
{
    switch (error) {
    case HOME_OK:
        return EXIT_YES;
    case HOME_NO_FOLDER:
    case HOME_NOT_INITIALISED:
        return EXIT_NOT_SET_UP;
    case HOME_BAD_NETWORK:
    case HOME_TOO_LARGE:
    case HOME_NOT_FOUND:
    case HOME_EXISTS:
        return EXIT_BAD_INPUT;
    case HOME_NO_ROOM:
        return EXIT_NO_ROOM;
    case HOME_LOCKED:
        return EXIT_BUSY;
    case HOME_PERMISSION:
    case HOME_NO_DESCRIPTOR:
    case HOME_IO:
        break;
    }
    return EXIT_SYSTEM;
}

static const char *home_error_word(enum home_error error)
{
    switch (error) {
    case HOME_OK:
        return "none";
    case HOME_NO_FOLDER:
        return "no-home-folder";
    case HOME_NOT_INITIALISED:
        return "not-set-up";
    case HOME_BAD_NETWORK:
        return "bad-network";
    case HOME_PERMISSION:
        return "permission";
    case HOME_NO_ROOM:
        return "disk-full";
    case HOME_TOO_LARGE:
        return "file-too-large";
    case HOME_NOT_FOUND:
        return "file-missing";
    case HOME_EXISTS:
        return "already-set-up";
    case HOME_LOCKED:
        return "busy";
    case HOME_NO_DESCRIPTOR:
        return "too-many-files";
    case HOME_IO:
        break;
    }
    return "disk-error";
}

int session_fail_silent(const struct session_options *options, const char *next)
{
    return session_fail(options, EXIT_BUSY, "daemon-silent",
                        "The running daemon did not answer for %u seconds: it is stopped, or hangs. %s",
                        (unsigned)(clock_wait_ms(CONTROL_WAIT_MS_MAX) / 1000), next);
}

int session_fail_refused(const struct session *session)
{
    return session_fail(&session->options, EXIT_SYSTEM, "daemon-refuses",
                        "The running daemon does nothing that it is asked: the file %s/" CONTROL_TOKEN_FILE
                        " can't be read, or isn't the one that the daemon started with. Restart tradeproofd, "
                        "then try again.",
                        session->home.path);
}

int session_fail_home(const struct session_options *options, enum home_error error)
{
    return session_fail(options, home_error_code(error), home_error_word(error), "%s",
                        home_error_sentence(error));
}

static const char *trust_sentence(enum trust_result result, enum id_result id)
{
    switch (result) {
    case TRUST_OK:
        return "It is fine.";
    case TRUST_TOO_LARGE:
        return "The file is too large.";
    case TRUST_BAD_LINE:
        return "A line says \"owner NAMESPACE ID NAME\", or \"owner NAMESPACE ID fresh 90d NAME\".";
    case TRUST_NO_WITNESSES:
        return "This version asks no witnesses, so that a line \"witness\" or \"quorum\" has no effect: take "
               "it "
               "out.";
    case TRUST_BAD_ID:
        if (id == ID_WRONG_NETWORK) {
            return "The id belongs to another network.";
        }
        if (id == ID_WRONG_KIND) {
            return "The id is not that of a person, body or shop.";
        }
        return "The id is mistyped: copy it again whole.";
    case TRUST_BAD_NAMESPACE:
        return "A namespace is a letter, then up to 15 letters, digits or '-', in lower case: ase, epa, "
               "ohio.";
    case TRUST_BAD_TEXT:
        return "The name is too long or holds characters that cannot be shown.";
    case TRUST_NAMESPACE_TWICE:
        return "The namespace has another owner already: remove that one first (tradeproof trust remove).";
    case TRUST_TOO_MANY:
        break;
    }
    return "There are too many entries.";
}

int session_fail_trust(const struct session_options *options, enum trust_result result, size_t line,
                       enum id_result id)
{
    if (line == 0) {
        return session_fail(options, EXIT_BAD_INPUT, "trust", "%s", trust_sentence(result, id));
    }
    return session_fail(options, EXIT_BAD_INPUT, "trust-file",
                        "Line %zu of the trust file was not understood. %s", line,
                        trust_sentence(result, id));
}

static int reason_code(enum reason reason)
{
    if (reason == REASON_CLOCK) {
        return EXIT_CLOCK;
    }
    if (reason == REASON_WRONG_VERSION || reason == REASON_UPGRADE) {
        return EXIT_VERSION;
    }
    return EXIT_BAD_INPUT;
}

int session_fail_reason(const struct session_options *options, enum reason reason)
{
    const char *sentence = reason_sentence(reason), *advice = reason_advice(reason);

    return session_fail(options, reason_code(reason), reason_word(reason), "%c%s.%s%s%s",
                        toupper((unsigned char)sentence[0]), sentence + 1, advice[0] != '\0' ? " " : "",
                        advice, advice[0] != '\0' ? "." : "");
}
