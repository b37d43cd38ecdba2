#include "cmd/watch_home.h"

#include <stdlib.h>
#include <unistd.h>

static int fail(const struct watch_home *home, enum home_error error)
{
    return session_fail_home(&home->session->options, error);
}

static int read_list(struct watch_home *home)
{
    enum watch_file_result result;
    size_t line;
    enum home_error error = watch_file_read(home->list, home->text, &home->size, &result, &line,
                                            &home->session->home, WATCH_FILE);
    if (error != HOME_OK) {
        return fail(home, error);
    }
    if (result == WATCH_FILE_OK) {
        return EXIT_YES;
    }
    if (line == 0) {
        return session_fail(&home->session->options, EXIT_BAD_INPUT, "bad-watch-list",
                            "The file %s/%s %s: correct it.", home->session->home.path, WATCH_FILE,
                            watch_file_words(result));
    }
    return session_fail(&home->session->options, EXIT_BAD_INPUT, "bad-watch-list",
                        "Line %zu of %s/%s %s: correct or remove it.", line, home->session->home.path,
                        WATCH_FILE, watch_file_words(result));
}

static int read_reported(struct watch_home *home)
{
    enum watch_seen_result result;
    size_t line;
    enum home_error error =
        watch_seen_read(&home->reported, &result, &line, &home->session->home, WATCH_REPORTED_FILE);
    if (error != HOME_OK) {
        return fail(home, error);
    }
    switch (result) {
    case WATCH_SEEN_OK:
        return EXIT_YES;
    case WATCH_SEEN_NO_MEMORY:
        return session_fail_store(&home->session->options, STORE_NO_MEMORY);
    case WATCH_SEEN_TOO_LARGE:
    case WATCH_SEEN_BAD_LINE:
        break;
    }
    return session_fail(
        &home->session->options, EXIT_BAD_INPUT, "bad-watch-reported",
        "Line %zu of %s/%s is damaged: restore that file from a backup, or remove it; the next "
        "report then has nothing to compare with.",
        line, home->session->home.path, WATCH_REPORTED_FILE);
}

int watch_home_open(struct watch_home *home, struct session *session)
{
    *home = (struct watch_home){.session = session, .lock_fd = -1};
    enum home_error error = home_lock(&session->home, "watch.lock", true, &home->lock_fd);
    if (error != HOME_OK) {
        return fail(home, error);
    }
    home->list = calloc(1, sizeof(*home->list));
    home->text = malloc(WATCH_FILE_SIZE_MAX);
    if (home->list == NULL || home->text == NULL || !watch_seen_init(&home->reported) ||
        !watch_check_init(&home->check, session->store, &session->home.network, session->trust)) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    int code = read_list(home);
    if (code == EXIT_YES) {
        code = read_reported(home);
    }
    if (code != EXIT_YES) {
        return code;
    }
    enum store_error asked = watch_check_ask(&home->check, session_today(), session_now_s(),
                                             session->has_actor ? &session->actor : NULL);
    return asked == STORE_OK ? EXIT_YES : session_fail_store(&session->options, asked);
}

void watch_home_close(struct watch_home *home)
{
    watch_check_deinit(&home->check);
    watch_seen_deinit(&home->reported);
    free(home->text);
    free(home->list);
    if (home->lock_fd >= 0) {
        (void)close(home->lock_fd);
    }
}

int watch_home_save_reported(const struct watch_home *home)
{
    enum home_error error = watch_seen_write(&home->reported, &home->session->home, WATCH_REPORTED_FILE);
    return error == HOME_OK ? EXIT_YES : fail(home, error);
}

int watch_home_save_list(const struct watch_home *home, const char *text, size_t size)
{
    enum home_error error = home_write(&home->session->home, WATCH_FILE, text, size, 0600);
    return error == HOME_OK ? EXIT_YES : fail(home, error);
}

const char *watched_name(const struct session *session, const struct watched *watched)
{
    return watched->name[0] != '\0' ? watched->name : session_name_of(session, &watched->subject.id);
}
