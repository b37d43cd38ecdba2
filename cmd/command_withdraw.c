#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/confirm.h"
#include "cmd/number.h"
#include "cmd/own_withdrawal.h"
#include "cmd/publish.h"

struct withdraw {
    struct arguments arguments;
    const char *cut, *except, *accreditation;
    bool all, closed, yes;
};

static int parse(struct withdraw *request, int argc, char **argv)
{
    const struct command_option options[] = {
        {"cut", OPTION_TEXT, &request->cut},       {"all", OPTION_FLAG, &request->all},
        {"except", OPTION_TEXT, &request->except}, {"accreditation", OPTION_TEXT, &request->accreditation},
        {"closed", OPTION_FLAG, &request->closed}, {"yes", OPTION_FLAG, &request->yes}};
    int code = arguments_read(&request->arguments, "withdraw", argc, argv, options,
                              sizeof options / sizeof options[0], 1, 1);

    if (code == EXIT_YES && request->all && request->cut) {
        return command_usage_error(command_named("withdraw"), "--cut and --all exclude each other.");
    }
    if (code == EXIT_YES && request->accreditation && (request->all || request->cut || request->except)) {
        return command_usage_error(command_named("withdraw"),
                                   "--accreditation ends it whole: without --cut, --all and --except.");
    }
    return code;
}

/* ---- exceptions ---- */

static int order_positions(const void *a, const void *b)
{
    const struct entry_position *left = a, *right = b;

    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return left->index < right->index ? -1 : left->index > right->index;
}

/* "12/7" */
static bool read_position(struct entry_position *position, const char *text, const char **end)
{
    const char *slash;

    if (!number_read(&position->seq, text, &slash, BLOCK_SEQ_MAX) || *slash != '/') {
        return false;
    }
    return number_read(&position->index, slash + 1, end, BLOCK_ENTRIES_MAX - 1) &&
           (**end == ',' || **end == '\0');
}

static int read_exceptions(struct entry_position *positions, size_t *count, const struct session *session,
                           const char *text)
{
    const char *at = text;
    size_t kept = 0;

    for (*count = 0; at; ++*count) {
        const char *end;

        if (*count == WITHDRAWAL_EXCEPTIONS_MAX) {
            return session_fail(&session->options, EXIT_BAD_INPUT, "too-many",
                                "At most %d entries can be excepted; a lower --cut takes away more.",
                                WITHDRAWAL_EXCEPTIONS_MAX);
        }
        if (!read_position(&positions[*count], at, &end)) {
            return session_fail(&session->options, EXIT_BAD_INPUT, "bad-entry",
                                "\"%s\" does not begin with an entry's place, such as 12/7: block and index.",
                                at);
        }
        at = *end == ',' ? end + 1 : NULL;
    }
    qsort(positions, *count, sizeof positions[0], order_positions);
    for (size_t i = 0; i < *count; i++) {
        if (kept == 0 || order_positions(&positions[kept - 1], &positions[i]) != 0) {
            positions[kept++] = positions[i];
        }
    }
    *count = kept;
    return EXIT_YES;
}

/* ---- the accreditation ---- */

/* One line each, for who doesn't know its place. */
static void print_accreditations(const struct own_accreditations *all, const struct actor_id *delegate)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct own_accreditation *found = &all->items[i];
        const struct bytes *patterns = found->record.patterns.items;

        if (found->withdrawn || !actor_id_equal(&found->record.delegate, delegate)) {
            continue;
        }
        fprintf(stderr, "  --accreditation %llu/%llu  for", (unsigned long long)found->place.seq,
                (unsigned long long)found->place.index);
        for (size_t k = 0; k < found->record.patterns.count; k++) {
            fprintf(stderr, " %.*s", (int)patterns[k].size, patterns[k].data);
        }
        fprintf(stderr, "%s\n", found->voided ? " (void)" : "");
    }
}

static bool is_accreditation_of(const struct own_accreditations *all, const struct withdrawal *record)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct own_accreditation *found = &all->items[i];

        if (found->place.seq == record->accreditation.seq &&
            found->place.index == record->accreditation.index &&
            actor_id_equal(&found->record.delegate, &record->delegate)) {
            return true;
        }
    }
    return false;
}

static int read_accreditation(struct withdrawal *record, struct session *session, struct store_txn *txn,
                              const char *text)
{
    struct own_accreditations all;
    const char *end;
    enum store_error error = own_accreditations_read(&all, session, txn, OWN_ACCREDITATIONS_VOID_TOO);

    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    if (read_position(&record->accreditation, text, &end) && *end == '\0' &&
        is_accreditation_of(&all, record)) {
        record->has_accreditation = true;
        return EXIT_YES;
    }
    session_fail(&session->options, EXIT_BAD_INPUT, "bad-accreditation",
                 "\"%s\" is not the place (block and index, such as 3/0) where you accredited %s.", text,
                 session_name_of(session, &record->delegate.hash));
    print_accreditations(&all, &record->delegate);
    return EXIT_BAD_INPUT;
}

