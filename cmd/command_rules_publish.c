#include "cmd/command.h"
#include "cmd/own_block.h"
#include "cmd/publish.h"
#include "cmd/rules_json.h"
#include "cmd/text_file.h"
#include "protocol/wire/block.h"

/* ---- the file ---- */

static int read_pack(struct session *session, const char *path, struct rule_pack *pack)
{
    struct json_input_error error;
    struct bytes text;
    int code = text_file_read(session, path, RULES_JSON_SIZE_MAX, &text);

    if (code == EXIT_YES && !rules_json_parse(pack, &error, text, &session->arena)) {
        code = session_fail(&session->options, EXIT_BAD_INPUT, "bad-rules",
                            "%s: %s %s. Nothing was published.", path, error.where, error.what);
    }
    return code;
}

/* ---- whether it may be published ---- */

static int check_owner(const struct session *session, const struct rule_pack *pack)
{
    const struct trust_owner *owner = trust_owner_of(session->trust, pack->name_space);
    int size = (int)pack->name_space.size;
    const char *name = (const char *)pack->name_space.data;

    if (owner && actor_id_equal(&owner->actor, &session->actor)) {
        return EXIT_YES;
    }
    if (owner) {
        return session_fail(
            &session->options, EXIT_BAD_INPUT, "not-owner",
            "By this node's trust file %.*s belongs to %s, and only an owner publishes rules.", size, name,
            session_name_of(session, &owner->actor.hash));
    }
    return session_fail(
        &session->options, EXIT_BAD_INPUT, "not-owner",
        "This node's trust file names no owner of %.*s. If it is yours: tradeproof trust add %.*s me", size,
        name, size, name);
}

static uint64_t pack_version(const struct block *block, struct bytes name_space, struct arena *arena)
{
    uint64_t version = 0;

    for (size_t i = 0; i < block->entry_count; i++) {
        struct rule_pack pack;

        if (block->entries[i].kind == ENTRY_RULE_PACK &&
            entry_payload_decode(&pack, &block->entries[i], arena) == REASON_NONE &&
            bytes_equal(pack.name_space, name_space) && pack.version > version) {
            version = pack.version;
        }
    }
    return version;
}

static enum store_error version_in_block(struct session *session, struct store_txn *txn, uint64_t seq,
                                         struct bytes name_space, uint64_t *version)
{
    struct block_record record;
    struct block block;
    uint64_t arrived_s;
    enum store_error error = store_block_record(txn, &session->actor, seq, &record, &arrived_s);

    if (error != STORE_OK || record.block_class != CLASS_GOVERN || record.standing == STANDING_VOID) {
        return error;
    }
    error = own_block_read(&block, session, txn, seq);
    if (error == STORE_OK) {
        *version = pack_version(&block, name_space, &session->arena);
    }
    return error;
}

/* From the head down: versions only rise, so the first pack found is the last one. What is void was perhaps
 * a thief's: its version keeps nobody from a lower one. */
static enum store_error last_version(struct session *session, struct store_txn *txn, struct bytes name_space,
                                     uint64_t *version)
{
    size_t mark = arena_mark(&session->arena);
    struct log_state state;
    enum store_error error = store_log_state(txn, &session->actor, &state);

    *version = 0;
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    for (uint64_t seq = state.seq; seq > 0 && *version == 0 && error == STORE_OK; seq--) {
        error = version_in_block(session, txn, seq, name_space, version);
        arena_rewind(&session->arena, mark);
    }
    return error;
}

static int check_version(struct session *session, const struct rule_pack *pack)
{
    struct store_txn *txn;
    uint64_t version;
    enum store_error error = store_read_begin(&txn, session->store);

    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    error = last_version(session, txn, pack->name_space, &version);
    store_end(txn);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    if (pack->version > version) {
        return EXIT_YES;
    }
    return session_fail(
        &session->options, EXIT_BAD_INPUT, "old-version",
        "You have published version %llu of these rules already: give this one a higher version.",
        (unsigned long long)version);
}

static int publish(struct session *session, char **arguments)
{
    struct published published;
    struct rule_pack pack;
    int code = session_need_actor(session);

    if (code != EXIT_YES || (code = read_pack(session, arguments[0], &pack)) != EXIT_YES ||
        (code = check_owner(session, &pack)) != EXIT_YES ||
        (code = check_version(session, &pack)) != EXIT_YES ||
        (code = publish_one(session, ENTRY_RULE_PACK, &pack, &published)) != EXIT_YES) {
        return code;
    }
    return publish_report(session, &published, "The rules are published.");
}

int command_rules_publish(int argc, char **argv)
{
    return command_in_session(command_named("rules publish"), argc, argv, 1, 1, SESSION_WRITE, publish);
}
