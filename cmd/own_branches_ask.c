#include <inttypes.h>
#include <stdio.h>

#include "cmd/json_output.h"
#include "cmd/own_branches.h"

enum { QUESTION_SIZE = 256 };

struct asking {
    struct session *session;
    struct store_txn *txn;
    const struct own_branches *branches;
    char question[QUESTION_SIZE];
    const char *next_path; /* of --next; or NULL */
    json_t *items;         /* with --json; else NULL */
};

/* ---- one branch, as text ---- */

enum { SAMPLES_SHOWN = 3 };

static void print_certificates(const struct session *session, const struct own_sayings *facts)
{
    fprintf(stderr, "  certificates  %" PRIu64 "%s", facts->certificate_count,
            facts->certificate_count > 0 ? ": " : "");
    own_sayings_print_samples(stderr, session, facts, SAMPLES_SHOWN);
    fputc('\n', stderr);
}

static void print_branch(const struct asking *asking, const struct own_block *tip,
                         const struct own_sayings *facts)
{
    char hex[2 * HASH_SIZE + 1], time[TIME_TEXT_SIZE];
    uint64_t count = tip->seq - asking->branches->fork_seq;

    sodium_bin2hex(hex, sizeof hex, tip->hash.bytes, HASH_SIZE);
    time_to_text(time, facts->time_s);
    if (!tip->held) {
        fprintf(stderr,
                "\nA branch that has not come to this node: only its first block's signed head is here, as\n"
                "proof. If it is yours, wait for it.\n"
                "  first block   %" PRIu64 ", says that it was signed at %s%s\n  hash          %s\n",
                tip->seq, time, tip->speaks ? ", and may be against somebody" : "", hex);
        return;
    }
    fprintf(stderr, "\nA branch of %" PRIu64 " block%s%s\n  last block    %" PRIu64, count,
            count == 1 ? "" : "s", tip->followed ? ", which this node follows for now" : "", tip->seq);
    if (count > 0) {
        fprintf(stderr, ", says that it was signed at %s", time);
    }
    fputc('\n', stderr);
    print_certificates(asking->session, facts);
    own_sayings_print(stderr, facts);
    fprintf(stderr, "  tradeproof key rotate --onto %s%s%s\n", hex, asking->next_path ? " --next " : "",
            asking->next_path ? asking->next_path : "");
}

/* ---- one branch, as JSON ---- */

static json_t *json_of_samples(const struct session *session, const struct own_sayings *facts)
{
    json_t *array = json_array();

    for (size_t i = 0; i < facts->sample_count && i < SAMPLES_SHOWN; i++) {
        json_t *item = json_object();

        json_object_set_new(item, "code", json_string(facts->samples[i].code));
        json_object_set_new(item, "name", json_string(session_name_of(session, &facts->samples[i].subject)));
        json_array_append_new(array, item);
    }
    return array;
}

static json_t *json_of_branch(const struct asking *asking, const struct own_block *tip,
                              const struct own_sayings *facts)
{
    json_t *item = json_object();
    uint64_t count = tip->seq - asking->branches->fork_seq;

    json_object_set_new(item, "tip", json_of_hash(&tip->hash));
    json_object_set_new(item, "seq", json_of_number(tip->seq));
    json_object_set_new(item, "blocks", json_of_number(count));
    json_object_set_new(item, "time", count > 0 ? json_of_time(facts->time_s) : json_null());
    json_object_set_new(item, "held", json_boolean(tip->held));
    json_object_set_new(item, "certificates",
                        tip->held ? json_of_number(facts->certificate_count) : json_null());
    json_object_set_new(item, "first", json_of_samples(asking->session, facts));
    json_object_set_new(item, "against", tip->held ? json_of_number(facts->against_count) : json_null());
    json_object_set_new(item, "unread", json_boolean(facts->unread_speaks));
    json_object_set_new(item, "says", json_of_sayings(asking->session, facts));
    json_object_set_new(item, "followed", json_boolean(tip->followed));
    return item;
}

/* ---- all ---- */

static enum store_error show_branches(struct asking *asking)
{
    const struct own_branches *branches = asking->branches;
    enum store_error error = STORE_OK;

    for (size_t i = 0; error == STORE_OK && i < branches->block_count; i++) {
        size_t mark = arena_mark(&asking->session->arena);
        struct own_sayings facts;

        if (branches->blocks[i].child_count > 0) {
            continue;
        }
        error = own_branches_facts(&facts, asking->session, asking->txn, branches, i, branches->fork_seq);
        arena_rewind(&asking->session->arena, mark);
        if (error == STORE_OK && asking->items) {
            json_array_append_new(asking->items, json_of_branch(asking, &branches->blocks[i], &facts));
        } else if (error == STORE_OK) {
            print_branch(asking, &branches->blocks[i], &facts);
        }
    }
    return error;
}

static int ask_in_json(struct asking *asking)
{
    enum store_error error;
    json_t *object;
    int code;

    asking->items = json_array();
    error = show_branches(asking);
    if (error != STORE_OK) {
        json_decref(asking->items);
        return session_fail_store(&asking->session->options, error);
    }
    fprintf(stderr, "tradeproof: %s\n", asking->question);
    object = json_object();
    json_object_set_new(object, "error", json_string(reason_word(REASON_FORK)));
    json_object_set_new(object, "message", json_string(asking->question));
    json_object_set_new(object, "fork_seq", json_of_number(asking->branches->fork_seq));
    json_object_set_new(object, "branches", asking->items);
    code = json_output_take(object);
    return code == EXIT_YES ? EXIT_BAD_INPUT : code;
}

int own_branches_ask(struct session *session, struct store_txn *txn, const struct own_branches *branches,
                     const char *next_path)
{
    struct asking asking = {.session = session, .txn = txn, .branches = branches, .next_path = next_path};
    enum store_error error;

    snprintf(asking.question, sizeof asking.question,
             "Two different blocks follow block %" PRIu64
             " of your log: an old copy of the data folder went on signing, or somebody else has your keys. "
             "Which branch is yours?",
             branches->fork_seq);
    if (session->options.json) {
        return ask_in_json(&asking);
    }
    session_fail(&session->options, EXIT_BAD_INPUT, reason_word(REASON_FORK), "%s", asking.question);
    error = show_branches(&asking);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    fprintf(stderr, "\nNothing was signed. Run the command below the branch that is yours.\n");
    return EXIT_BAD_INPUT;
}
