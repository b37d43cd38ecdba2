#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/own_withdrawal.h"
#include "cmd/publish.h"
#include "protocol/base/text.h"
#include "protocol/rules/pack_states.h"

struct accredit {
    struct arguments arguments;
    const char *codes, *states, *depth;
    uint32_t from, until; /* DAY_NONE: today; without end */
};

static int parse(struct accredit *request, int argc, char **argv)
{
    const struct command_option options[] = {{"codes", OPTION_TEXT, &request->codes},
                                             {"states", OPTION_TEXT, &request->states},
                                             {"from", OPTION_DAY, &request->from},
                                             {"until", OPTION_DAY, &request->until},
                                             {"depth", OPTION_TEXT, &request->depth}};
    int code = arguments_read(&request->arguments, "accredit", argc, argv, options,
                              sizeof options / sizeof options[0], 1, 1);

    if (code != EXIT_YES || request->codes) {
        return code;
    }
    return command_usage_error(command_named("accredit"), "--codes is missing: which codes may be issued?");
}

/* ---- lists ---- */

struct text_list {
    size_t count;
    struct bytes items[STATES_MAX];
};

_Static_assert((int)CODE_PATTERNS_MAX <= (int)STATES_MAX, "a list of states has room for one of patterns");

static int order_texts_of_list(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

static bool is_last_again(const struct text_list *list, size_t kept, size_t at)
{
    return kept > 0 && bytes_equal(list->items[kept - 1], list->items[at]);
}

/* The list as records want it: sorted, nothing twice. */
static void sort_list(struct text_list *list)
{
    size_t kept = 0;

    qsort(list->items, list->count, sizeof list->items[0], order_texts_of_list);
    for (size_t i = 0; i < list->count; i++) {
        if (!is_last_again(list, kept, i)) {
            list->items[kept++] = list->items[i];
        }
    }
    list->count = kept;
}

/* Split at commas. Borrows text for as long as the list is used. */
static int read_list(struct text_list *list, const struct session *session, const char *text, size_t max,
                     bool (*is)(struct bytes text), const char *what)
{
    for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        struct bytes item = bytes_of(at, strcspn(at, ","));

        if (!is(item)) {
            return session_fail(&session->options, EXIT_BAD_INPUT, "bad-list", "\"%.*s\" is not %s.",
                                (int)item.size, at, what);
        }
        if (list->count == max) {
            return session_fail(&session->options, EXIT_BAD_INPUT, "bad-list",
                                "That is more than %zu in one list.", max);
        }
        list->items[list->count++] = item;
    }
    sort_list(list);
    return EXIT_YES;
}

/* ---- term and depth ---- */

static int set_term(struct accreditation *record, const struct session *session,
                    const struct accredit *request)
{
    record->from = request->from == DAY_NONE ? session_today() : request->from;
    record->has_until = request->until != DAY_NONE;
    record->until = record->has_until ? request->until : 0;
    if (record->has_until && record->until < record->from) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-date",
                            "The last day is before the first one.");
    }
    return EXIT_YES;
}

static int read_depth(struct accreditation *record, const struct session *session, const char *text)
{
    if (!text) {
        return EXIT_YES;
    }
    if (text[0] < '0' || text[0] > '0' + CHAIN_DEPTH_MAX || text[1] != '\0') {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-depth",
                            "\"%s\" is not a depth from 0 to %d.", text, CHAIN_DEPTH_MAX);
    }
    record->depth = (uint64_t)(text[0] - '0');
    return EXIT_YES;
}

static int read_delegate(struct accreditation *record, const struct session *session, const char *who)
{
    int code = session_actor(session, who, &record->delegate);

    if (code == EXIT_YES && actor_id_equal(&record->delegate, &session->actor)) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "yourself", "You cannot accredit yourself.");
    }
    return code;
}

/* An accreditation by someone who holds the codes from another is fine, but a mistyped namespace is more
 * likely. */
static void warn_of_others(const struct session *session, const struct text_list *patterns)
{
    for (size_t i = 0; i < patterns->count; i++) {
        struct bytes name_space = code_namespace(patterns->items[i]);
        const struct trust_owner *owner = trust_owner_of(session->trust, name_space);

        if (!owner || !actor_id_equal(&owner->actor, &session->actor)) {
            fprintf(stderr,
                    "tradeproof: note: by this node's trust file %.*s is not yours, so this counts only as "
                    "far as its "
                    "owner lets you pass it on.\n",
                    (int)name_space.size, name_space.data);
        }
    }
}

