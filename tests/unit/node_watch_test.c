#include "node/watch.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/clock.h"
#include "protocol/log/checkpoint.h"
#include "tests/support/net_ends.h"
#include "tests/support/short_descriptors.h"
#include "tests/support/store_world.h"
#include "tests/support/temp_folder.h"

/* A daemon's watching with the time said: ase owns a namespace, Maria is watched and Joe is not. */

enum { EARLY = 1000, MARIA = 7, JOE = 8, LAST_DAY = 42000 };
#define AT_S (time_of_day(41000) + 43200) /* noon of a day of the certificates */

static struct store_world world;
static struct world_author ase;
static struct trust trust;
static struct ingest ingest;
static struct home home;
static struct watch watch;
static char *folder;
static uint64_t now_ms;

static void publish_pack(struct store_txn *txn)
{
    const struct pack_code codes[] = {
        {.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")},
        {.code = bytes_of_string("A6"), .title = bytes_of_string("Electrical")},
    };
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = 1,
                                   .in_force_from = 30000,
                                   .codes = {.items = codes, .count = 2}};
    struct draft draft;
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RULE_PACK, &pack);
    world_publish(&world, txn, &ase, &draft, EARLY);
}

/* ase says at that time that its head is what is held. */
static void check_point(uint64_t time_s)
{
    struct signed_checkpoint record;
    struct bytes encoded;
    uint8_t memory[512];
    size_t key = 0;
    while (ase.actor.built[key].key.role != ROLE_CHECKPOINT) {
        key++;
    }
    const struct checkpoint checkpoint = {
        .author = ase.actor.id, .seq = ase.state.seq, .head = ase.state.head, .time_s = time_s};
    checkpoint_sign(&record, &checkpoint, &world.network, key, &ase.actor.built[key].secret);
    assert_true(schema_encode(&signed_checkpoint_schema, &record, memory, sizeof(memory), &encoded));
    struct store_txn *txn = world_write(&world);
    assert_int_equal(store_put_checkpoint(txn, &ase.actor.id, encoded), STORE_OK);
    world_commit(txn);
}

static void attest(uint64_t n, const char *code)
{
    const struct subject subject = world_subject(n);
    struct store_txn *txn = world_write(&world);
    world_attest(&world, txn, &ase, &subject, 1, code, EARLY);
    world_commit(txn);
    check_point(AT_S);
}

static void say(uint64_t seq, enum status_action action)
{
    const struct status status = {.seq = seq, .action = action, .effective_day = 40500};
    struct store_txn *txn = world_write(&world);
    world_say(&world, txn, &ase, &status, 0, 0, EARLY);
    world_commit(txn);
    check_point(AT_S);
}

static void write_file(const char *name, const char *text)
{
    assert_int_equal(home_write(&home, name, text, strlen(text), 0600), HOME_OK);
}

/* The file's text, "" when there is none. */
static const char *file_text(const char *name)
{
    static char text[8192];
    size_t size = 0;
    if (home_read(&home, name, text, sizeof(text) - 1, &size) != HOME_OK) {
        size = 0;
    }
    text[size] = '\0';
    return text;
}

static size_t times(const char *name, const char *phrase)
{
    size_t count = 0;
    for (const char *at = strstr(file_text(name), phrase); at != NULL; at = strstr(at + 1, phrase)) {
        count++;
    }
    return count;
}

static void list_maria(void)
{
    char line[256], id[ID_TEXT_MAX + 1];
    const struct subject maria = world_subject(MARIA);
    subject_to_text(id, &world.network, &maria);
    snprintf(line, sizeof(line), "%s Maria\n", id);
    write_file(WATCH_FILE, line);
}

static void begin_with(const char *log, const char *command)
{
    assert_true(watch_init(&watch, &home, &ingest, log, command, net_end_starter(), now_ms));
}

/* Enough turns for a pass, at that time. */
static void turn(uint64_t now_s)
{
    now_ms += WATCH_PASS_MS_MIN + WATCH_RETRY_MS;
    for (int i = 0; i < 3; i++) {
        watch_step(&watch, now_ms, now_s);
    }
}

