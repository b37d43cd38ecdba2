#include "cmd/command.h"
#include "cmd/number.h"
#include "cmd/own_entries.h"
#include "cmd/own_void.h"
#include "cmd/status_rows.h"
#include "cmd/words.h"

/* revoke, suspend, reinstate, replace and appeal: one command with five names. */
struct change {
    const char *name;
    const char *did;
    enum status_action action;
};

static const struct change revoke = {"revoke", "Revoked", STATUS_REVOKED};
static const struct change suspend = {"suspend", "Suspended", STATUS_SUSPENDED};
static const struct change reinstate = {"reinstate", "Reinstated", STATUS_REINSTATED};
static const struct change replace = {"replace", "Replaced", STATUS_REPLACED};
static const struct change appeal = {"appeal", "Under appeal:", STATUS_APPEALED};
static const struct change decide = {"appeal", "Appeal decided:", STATUS_APPEAL_DECIDED};

struct change_request {
    const struct change *change;
    char *by; /* of replace, and only there: what takes their place */
    struct entry_name replacement;
    const char *reason_text;
    enum status_reason reason;
    uint32_t from; /* DAY_NONE: as own_entries_coming */
    const char *of;
    struct codes codes;
    bool revoked;            /* of reinstate, and only there: also what was revoked */
    const char *voided_text; /* of reinstate: the block with a void; NULL: entries are named */
    uint64_t voided;
    const char *csv;    /* of revoke, suspend and reinstate: a file of entries; NULL: they are named */
    const char *report; /* where to write which rows of it were refused; NULL: nowhere */
    bool more;          /* than can be written at once is left by that void */
};

static bool add_status(const void *context, struct draft *draft, const struct own_entry *first,
                       const struct list *entries)
{
    const struct change_request *request = context;
    const struct own_statements statements = own_entry_statements(first, request->change->action);
    for (size_t i = 0; i < statements.count; i++) {
        const struct status status = {
            .seq = first->name.seq,
            .entries = *entries,
            .action = statements.items[i].action,
            .reason = first->reason,
            .effective_day = statements.items[i].day,
            .has_replacement = request->by != NULL,
            .replacement = request->replacement,
        };
        if (!draft_add(draft, ENTRY_STATUS, &status, NULL)) {
            return false;
        }
    }
    return true;
}

/* Also where nothing else is left: whoever undoes a void must hear of all that it took. */
static int tell_lost(struct session *session, uint64_t void_seq)
{
    struct own_sayings lost;
    int code = own_void_read_lost(&lost, session, void_seq);
    if (code == EXIT_YES) {
        own_void_print_lost(&lost);
    }
    return code;
}

static int find_entries(struct own_entries *entries, struct session *session, struct change_request *request,
                        const struct arguments *arguments)
{
    struct subject subject;
    if (request->voided_text != NULL) {
        int code = tell_lost(session, request->voided);
        return code == EXIT_YES
                   ? own_entries_left(entries, session, request->voided, &request->from, &request->more)
                   : code;
    }
    if (request->of == NULL) {
        return own_entries_named(entries, session, arguments->values, arguments->count);
    }
    int code = session_subject(session, request->of, &subject);
    return code == EXIT_YES ? own_entries_of(entries, session, &subject, &request->codes) : code;
}

static int fail_replacement(const struct session *session, const char *why)
{
    return session_fail(&session->options, EXIT_BAD_INPUT, "bad-replacement",
                        "What takes its place %s: nothing was replaced.", why);
}

/* One's own replacement is known here, so a slip can be told. */
static int check_own_replacement(struct session *session, const struct change_request *request,
                                 const struct own_entries *entries)
{
    struct own_entries by;
    int code = own_entries_named(&by, session, &request->by, 1);
    for (size_t i = 0; i < entries->count && code == EXIT_YES; i++) {
        const struct own_entry *entry = &entries->items[i];
        if (entry_name_equal(&entry->name, &by.items[0].name)) {
            return fail_replacement(session, "is the same entry");
        }
        if (entry->is_attestation && by.items[0].is_attestation &&
            !subject_equal(&entry->subject, &by.items[0].subject)) {
            return fail_replacement(session, "is about somebody else");
        }
    }
    return code;
}

