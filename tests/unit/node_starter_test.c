#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/starter.h"
#include "tests/support/net_ends.h"
#include "tests/support/temp_folder.h"

enum { WAIT_MS = 5000 };

static struct starter starter;
static char *folder;
static char script_path[256], out_path[256];

static int begin(void **state)
{
    (void)state;
    if (setenv("TRADEPROOF_IS", "old", 1) != 0 || setenv("TRADEPROOF_IS_NOT", "kept", 1) != 0 ||
        temp_folder_make(&folder) != 0 || !starter_begin(&starter)) {
        return -1;
    }
    (void)snprintf(out_path, sizeof out_path, "%s/out", folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    starter_stop(&starter);
    temp_folder_remove(folder);
    return 0;
}

static void write_script(const char *text)
{
    static unsigned count;
    (void)snprintf(script_path, sizeof script_path, "%s/script-%u", folder, count++);
    FILE *file = fopen(script_path, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "#!/bin/sh\n%s\n", text) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(script_path, 0700), 0);
}

static pid_t run(const char *text)
{
    const char *texts[] = {script_path, "OUT=", "TRADEPROOF_IS=new"};
    char out[300];
    write_script(text);
    (void)snprintf(out, sizeof out, "OUT=%s", out_path);
    texts[1] = out;
    pid_t pid = starter_start(&starter, STARTER_PROGRAM, texts, 3, -1);
    assert_true(pid > 0);
    return pid;
}

/* Once the script has written a line there. */
static long number_out(void)
{
    char text[64] = "";
    for (int waited_ms = 0; strchr(text, '\n') == NULL; waited_ms += 5) {
        FILE *file = fopen(out_path, "r");
        assert_true(waited_ms < WAIT_MS);
        poll(NULL, 0, 5);
        if (file != NULL) {
            (void)!fgets(text, sizeof text, file);
            (void)fclose(file);
        }
    }
    return strtol(text, NULL, 10);
}

static bool is_gone(pid_t pid)
{
    char path[64], state = 'Z';
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (file != NULL) {
        (void)!fscanf(file, "%*d %*s %c", &state);
        (void)fclose(file);
    }
    return state == 'Z';
}

static void assert_goes(pid_t pid)
{
    for (int waited_ms = 0; !is_gone(pid); waited_ms += 5) {
        assert_true(waited_ms < WAIT_MS);
        poll(NULL, 0, 5);
    }
}

/* Until it is executed. */
static void await_net_process(pid_t pid)
{
    char path[64], text[256] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    for (int waited_ms = 0; memmem(text, sizeof text, "--net", 6) == NULL; waited_ms += 5) {
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        assert_true(waited_ms < WAIT_MS);
        (void)!fread(text, 1, sizeof text, file);
        (void)fclose(file);
        poll(NULL, 0, 5);
    }
}

static void a_program_is_no_child_of_the_daemons(void **state)
{
    (void)state;
    pid_t pid = run("echo $PPID >$OUT");
    assert_true(starter_reap(&starter, pid, WAIT_MS, NULL));
    assert_int_equal(number_out(), starter.pid);
}

static void how_each_ended_is_told_once(void **state)
{
    (void)state;
    int first = 0, second = 0;
    pid_t stays = run("exec sleep 1000"), hangs = run("exec sleep 1000"), three = run("exit 3");
    assert_true(starter_reap(&starter, three, WAIT_MS, &first));
    assert_true(WIFEXITED(first));
    assert_int_equal(WEXITSTATUS(first), 3);
    assert_false(starter_reap(&starter, three, 0, NULL));
    assert_false(starter_reap(&starter, hangs, 0, NULL));
    starter_kill(&starter, hangs, SIGTERM);
    assert_true(starter_reap(&starter, hangs, WAIT_MS, &second));
    assert_true(WIFSIGNALED(second));
    assert_int_equal(WTERMSIG(second), SIGTERM);
    assert_false(starter_reap(&starter, stays, 20, NULL));
    starter_kill(&starter, stays, SIGKILL);
    assert_true(starter_reap(&starter, stays, WAIT_MS, NULL));
}

static void its_variables_take_precedence(void **state)
{
    (void)state;
    int status = -1;
    pid_t pid = run("[ \"$TRADEPROOF_IS\" = new ] && [ \"$TRADEPROOF_IS_NOT\" = kept ] && "
                    "[ \"$(tr '\\0' '\\n' </proc/$$/environ | grep -c ^TRADEPROOF_IS=)\" = 1 ]");
    assert_true(starter_reap(&starter, pid, WAIT_MS, &status));
    assert_int_equal(status, 0);
}

static void a_program_is_handed_no_descriptor(void **state)
{
    (void)state;
    int status = -1;
    starter_stop(&starter);
    assert_int_equal(dup2(STDERR_FILENO, 9), 9); /* as a shell may leave one open */
    assert_true(starter_begin(&starter));
    assert_int_equal(close(9), 0);
    pid_t pid = run("for n in 3 4 5 6 7 8 9; do [ ! -e /proc/$$/fd/$n ] || exit 1; done");
    assert_true(starter_reap(&starter, pid, WAIT_MS, &status));
    assert_int_equal(status, 0);
}