/* Kill: nothing is said or saved. */
static void kill_watch(void)
{
    watch.unsaved = false;
    watch_deinit(&watch);
}

static int setup(void **state)
{
    (void)state;
    world_init(&world);
    struct store_txn *txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, EARLY);
    publish_pack(txn);
    world_commit(txn);
    struct trust_owner owner = {.name_space = "ase", .actor = ase.actor.id};
    memset(&trust, 0, sizeof(trust));
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    ingest = (struct ingest){.store = world.store, .network = &world.network, .trust = &trust};
    assert_int_equal(temp_folder_make(&folder), 0);
    home = (struct home){.network = world.network};
    snprintf(home.path, sizeof(home.path), "%s", folder);
    now_ms = 1000000;
    attest(MARIA, "ase/A5");
    list_maria();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    watch_deinit(&watch);
    temp_folder_remove(folder);
    world_deinit(&world);
    return 0;
}

/* Begin, and see once what there is. */
static void begin_and_look(void)
{
    begin_with(NULL, NULL);
    turn(AT_S);
    assert_int_equal(times(WATCH_SEEN_FILE, "fact\t"), 1);
    assert_string_equal(file_text(WATCH_LOG_FILE), "");
}

static void what_was_there_at_first_is_no_news(void **state)
{
    (void)state;
    begin_and_look();
    assert_int_equal(times(WATCH_SEEN_FILE, "\tcode\tase/A5\theld\t2014-12-29\t-\n"), 1);
}

static void only_who_is_watched_is_told_of(void **state)
{
    (void)state;
    begin_and_look();
    attest(JOE, "ase/A6");
    attest(MARIA, "ase/A6");
    watch_on_accepted(&watch);
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "\n"), 1);
    assert_int_equal(times(WATCH_LOG_FILE, "Z Maria: ase/A6 began: was not held, is held until 2014-12-29\n"),
                     1);
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "\n"), 1);
}

static void without_a_cause_nothing_is_checked(void **state)
{
    (void)state;
    begin_and_look();
    say(2, STATUS_REVOKED);
    turn(AT_S);
    assert_string_equal(file_text(WATCH_LOG_FILE), "");
    now_ms += WATCH_RECHECK_MS;
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A5 ended"), 1);
}

static void passes_keep_their_distance(void **state)
{
    (void)state;
    begin_and_look();
    watch_on_accepted(&watch);
    turn(AT_S);
    uint64_t begun_ms = now_ms;
    say(2, STATUS_REVOKED);
    watch_on_accepted(&watch);
    assert_true(watch_deadline_ms(&watch, now_ms) >= begun_ms + WATCH_PASS_MS_MIN);
    watch_step(&watch, begun_ms + WATCH_PASS_MS_MIN - 1, AT_S);
    assert_string_equal(file_text(WATCH_LOG_FILE), "");
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A5 ended"), 1);
}

static void a_certificate_lapses_when_the_day_comes(void **state)
{
    (void)state;
    begin_and_look();
    check_point(time_of_day(LAST_DAY) + 43200);
    turn(time_of_day(LAST_DAY) + 43200);
    assert_string_equal(file_text(WATCH_LOG_FILE), "");
    turn(time_of_day(LAST_DAY + 1) + 43200);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A5 ended: was held until 2014-12-29, is not held (expired)"),
                     1);
}

static void evidence_grows_old_and_fresh_again(void **state)
{
    (void)state;
    begin_and_look();
    now_ms += WATCH_GRACE_MS;
    turn(AT_S + 3600);
    assert_string_equal(file_text(WATCH_LOG_FILE), "");
    turn(AT_S + 2 * 86400);
    assert_int_equal(times(WATCH_LOG_FILE, "could not be determined any more"), 1);
    check_point(AT_S + 2 * 86400);
    watch_on_accepted(&watch);
    turn(AT_S + 2 * 86400);
    assert_int_equal(times(WATCH_LOG_FILE, "could be determined again"), 1);
}