/* ---- the cut ---- */

static int read_cut_seq(uint64_t *seq, const struct session *session, const struct withdraw *request,
                        const struct log_state *state)
{
    const char *end;

    *seq = request->all ? 0 : state->seq;
    if (!request->cut) {
        return EXIT_YES;
    }
    if (!number_read(seq, request->cut, &end, BLOCK_SEQ_MAX) || *end != '\0') {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-cut", "\"%s\" is not a block's number.",
                            request->cut);
    }
    if (*seq > state->seq) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-cut",
                            "This node holds that log up to block %llu only.",
                            (unsigned long long)state->seq);
    }
    return EXIT_YES;
}

/* Without its log there is no block to name. */
static int fail_without_log(struct session *session, struct store_txn *txn, const struct actor_id *delegate)
{
    struct own_accreditations all;

    session_fail(&session->options, EXIT_UNKNOWN, "log-not-held",
                 "This node holds nothing that %s signed, so it cannot say where to cut. Connect to a node "
                 "that does and say tradeproof follow %s, or end what you accredited it for whole, with all "
                 "that it issued.",
                 session_name_of(session, &delegate->hash), session_argument_of(session, &delegate->hash));
    if (own_accreditations_read(&all, session, txn, OWN_ACCREDITATIONS_VOID_TOO) == STORE_OK) {
        print_accreditations(&all, delegate);
    }
    return EXIT_UNKNOWN;
}

static int read_cut(struct withdrawal *record, struct session *session, struct store_txn *txn,
                    const struct withdraw *request)
{
    struct log_state state;
    struct block_record block;
    uint64_t arrived_s;
    int code;
    enum store_error error = store_log_state(txn, &record->delegate, &state);

    if (error == STORE_NOT_FOUND) {
        return fail_without_log(session, txn, &record->delegate);
    }
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    code = read_cut_seq(&record->cut_seq, session, request, &state);
    if (code != EXIT_YES) {
        return code;
    }
    error = store_block_record(txn, &record->delegate, record->cut_seq, &block, &arrived_s);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    record->cut_head = block.hash;
    record->has_cut = true;
    return EXIT_YES;
}

static int read_end_in_txn(struct withdrawal *record, struct session *session, const struct withdraw *request)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    int code;

    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    code = request->accreditation ? read_accreditation(record, session, txn, request->accreditation)
                                  : read_cut(record, session, txn, request);
    store_end(txn);
    return code;
}

/* ---- asking ---- */

static int read_reach(struct own_withdrawal_reach *reach, struct session *session,
                      const struct withdrawal *record)
{
    struct own_accreditations accredited;
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);

    if (error == STORE_OK) {
        error = own_accreditations_read(&accredited, session, txn, OWN_ACCREDITATIONS_GOOD);
        store_end(txn);
    }
    return error == STORE_OK ? own_withdrawal_read(reach, session, &accredited, record)
                             : session_fail_store(&session->options, error);
}

static int ask(const struct withdraw *request, struct session *session, const struct withdrawal *record,
               struct own_withdrawal_reach *reach)
{
    int code = read_reach(reach, session, record);

    if (code != EXIT_YES) {
        return code;
    }
    if (!session->options.json) {
        own_withdrawal_print(session, record, reach);
    }
    return confirm(session, request->yes, "Withdraw that, for good?");
}

static int report(const struct session *session, const struct published *published,
                  const struct own_withdrawal_reach *reach)
{
    if (!session->options.json) {
        return publish_report(session, published, "The withdrawal is published.");
    }
    json_t *object = json_of_published(session, published);
    own_withdrawal_add_json(object, reach);
    return json_output_take(object);
}

static int withdraw(struct session *session, void *argument)
{
    const struct withdraw *request = argument;
    struct entry_position exceptions[WITHDRAWAL_EXCEPTIONS_MAX];
    struct withdrawal record = {0};
    struct own_withdrawal_reach reach;
    struct published published;
    size_t count = 0;
    int code = session_need_actor(session);

    if (code != EXIT_YES ||
        (code = session_actor(session, request->arguments.values[0], &record.delegate)) != EXIT_YES ||
        (code = read_exceptions(exceptions, &count, session, request->except)) != EXIT_YES ||
        (code = read_end_in_txn(&record, session, request)) != EXIT_YES) {
        return code;
    }
    record.closed = request->closed;
    record.exceptions = (struct list){exceptions, count};
    code = ask(request, session, &record, &reach);
    if (code == EXIT_YES) {
        code = publish_one(session, ENTRY_WITHDRAWAL, &record, &published);
    }
    return code == EXIT_YES ? report(session, &published, &reach) : code;
}

int command_withdraw(int argc, char **argv)
{
    struct withdraw request = {0};
    int code = parse(&request, argc, argv);

    return code == EXIT_YES ? session_run(&request.arguments.session, SESSION_WRITE, withdraw, &request)
                            : code;
}