/* It may stand in another's log: that of whom a namespace was handed to. */
static int read_replacement(struct session *session, struct change_request *request,
                            const struct own_entries *entries)
{
    if (request->by == NULL) {
        return EXIT_YES;
    }
    if (entry_name_from_text(&request->replacement, &session->home.network, bytes_of_string(request->by)) !=
        ID_OK) {
        return fail_replacement(session, "is not named as ACTOR/BLOCK/INDEX/PREFIX, or of another network");
    }
    return actor_id_equal(&request->replacement.author, &session->actor)
               ? check_own_replacement(session, request, entries)
               : EXIT_YES;
}

/* A revocation is meant for good: that it ends is never said by the way. */
static int fail_revoked(const struct session *session, const struct own_entry *entry, const char *name)
{
    char day[DAY_TEXT_SIZE];
    day_to_text(day, entry->revoked_since);
    return session_fail(
        &session->options, EXIT_BAD_INPUT, "stands-revoked",
        "%s is not suspended but revoked, since %s: nothing was written. To reinstate what was "
        "revoked say --revoked; both then stay visible.",
        name, day);
}

static int fail_too_early(const struct session *session, const struct own_entry *entry, const char *name)
{
    char day[DAY_TEXT_SIZE];
    day_to_text(day, entry->revoked_stated);
    return session_fail(
        &session->options, EXIT_BAD_INPUT, "before-the-revocation",
        "%s was revoked on %s, and is reinstated from that day on at the earliest: nothing was "
        "written. Say --from %s, or a later day.",
        name, day, day);
}

static int check_revoked(const struct session *session, const struct change_request *request,
                         const struct own_entries *entries)
{
    bool doubts_only = request->voided_text != NULL && !request->revoked;
    if (request->change->action != STATUS_REINSTATED || doubts_only) {
        return EXIT_YES;
    }
    for (size_t i = 0; i < entries->count; i++) {
        const struct own_entry *entry = &entries->items[i];
        char name[ENTRY_NAME_TEXT_MAX + 1];
        entry_name_to_text(name, &session->home.network, &entry->name);
        if (entry->revoked_since != DAY_NONE && !request->revoked) {
            return fail_revoked(session, entry, name);
        }
        if (entry->revoked_since != DAY_NONE && entry->day < entry->revoked_stated) {
            return fail_too_early(session, entry, name);
        }
    }
    return EXIT_YES;
}

static int publish(struct session *session, const struct change_request *request,
                   const struct own_entries *entries, struct own_entries_written *written)
{
    const struct own_entries_record record = {
        .add = add_status, .context = request, .entries_max = STATUS_ENTRIES_MAX};
    return entries->count > 0 ? own_entries_publish(entries, session, &record, written) : EXIT_YES;
}

/* What a command speaks about, and how that went. */
struct change_done {
    struct own_entries entries, unchanged;
    struct csv_report rows; /* of a file */
};

static void state_alike(const struct own_entries *entries, const struct change_request *request)
{
    for (size_t i = 0; i < entries->count; i++) {
        entries->items[i].reason = request->reason;
    }
}

/* Returns: DAY_NONE, where each has its own; of none, today. */
static uint32_t common_day(const struct own_entries *entries)
{
    uint32_t day = entries->count > 0 ? entries->items[0].day : session_today();
    for (size_t i = 1; i < entries->count; i++) {
        day = entries->items[i].day == day ? day : DAY_NONE;
    }
    return day;
}

/* What is against somebody is stated of all that say the same. */
static int add_twins(struct change_done *out, struct session *session, const struct change_request *request)
{
    size_t named = out->entries.count;
    if (request->change->action != STATUS_REVOKED && request->change->action != STATUS_SUSPENDED) {
        return EXIT_YES;
    }
    enum store_error error = own_entries_add_twins(&out->entries, session);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    if (out->entries.count > named) {
        fprintf(stderr, "You issued the same more than once: %zu more %s.\n", out->entries.count - named,
                request->change->action == STATUS_REVOKED ? "to revoke" : "to suspend");
    }
    return EXIT_YES;
}