static void publish(enum entry_kind kind, const void *record)
{
    struct draft draft;
    struct store_txn *txn = world_write(&world);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, kind, record);
    world_publish(&world, txn, &ase, &draft, EARLY);
    world_commit(txn);
    check_point(AT_S);
    watch_on_accepted(&watch);
}

/* A5 counts for who was not tested in A6. A school may have done that of which nothing was ever heard. */
static void that_somebody_is_silent_is_no_news(void **state)
{
    const struct pack_code codes[] = {{.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")},
                                      {.code = bytes_of_string("A6"), .title = bytes_of_string("Wires")}};
    const struct pack_rule rule = {.kind = PACK_RULE_CONDITION,
                                   .name = bytes_of_string("A5"),
                                   .expression = bytes_of_string("\x92\x04\x92\x06\xa6"
                                                                 "ase/A6")};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = 2,
                                   .in_force_from = 30000,
                                   .codes = {.items = codes, .count = 2},
                                   .rules = {.items = &rule, .count = 1}};
    const struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation accreditation = {
        .delegate = {world_subject(99).id}, .patterns = {.items = &pattern, .count = 1}, .from = 30000};
    (void)state;
    begin_with(NULL, NULL);
    publish(ENTRY_RULE_PACK, &pack);
    turn(AT_S);
    assert_int_equal(times(WATCH_SEEN_FILE, "\tcode\tase/A5\theld\t2014-12-29\t-\n"), 1);
    publish(ENTRY_ACCREDITATION, &accreditation);
    now_ms += WATCH_GRACE_MS;
    turn(AT_S);
    assert_string_equal(file_text(WATCH_LOG_FILE), "");
}

static void after_a_start_evidence_has_time_to_arrive(void **state)
{
    (void)state;
    begin_and_look();
    watch_deinit(&watch);
    begin_with(NULL, NULL);
    turn(AT_S + 2 * 86400);
    assert_string_equal(file_text(WATCH_LOG_FILE), "");
    attest(MARIA, "ase/A6");
    watch_on_accepted(&watch);
    turn(AT_S + 2 * 86400);
    assert_string_equal(file_text(WATCH_LOG_FILE), "");
    now_ms += WATCH_GRACE_MS;
    turn(AT_S + 2 * 86400);
    assert_int_equal(times(WATCH_LOG_FILE, "could not be determined any more"), 2);
}

static void a_restart_neither_repeats_nor_misses(void **state)
{
    (void)state;
    begin_and_look();
    watch_deinit(&watch);
    say(2, STATUS_REVOKED);
    begin_with(NULL, NULL);
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A5 ended"), 1);
    watch_deinit(&watch);
    begin_with(NULL, NULL);
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A5 ended"), 1);
}

static void one_killed_after_the_log_was_written_does_not_write_it_again(void **state)
{
    char log[8192], seen[8192];
    (void)state;
    begin_and_look();
    say(2, STATUS_REVOKED);
    /* As if it had been killed once the news was saved, and half of it was written. */
    mkdir(watch.log_path, 0700);
    watch_on_accepted(&watch);
    turn(AT_S);
    snprintf(seen, sizeof(seen), "%s", file_text(WATCH_SEEN_FILE));
    assert_int_equal(times(WATCH_SEEN_FILE, "news\t"), 1);
    kill_watch();
    assert_int_equal(rmdir(watch.log_path), 0);
    write_file(WATCH_LOG_FILE, "2014-01-01T00:00:00Z Maria: ase/A5 en");
    begin_with(NULL, NULL);
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "\n"), 2);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A5 ended"), 1);
    assert_int_equal(times(WATCH_SEEN_FILE, "news\t"), 0);
    snprintf(log, sizeof(log), "%s", file_text(WATCH_LOG_FILE));
    /* And once more, killed when all of it was written and not yet noted. */
    kill_watch();
    write_file(WATCH_SEEN_FILE, seen);
    begin_with(NULL, NULL);
    turn(AT_S);
    assert_string_equal(file_text(WATCH_LOG_FILE), log);
    assert_int_equal(times(WATCH_SEEN_FILE, "news\t"), 0);
}