static void no_more_run_than_it_can_keep(void **state)
{
    (void)state;
    static const char *const nothing[] = {"/bin/true"};
    write_script("exec sleep 1000");
    const char *const texts[] = {script_path};
    for (size_t i = 0; i < STARTER_CHILDREN_MAX; i++) {
        assert_true(starter_start(&starter, STARTER_PROGRAM, texts, 1, -1) > 0);
    }
    assert_int_equal(starter_start(&starter, STARTER_PROGRAM, nothing, 1, -1), 0);
    assert_int_equal(errno, EAGAIN);
    assert_true(starter.fd >= 0);
}

static void nothing_starts_before_it_is_asked_how_the_others_ended(void **state)
{
    (void)state;
    static const char *const nothing[] = {"/bin/true"};
    pid_t last = 0;
    for (size_t i = 0; i < STARTER_CHILDREN_MAX; i++) {
        last = starter_start(&starter, STARTER_PROGRAM, nothing, 1, -1);
        assert_true(last > 0);
    }
    for (int waited_ms = 0; starter.end_count < STARTER_CHILDREN_MAX; waited_ms += 5) {
        assert_true(waited_ms < WAIT_MS);
        assert_false(starter_reap(&starter, 0, 5, NULL));
    }
    errno = 0;
    assert_int_equal(starter_start(&starter, STARTER_PROGRAM, nothing, 1, -1), 0);
    assert_int_equal(errno, EAGAIN);
    assert_true(starter_reap(&starter, last, 0, NULL));
    assert_true(starter_start(&starter, STARTER_PROGRAM, nothing, 1, -1) > 0);
}

static void what_can_t_be_run_is_said(void **state)
{
    (void)state;
    const char *const nothing[] = {"/nowhere/program"};
    const char *const none[] = {script_path};
    errno = 0;
    assert_int_equal(starter_start(&starter, STARTER_PROGRAM, nothing, 1, -1), 0);
    assert_int_equal(errno, ENOENT);
    write_script("exit 0");
    assert_int_equal(chmod(script_path, 0600), 0);
    assert_int_equal(starter_start(&starter, STARTER_PROGRAM, none, 1, -1), 0);
    assert_int_equal(errno, EACCES);
    assert_int_equal(starter_start(&starter, STARTER_PROGRAM, NULL, 0, -1), 0);
    assert_true(starter.fd >= 0);
}

static void a_program_is_killed_with_what_it_started(void **state)
{
    (void)state;
    pid_t pid = run("sleep 1000 & echo $! >$OUT; wait");
    pid_t other = (pid_t)number_out();
    starter_kill(&starter, pid, SIGKILL);
    assert_true(starter_reap(&starter, pid, WAIT_MS, NULL));
    assert_goes(other);
}

static void only_its_own_processes_are_signalled(void **state)
{
    (void)state;
    pid_t other = fork();
    assert_true(other >= 0);
    if (other == 0) {
        (void)pause();
        _exit(0);
    }
    starter_kill(&starter, other, SIGKILL);
    pid_t pid = run("exit 0"); /* requests are taken in turn */
    assert_true(starter_reap(&starter, pid, WAIT_MS, NULL));
    assert_int_equal(waitpid(other, NULL, WNOHANG), 0);
    assert_int_equal(kill(other, SIGKILL), 0);
    assert_int_equal(waitpid(other, NULL, 0), other);
}

static void all_end_with_it(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    pid_t net = starter_start(&starter, STARTER_DIAL, NULL, 0, ends[1]);
    assert_true(net > 0);
    pid_t program = run("sleep 1000 & echo $! >$OUT; wait");
    pid_t other = (pid_t)number_out();
    starter_stop(&starter);
    assert_goes(net);
    assert_goes(program);
    assert_goes(other);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
}

static void where_it_is_gone_all_have_ended_and_nothing_starts(void **state)
{
    (void)state;
    const char *const texts[] = {script_path};
    int status = 0, ends[2];
    pid_t pid = run("exec sleep 1000");
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    pid_t net = starter_start(&starter, STARTER_DIAL, NULL, 0, ends[1]);
    assert_true(net > 0);
    await_net_process(net);
    assert_int_equal(kill(starter.pid, SIGKILL), 0);
    assert_true(starter_reap(&starter, pid, WAIT_MS, &status));
    assert_true(WIFSIGNALED(status));
    assert_int_equal(starter.fd, -1);
    assert_goes(net);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(starter_start(&starter, STARTER_PROGRAM, texts, 1, -1), 0);
    starter_kill(&starter, pid, SIGKILL);
    assert_int_equal(kill(-pid, SIGKILL), 0);
}

/* A terminal and a service manager signal all of a daemon's processes. */
static void signals_do_not_end_it(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        assert_int_equal(kill(starter.pid, signals[i]), 0);
    }
    pid_t pid = run("kill -TERM $$; sleep 1000");
    int status = 0;
    assert_true(starter_reap(&starter, pid, WAIT_MS, &status));
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(int argc, char **argv)
{
    int code = net_end_main(argc, argv);
    if (code >= 0) {
        return code;
    }
    static const struct CMUnitTest tests[] = {
        TEST(a_program_is_no_child_of_the_daemons),
        TEST(how_each_ended_is_told_once),
        TEST(its_variables_take_precedence),
        TEST(a_program_is_handed_no_descriptor),
        TEST(no_more_run_than_it_can_keep),
        TEST(nothing_starts_before_it_is_asked_how_the_others_ended),
        TEST(what_can_t_be_run_is_said),
        TEST(a_program_is_killed_with_what_it_started),
        TEST(only_its_own_processes_are_signalled),
        TEST(all_end_with_it),
        TEST(where_it_is_gone_all_have_ended_and_nothing_starts),
        TEST(signals_do_not_end_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
