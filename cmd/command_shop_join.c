#include <stdio.h>

#include "cmd/command.h"
#include "cmd/consent_check.h"
#include "cmd/frame_file.h"
#include "cmd/json_output.h"
#include "cmd/membership_list.h"
#include "cmd/publish.h"

/* One consent on its way onto the roster. */
struct join {
    struct session *session;
    struct signed_consent consent;
    struct affiliation affiliation;
    enum reason used; /* what the own log says of this consent already; REASON_NONE: nothing */
    bool is_member;   /* by an earlier consent, on the same terms; affiliation is that one then */
    bool holds_keys;  /* this node has all of the technician's that came with the consent */
    struct published published;
    struct membership_list rosters; /* that the technician is on then */
};

/* ---- checking ---- */

static void find_used(struct join *join, const struct membership_list *own)
{
    struct hash id;
    consent_id(&id, &join->session->home.network, &join->consent.consent);
    const struct membership *membership = membership_list_find(own, &id);
    if (membership != NULL && actor_id_equal(&membership->shop, &join->session->actor)) {
        join->used = membership->has_left ? REASON_LEFT : REASON_CONSENT_USED;
    }
}

/* A second consent says nothing new while the first goes on. */
static void find_member(struct join *join, const struct membership_list *own)
{
    const struct consent *consent = &join->consent.consent;
    for (size_t i = 0; i < own->count && !join->is_member; i++) {
        const struct membership *membership = &own->items[i];
        join->is_member = actor_id_equal(&membership->shop, &consent->shop) &&
                          actor_id_equal(&membership->technician, &consent->technician) &&
                          membership->performs_repairs == consent->performs_repairs &&
                          !membership->has_left &&
                          day_truth_on(&membership->days, consent->start_day) == ANSWER_YES;
        if (join->is_member) {
            join->affiliation = own->dossier.affiliations[membership->affiliation].affiliation;
        }
    }
}

/* The state of the technician's log, as far as it is held here. *known NULL: nothing is. */
static int read_log(const struct log_state **known, struct session *session,
                    const struct actor_id *technician, struct log_state *state)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    *known = NULL;
    if (error == STORE_OK) {
        error = store_log_state(txn, technician, state);
        store_end(txn);
    }
    if (error == STORE_NOT_FOUND) {
        return EXIT_YES;
    }
    *known = error == STORE_OK ? state : NULL;
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

static int check(struct join *join)
{
    struct session *session = join->session;
    struct log_state state;
    const struct log_state *known;
    int code = read_log(&known, session, &join->consent.consent.technician, &state);
    if (code != EXIT_YES) {
        return code;
    }
    const struct consent_terms terms = {
        .network = &session->home.network,
        .shop = &session->actor,
        .today = session_today(),
        .now_s = session_now_s(),
        .known = known,
    };
    enum reason reason = consent_check(&join->affiliation, &join->consent, &terms, &session->arena);
    return reason == REASON_NONE ? EXIT_YES : session_fail_reason(&session->options, reason);
}

/* ---- writing ---- */

/* Others check the consent by the technician's keys, which this node passes on from now on: naming her
 * admitted her log. */