static void the_list_is_read_again(void **state)
{
    (void)state;
    begin_and_look();
    write_file(WATCH_FILE, "garbage\n");
    watch_reload(&watch, now_ms);
    attest(MARIA, "ase/A6");
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A6 began"), 1);
    write_file(WATCH_FILE, "# nobody\n");
    watch_reload(&watch, now_ms);
    turn(AT_S);
    assert_string_equal(file_text(WATCH_SEEN_FILE), "");
    assert_true(watch_deadline_ms(&watch, now_ms) == UINT64_MAX);
}

static void a_damaged_list_makes_nobody_forgotten(void **state)
{
    (void)state;
    begin_and_look();
    watch_deinit(&watch);
    say(2, STATUS_REVOKED);
    write_file(WATCH_FILE, "garbage\n");
    begin_with(NULL, NULL);
    turn(AT_S);
    list_maria();
    watch_reload(&watch, now_ms);
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A5 ended"), 1);
}

static void one_added_while_no_daemon_ran_was_seen_then(void **state)
{
    (void)state;
    begin_and_look();
    watch_deinit(&watch);
    char reported[8192];
    snprintf(reported, sizeof(reported), "%s", file_text(WATCH_SEEN_FILE));
    write_file(WATCH_REPORTED_FILE, reported);
    write_file(WATCH_SEEN_FILE, "");
    say(2, STATUS_REVOKED);
    begin_with(NULL, NULL);
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A5 ended"), 1);
}

static void damage_to_what_was_seen_stops_nothing(void **state)
{
    (void)state;
    write_file(WATCH_SEEN_FILE, "garbage\n");
    begin_and_look();
    attest(MARIA, "ase/A6");
    watch_on_accepted(&watch);
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A6 began"), 1);
}

/* ---- what can't be read ---- */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static bool is_memory_short;

/* Too little of it for a file of what was seen. */
void *__wrap_malloc(size_t size)
{
    return is_memory_short && size >= WATCH_FILE_SIZE_MAX ? NULL : __real_malloc(size);
}

static void let_memory_be_short(bool is_short)
{
    is_memory_short = is_short;
}

/* Maria's certificate was seen and is revoked since. */
static void see_and_revoke(const char *seen_file)
{
    char seen[8192];
    begin_and_look();
    watch_deinit(&watch);
    snprintf(seen, sizeof(seen), "%s", file_text(WATCH_SEEN_FILE));
    write_file(WATCH_SEEN_FILE, "");
    write_file(seen_file, seen);
    say(2, STATUS_REVOKED);
}

static void what_cannot_be_read_is_no_empty_file(void **state)
{
    static const struct {
        const char *sentence, *file;
        void (*let_be_short)(bool is_short);
    } rows[] = {
        {"no memory for what was seen", WATCH_SEEN_FILE, let_memory_be_short},
        {"no descriptor for what was seen", WATCH_SEEN_FILE, let_descriptors_be_short},
        {"no descriptor for what a command reported", WATCH_REPORTED_FILE, let_descriptors_be_short},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        teardown(state);
        setup(state);
        see_and_revoke(rows[i].file);
        rows[i].let_be_short(true);
        begin_with(NULL, NULL);
        turn(AT_S);
        uint64_t deadline_ms = watch_deadline_ms(&watch, now_ms);
        rows[i].let_be_short(false);
        if (deadline_ms <= now_ms || deadline_ms > now_ms + WATCH_RETRY_MS) {
            fail_msg("%s: it reads again after %lld ms", rows[i].sentence, (long long)(deadline_ms - now_ms));
        }
        turn(AT_S);
        if (times(WATCH_LOG_FILE, "ase/A5 ended") != 1) {
            fail_msg("%s: the revocation is not told", rows[i].sentence);
        }
    }
}