static int collect_named(struct change_done *out, struct session *session, struct change_request *request,
                         const struct arguments *arguments)
{
    int code = find_entries(&out->entries, session, request, arguments);
    if (code == EXIT_YES) {
        code = read_replacement(session, request, &out->entries);
    }
    if (code != EXIT_YES) {
        return code;
    }
    code = add_twins(out, session, request);
    if (code != EXIT_YES) {
        return code;
    }
    state_alike(&out->entries, request);
    const struct own_entries_coming coming = {
        .action = request->change->action,
        .day = request->from,
        .doubts_only = request->voided_text != NULL && !request->revoked,
    };
    code = own_entries_sift(&out->entries, &out->unchanged, session, &coming);
    request->from = common_day(&out->entries);
    return code == EXIT_YES ? check_revoked(session, request, &out->entries) : code;
}

static int collect_rows(struct change_done *out, struct session *session, struct change_request *request)
{
    const struct status_rows_request rows = {
        .path = request->csv,
        .action = request->change->action,
        .revoked = request->revoked,
        .reason = request->reason,
        .from = request->from,
    };
    request->from = DAY_NONE; /* each has its own */
    int code = csv_report_open(&out->rows, &session->options, request->report, bytes_of(NULL, 0));
    if (code != EXIT_YES) {
        return code;
    }
    code = status_rows_read(&out->entries, &out->unchanged, &out->rows, session, &rows);
    int report_code = csv_report_close(&out->rows);
    code = code == EXIT_YES ? report_code : code;
    return code == EXIT_YES ? add_twins(out, session, request) : code;
}

static int report(const struct change_done *change, const struct session *session,
                  const struct change_request *request, const struct own_entries_written *written)
{
    const struct own_entries_done done = {
        .did = request->change->did,
        .action = status_action_word(request->change->action),
        .day = request->from,
        .unchanged = &change->unchanged,
        .more = request->more,
        .rows = request->csv != NULL ? &change->rows : NULL,
        .written = *written,
    };
    int code = own_entries_report(&change->entries, session, &done);
    if (code != EXIT_YES || change->rows.refused == 0) {
        return code;
    }
    return change->entries.count + change->unchanged.count > 0 ? EXIT_PARTLY : EXIT_BAD_INPUT;
}

static int apply(struct session *session, struct change_request *request, const struct arguments *arguments)
{
    struct change_done change = {.rows = {.refused = 0}};
    struct own_entries_written written = {0};
    int code = session_need_actor(session);
    if (code == EXIT_YES) {
        code = request->csv != NULL ? collect_rows(&change, session, request)
                                    : collect_named(&change, session, request, arguments);
    }
    if (code == EXIT_YES) {
        code = publish(session, request, &change.entries, &written);
    }
    if (code == EXIT_YES) {
        code = report(&change, session, request, &written);
    }
    json_decref(change.rows.rows);
    return code;
}

static int check_reason(struct change_request *request, const struct command *command)
{
    if (request->reason_text != NULL &&
        !status_reason_of_word(&request->reason, bytes_of_string(request->reason_text))) {
        return command_usage_error(command, "--reason is one of %s.", STATUS_REASON_WORDS);
    }
    return EXIT_YES;
}

static int check(struct change_request *request, const struct arguments *arguments)
{
    const struct command *command = command_named(request->change->name);
    const char *end;
    if (request->csv == NULL && request->report != NULL) {
        return command_usage_error(command, "--report goes with --csv.");
    }
    if (request->csv != NULL) {
        if (request->of != NULL || request->codes.count > 0 || arguments->count > 0 ||
            request->voided_text != NULL) {
            return command_usage_error(command, "with --csv the rows of the file name the certificates.");
        }
        return check_reason(request, command);
    }
    if (request->voided_text != NULL) {
        if (request->of != NULL || arguments->count > 0) {
            return command_usage_error(command, "--voided says which entries; name none besides.");
        }
        if (!number_read(&request->voided, request->voided_text, &end, BLOCK_SEQ_MAX) || *end != '\0') {
            return command_usage_error(command, "--voided takes the number of the block with the void.");
        }
        return check_reason(request, command);
    }
    if ((request->of != NULL) != (arguments->count == 0)) {
        return command_usage_error(command, "name entries, or say --of TECHNICIAN --code CODES.");
    }
    if ((request->of != NULL) != (request->codes.count > 0)) {
        return command_usage_error(command, "--of and --code go together.");
    }
    if (check_reason(request, command) != EXIT_YES) {
        return EXIT_USAGE;
    }
    if (request->change->action == STATUS_REPLACED && request->by == NULL) {
        return command_usage_error(command, "--by names what takes its place.");
    }
    return EXIT_YES;
}