/* ---- states ---- */

/* No rules, no check: whoever asks about a certificate later has rules, by which it may be undetermined. */
static void warn_of_no_rules(struct bytes name_space)
{
    fprintf(
        stderr,
        "tradeproof: note: no rules of %.*s are held here today, so that nothing tells whether its codes\n"
        "hang on a state. Where they don't, what is issued under this accreditation is undetermined. To\n"
        "check first: tradeproof trust add %.*s ID, with the id of its owner, and run tradeproofd with a\n"
        "--peer that has its log.\n",
        (int)name_space.size, (const char *)name_space.data, (int)name_space.size,
        (const char *)name_space.data);
}

/* Whether the codes of a pattern hang on a state by the rules known here. */
static enum answer ask_binds_states(struct session *session, const struct dossier *dossier,
                                    struct bytes pattern)
{
    struct bytes name_space = code_namespace(pattern);
    const struct dossier_pack *pack = pack_on_day(dossier, session->trust, name_space, session_today());

    if (!pack) {
        warn_of_no_rules(name_space);
        return ANSWER_UNKNOWN;
    }
    return pack_binds_states_of(&pack->pack, pattern);
}

static int check_states(struct session *session, const struct text_list *patterns)
{
    const struct subject nobody = {.kind = SUBJECT_CLAIM};
    struct dossier dossier;
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);

    if (error == STORE_OK) {
        error = store_dossier(txn, &session->home.network, session->trust, &nobody, DOSSIER_REACH_ALL,
                              &dossier, &session->arena);
        store_end(txn);
    }
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    for (size_t i = 0; i < patterns->count; i++) {
        if (ask_binds_states(session, &dossier, patterns->items[i]) == ANSWER_NO) {
            return session_fail(&session->options, EXIT_BAD_INPUT, "states-unbound",
                                "By its rules %.*s holds in every state, wherever it was earned, so that an "
                                "accreditation for some states can't be evaluated: leave --states out.",
                                (int)patterns->items[i].size, patterns->items[i].data);
        }
    }
    return EXIT_YES;
}

/* What a withdrawal ended counts again then, whoever signed it. */
static int warn_of_again(struct session *session, const struct accreditation *record)
{
    struct own_accreditations all;
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);

    if (error == STORE_OK) {
        error = own_accreditations_read(&all, session, txn, OWN_ACCREDITATIONS_GOOD);
        store_end(txn);
    }
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    const struct own_withdrawn withdrawn = own_accreditations_withdrawn(&all, record);
    own_withdrawal_print_again(session, record, &withdrawn);
    return EXIT_YES;
}

static int accredit(struct session *session, void *argument)
{
    const struct accredit *request = argument;
    struct text_list patterns = {0}, states = {0};
    struct accreditation record = {0};
    struct published published;
    int code = session_need_actor(session);

    if (code != EXIT_YES ||
        (code = read_delegate(&record, session, request->arguments.values[0])) != EXIT_YES ||
        (code = read_list(&patterns, session, request->codes, CODE_PATTERNS_MAX, text_is_code_pattern,
                          "a code pattern, such as ase/A5 or 'ase/A*'")) != EXIT_YES ||
        (request->states && (code = read_list(&states, session, request->states, STATES_MAX, text_is_state,
                                              "a state, such as OH")) != EXIT_YES) ||
        (request->states && (code = check_states(session, &patterns)) != EXIT_YES) ||
        (code = set_term(&record, session, request)) != EXIT_YES ||
        (code = read_depth(&record, session, request->depth)) != EXIT_YES) {
        return code;
    }
    record.patterns = (struct list){patterns.items, patterns.count};
    record.states = (struct list){states.items, states.count};
    warn_of_others(session, &patterns);
    code = warn_of_again(session, &record);
    if (code == EXIT_YES) {
        code = publish_one(session, ENTRY_ACCREDITATION, &record, &published);
    }
    return code == EXIT_YES ? publish_report(session, &published, "The accreditation is published.") : code;
}

int command_accredit(int argc, char **argv)
{
    struct accredit request = {.from = DAY_NONE, .until = DAY_NONE};
    int code = parse(&request, argc, argv);

    return code == EXIT_YES ? session_run(&request.arguments.session, SESSION_WRITE, accredit, &request)
                            : code;
}