static void a_list_that_cannot_be_read_is_read_later(void **state)
{
    (void)state;
    write_file(WATCH_FILE, "");
    begin_with(NULL, NULL);
    list_maria();
    let_descriptors_be_short(true);
    watch_reload(&watch, now_ms);
    turn(AT_S);
    let_descriptors_be_short(false);
    turn(AT_S);
    assert_int_equal(times(WATCH_SEEN_FILE, "seen\t"), 1);
}

static void nothing_is_told_before_it_is_saved(void **state)
{
    char away[128];
    (void)state;
    begin_and_look();
    say(2, STATUS_REVOKED);
    snprintf(away, sizeof(away), "%s.away", folder);
    assert_int_equal(rename(folder, away), 0);
    watch_on_accepted(&watch);
    turn(AT_S);
    assert_true(watch.save_failed);
    assert_int_equal(watch.seen.news_count, 1);
    assert_true(watch_deadline_ms(&watch, now_ms) <= now_ms + WATCH_RETRY_MS);
    assert_int_equal(rename(away, folder), 0);
    assert_string_equal(file_text(WATCH_LOG_FILE), "");
    turn(AT_S);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A5 ended"), 1);
    assert_int_equal(times(WATCH_SEEN_FILE, "news\t"), 0);
}

static void the_log_may_lie_elsewhere(void **state)
{
    char path[128];
    (void)state;
    snprintf(path, sizeof(path), "%s/elsewhere", folder);
    begin_with(path, NULL);
    turn(AT_S);
    say(2, STATUS_REVOKED);
    watch_on_accepted(&watch);
    turn(AT_S);
    assert_int_equal(times("elsewhere", "ase/A5 ended"), 1);
    assert_string_equal(file_text(WATCH_LOG_FILE), "");
}

/* ---- the command ---- */

static void write_script(const char *text)
{
    assert_int_equal(home_write(&home, "script", text, strlen(text), 0700), HOME_OK);
}

/* Turns until no command runs and none waits. */
static void let_it_run(void)
{
    for (int i = 0; i < 1000 && (watch.command.pid != 0 || watch.seen.news_count > 0); i++) {
        watch_step(&watch, now_ms, AT_S);
        usleep(10000);
    }
    assert_int_equal(watch.command.pid, 0);
}

static void begin_with_script(const char *text)
{
    static char path[HOME_PATH_MAX + 64];
    write_script(text);
    home_file(&home, "script", path);
    begin_with(NULL, path);
    turn(AT_S);
}

static void a_command_is_run_for_each(void **state)
{
    char script[8192];
    (void)state;
    snprintf(script, sizeof(script),
             "#!/bin/sh\necho \"$TRADEPROOF_WHO,$TRADEPROOF_WHAT,$TRADEPROOF_CHANGE,$TRADEPROOF_WAS,"
             "$TRADEPROOF_IS\" >>%s/out\ncat >>%s/out\nls /proc/self/fd | wc -l >>%s/fds\n",
             folder, folder, folder);
    begin_with_script(script);
    attest(MARIA, "ase/A6");
    say(2, STATUS_REVOKED);
    watch_on_accepted(&watch);
    turn(AT_S);
    let_it_run();
    assert_string_equal(file_text("out"), "Maria,ase/A5,ended,held until 2014-12-29,not held (revoked)\n"
                                          "Maria,ase/A6,began,not held,held until 2014-12-29\n");
    /* Standard ones, and that of the folder that ls reads. */
    assert_int_equal(atoi(file_text("fds")), 4);
    assert_int_equal(times(WATCH_SEEN_FILE, "news\t"), 0);
}

static void a_command_that_hangs_is_killed_and_others_follow(void **state)
{
    char script[8192];
    (void)state;
    snprintf(script, sizeof(script), "#!/bin/sh\necho $TRADEPROOF_WHAT >>%s/out\nsleep 1000\n", folder);
    begin_with_script(script);
    attest(MARIA, "ase/A6");
    say(2, STATUS_REVOKED);
    watch_on_accepted(&watch);
    turn(AT_S);
    for (int i = 0; i < 2; i++) {
        assert_true(watch.command.pid > 0);
        assert_true(watch_deadline_ms(&watch, now_ms) <= now_ms + WATCH_COMMAND_MS_MAX);
        for (int k = 0; k < 1000 && times("out", "\n") <= (size_t)i; k++) {
            usleep(10000);
        }
        now_ms += WATCH_COMMAND_MS_MAX;
        watch_step(&watch, now_ms, AT_S);
    }
    assert_int_equal(watch.command.pid, 0);
    assert_string_equal(file_text("out"), "ase/A5\nase/A6\n");
    assert_int_equal(times(WATCH_SEEN_FILE, "news\t"), 0);
}