enum { SHARED_OPTION_COUNT = 4, OWN_OPTIONS_MAX = 4 };

/* Read the command line with own options of the command beside those that all five share. */
static int read_arguments(struct arguments *out, struct change_request *request, int argc, char **argv,
                          const struct command_option *own, size_t own_count)
{
    struct command_option options[SHARED_OPTION_COUNT + OWN_OPTIONS_MAX] = {
        {"reason", OPTION_TEXT, &request->reason_text},
        {"from", OPTION_DAY, &request->from},
        {"of", OPTION_TEXT, &request->of},
        {"code", OPTION_CODES, &request->codes},
    };
    for (size_t i = 0; i < own_count; i++) {
        options[SHARED_OPTION_COUNT + i] = own[i];
    }
    return arguments_read(out, request->change->name, argc, argv, options, SHARED_OPTION_COUNT + own_count, 0,
                          OWN_ENTRIES_MAX);
}

static int run(struct change_request *request, const struct arguments *arguments)
{
    struct session session;
    int code = check(request, arguments);
    if (code == EXIT_YES) {
        code = session_open(&session, &arguments->session, SESSION_WRITE);
    }
    if (code != EXIT_YES) {
        return code;
    }
    code = apply(&session, request, arguments);
    session_close(&session);
    return code;
}

static struct change_request request_for(const struct change *change)
{
    return (struct change_request){.change = change, .reason = STATUS_REASON_UNSPECIFIED, .from = DAY_NONE};
}

static int change_status(const struct change *change, int argc, char **argv)
{
    struct change_request request = request_for(change);
    const struct command_option own[] = {{"csv", OPTION_TEXT, &request.csv},
                                         {"report", OPTION_TEXT, &request.report}};
    struct arguments arguments;
    int code = read_arguments(&arguments, &request, argc, argv, own, sizeof(own) / sizeof(own[0]));
    return code == EXIT_YES ? run(&request, &arguments) : code;
}

int command_revoke(int argc, char **argv)
{
    return change_status(&revoke, argc, argv);
}

int command_suspend(int argc, char **argv)
{
    return change_status(&suspend, argc, argv);
}

int command_reinstate(int argc, char **argv)
{
    struct change_request request = request_for(&reinstate);
    const struct command_option own[] = {{"csv", OPTION_TEXT, &request.csv},
                                         {"report", OPTION_TEXT, &request.report},
                                         {"revoked", OPTION_FLAG, &request.revoked},
                                         {"voided", OPTION_TEXT, &request.voided_text}};
    struct arguments arguments;
    int code = read_arguments(&arguments, &request, argc, argv, own, sizeof(own) / sizeof(own[0]));
    return code == EXIT_YES ? run(&request, &arguments) : code;
}

int command_replace(int argc, char **argv)
{
    struct change_request request = request_for(&replace);
    const struct command_option own[] = {{"by", OPTION_TEXT, &request.by}};
    struct arguments arguments;
    int code = read_arguments(&arguments, &request, argc, argv, own, sizeof(own) / sizeof(own[0]));
    return code == EXIT_YES ? run(&request, &arguments) : code;
}

int command_appeal(int argc, char **argv)
{
    struct change_request request = request_for(&appeal);
    bool decided = false;
    const struct command_option own[] = {{"on", OPTION_DAY, &request.from},
                                         {"decided", OPTION_FLAG, &decided}};
    struct arguments arguments;
    int code = read_arguments(&arguments, &request, argc, argv, own, sizeof(own) / sizeof(own[0]));
    request.change = decided ? &decide : &appeal;
    return code == EXIT_YES ? run(&request, &arguments) : code;
}