static int import_keys(struct join *join, struct publisher *publisher)
{
    struct session *session = join->session;
    uint8_t *memory = arena_take(&session->arena, BLOCK_SIZE_MAX);
    const struct key_block *blocks = join->consent.technician_blocks.items;
    struct writer writer;
    struct bytes encoded;
    if (memory == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    writer_init(&writer, memory, BLOCK_SIZE_MAX);
    enum reason reason =
        block_of_inception(&writer, &session->home.network, join->consent.technician_keys, &session->arena);
    if (reason != REASON_NONE || !writer_end(&writer, &encoded)) {
        return session_fail_reason(&session->options, reason != REASON_NONE ? reason : REASON_TOO_LARGE);
    }
    int code = publisher_import(publisher, encoded);
    for (size_t i = 0; i < join->consent.technician_blocks.count && code == EXIT_YES; i++) {
        code = publisher_import(publisher, blocks[i].block);
    }
    return code;
}

static int publish_joined(struct join *join, struct publisher *publisher)
{
    struct draft draft;
    uint8_t salt[ENTRY_SALT_SIZE];
    publisher_salt(salt);
    publisher_draft(publisher, &draft, CLASS_CONTENT);
    bool fits = draft_add(&draft, ENTRY_AFFILIATION, &join->affiliation, salt);
    return fits ? publisher_publish(publisher, &draft, &join->published)
                : session_fail_reason(&join->session->options, REASON_TOO_LARGE);
}

static int find_keys(struct join *join)
{
    struct log_state state;
    const struct log_state *known;
    int code = read_log(&known, join->session, &join->consent.consent.technician, &state);
    join->holds_keys = known != NULL && known->seq >= join->consent.technician_blocks.count;
    return code;
}

/* A command that was killed behind the first step is run again for the second alone. */
static int write_with(struct join *join, struct publisher *publisher)
{
    int code = join->used == REASON_NONE ? publish_joined(join, publisher) : EXIT_YES;
    if (code == EXIT_YES) {
        code = import_keys(join, publisher);
    }
    return code;
}

static int write_all(struct join *join)
{
    struct keyring *keyring = NULL;
    struct publisher publisher;
    int code = keyring_open(&keyring, join->session);
    if (code != EXIT_YES) {
        return code;
    }
    code = publisher_open(&publisher, join->session, keyring);
    if (code == EXIT_YES) {
        code = write_with(join, &publisher);
        publisher_close(&publisher);
    }
    keyring_wipe(keyring);
    return code;
}

/* ---- telling ---- */

static bool is_elsewhere(const struct join *join, const struct membership *membership)
{
    const struct consent *consent = &join->affiliation.consent;
    return membership_takes(membership) && actor_id_equal(&membership->technician, &consent->technician) &&
           !actor_id_equal(&membership->shop, &consent->shop) &&
           day_truth_on(&membership->days, session_today()) != ANSWER_NO;
}

/* It is the technician's word that decides where she works, so this is no reason to refuse. */
static void warn_of_rosters(const struct join *join)
{
    for (size_t i = 0; i < join->rosters.count; i++) {
        const struct membership *membership = &join->rosters.items[i];
        if (is_elsewhere(join, membership)) {
            fprintf(stderr,
                    "Warning: %s is on the roster of %s too; until one of them says that it ended, "
                    "they count on neither.\n",
                    session_name_of(join->session, &membership->technician.hash),
                    session_name_of(join->session, &membership->shop.hash));
        }
    }
}

/* A technician can take a consent back before it is used; her word may have been here first. */
static void warn_of_end(const struct join *join)
{
    const struct membership *membership = membership_list_find(&join->rosters, &join->affiliation.id);
    char day[DAY_TEXT_SIZE];
    if (membership != NULL && membership->has_left) {
        day_to_text(day, membership->left_day);
        fprintf(stderr, "Warning: %s has said that it ended on %s, so it does not count from then on.\n",
                session_name_of(join->session, &membership->technician.hash), day);
    }
}

static int tell_json(const struct join *join)
{
    const struct network *network = &join->session->home.network;
    const struct consent *consent = &join->affiliation.consent;
    json_t *object = json_object();
    json_t *shops = json_array();
    for (size_t i = 0; i < join->rosters.count; i++) {
        if (is_elsewhere(join, &join->rosters.items[i])) {
            json_array_append_new(shops, json_of_id(ID_ACTOR, network, &join->rosters.items[i].shop.hash));
        }
    }
    json_object_set_new(object, "technician", json_of_id(ID_ACTOR, network, &consent->technician.hash));
    json_object_set_new(object, "affiliation", json_of_hash(&join->affiliation.id));
    json_object_set_new(object, "from", json_of_day(join->affiliation.day));
    json_object_set_new(object, "performs_repairs", json_boolean(consent->performs_repairs));
    json_object_set_new(object, "also_on_roster_of", shops);
    json_object_set_new(object, "seq", join->is_member ? json_null() : json_of_number(join->published.seq));
    json_object_set_new(object, "block", join->is_member ? json_null() : json_of_hash(&join->published.hash));
    return json_output_take(object);
}

static int tell(const struct join *join)
{
    const struct consent *consent = &join->affiliation.consent;
    char from[DAY_TEXT_SIZE];
    if (join->session->options.json) {
        return tell_json(join);
    }
    day_to_text(from, join->affiliation.day);
    if (join->is_member) {
        printf("%s is on your roster already, from %s on: nothing was written\n",
               session_name_of(join->session, &consent->technician.hash), from);
        return EXIT_YES;
    }
    printf("%s is on your roster from %s on, %s (block %llu)\n",
           session_name_of(join->session, &consent->technician.hash), from,
           consent->performs_repairs ? "to diagnose and repair" : "but not to diagnose or repair",
           (unsigned long long)join->published.seq);
    return EXIT_YES;
}

/* ---- the command ---- */

static int prepare(struct join *join, const char *path)
{
    struct membership_list own;
    int code = session_need_actor(join->session);
    if (code == EXIT_YES) {
        code = frame_file_read(join->session, path, FRAME_CONSENT, &signed_consent_schema, &join->consent);
    }
    if (code == EXIT_YES) {
        code = membership_list_read(&own, join->session, &join->session->actor);
    }
    if (code != EXIT_YES) {
        return code;
    }
    find_used(join, &own);
    if (join->used != REASON_NONE) {
        return EXIT_YES;
    }
    code = check(join);
    if (code == EXIT_YES) {
        find_member(join, &own);
    }
    return code;
}

static int shop_join(struct session *session, char **arguments)
{
    struct join join = {.session = session, .used = REASON_NONE};
    int code = prepare(&join, arguments[0]);
    if (code != EXIT_YES) {
        return code;
    }
    code = find_keys(&join);
    if (code == EXIT_YES && !join.is_member && (join.used == REASON_NONE || !join.holds_keys)) {
        code = write_all(&join);
    }
    if (code != EXIT_YES) {
        return code;
    }
    if (join.used != REASON_NONE) {
        return session_fail_reason(&session->options, join.used);
    }
    code = membership_list_read(&join.rosters, session, &join.consent.consent.technician);
    if (code != EXIT_YES) {
        return code;
    }
    warn_of_rosters(&join);
    warn_of_end(&join);
    return tell(&join);
}

int command_shop_join(int argc, char **argv)
{
    return command_in_session(command_named("shop join"), argc, argv, 1, 1, SESSION_WRITE, shop_join);
}