static void at_a_tests_speed_it_is_killed_sooner(void **state)
{
    (void)state;
    begin_with_script("#!/bin/sh\nsleep 1000\n");
    attest(MARIA, "ase/A6");
    watch_on_accepted(&watch);
    assert_true(clock_take_speed(10));
    turn(AT_S);
    assert_true(watch.command.pid > 0);
    assert_int_equal(watch_command_step(&watch.command, now_ms + WATCH_COMMAND_MS_MAX / 10 - 1),
                     WATCH_COMMAND_RUNS);
    assert_int_equal(watch_command_step(&watch.command, now_ms + WATCH_COMMAND_MS_MAX / 10),
                     WATCH_COMMAND_KILLED);
    assert_true(clock_take_speed(1));
}

static void a_command_that_did_not_end_is_run_again(void **state)
{
    char script[8192];
    (void)state;
    begin_with_script("#!/bin/sh\nsleep 1000\n");
    say(2, STATUS_REVOKED);
    watch_on_accepted(&watch);
    turn(AT_S);
    assert_true(watch.command.pid > 0);
    watch_deinit(&watch);
    snprintf(script, sizeof(script), "#!/bin/sh\necho $TRADEPROOF_WHAT >>%s/out\n", folder);
    begin_with_script(script);
    let_it_run();
    assert_string_equal(file_text("out"), "ase/A5\n");
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A5 ended"), 1);
}

static void one_that_can_t_be_run_is_in_nobody_s_way(void **state)
{
    (void)state;
    begin_with_script("#!/no/such/shell\n");
    say(2, STATUS_REVOKED);
    watch_on_accepted(&watch);
    turn(AT_S);
    assert_int_equal(watch.command.pid, 0);
    assert_int_equal(times(WATCH_LOG_FILE, "ase/A5 ended"), 1);
    assert_int_equal(times(WATCH_SEEN_FILE, "news\t"), 0);
}

#define WATCHING(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHING(what_was_there_at_first_is_no_news),
        WATCHING(only_who_is_watched_is_told_of),
        WATCHING(without_a_cause_nothing_is_checked),
        WATCHING(passes_keep_their_distance),
        WATCHING(a_certificate_lapses_when_the_day_comes),
        WATCHING(evidence_grows_old_and_fresh_again),
        WATCHING(that_somebody_is_silent_is_no_news),
        WATCHING(after_a_start_evidence_has_time_to_arrive),
        WATCHING(a_restart_neither_repeats_nor_misses),
        WATCHING(one_killed_after_the_log_was_written_does_not_write_it_again),
        WATCHING(the_list_is_read_again),
        WATCHING(one_added_while_no_daemon_ran_was_seen_then),
        WATCHING(damage_to_what_was_seen_stops_nothing),
        WATCHING(a_damaged_list_makes_nobody_forgotten),
        WATCHING(a_list_that_cannot_be_read_is_read_later),
        WATCHING(what_cannot_be_read_is_no_empty_file),
        WATCHING(nothing_is_told_before_it_is_saved),
        WATCHING(the_log_may_lie_elsewhere),
        WATCHING(a_command_is_run_for_each),
        WATCHING(a_command_that_hangs_is_killed_and_others_follow),
        WATCHING(at_a_tests_speed_it_is_killed_sooner),
        WATCHING(a_command_that_did_not_end_is_run_again),
        WATCHING(one_that_can_t_be_run_is_in_nobody_s_way),
    };
    return setenv("TZ", "UTC", 1) != 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
