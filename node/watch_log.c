#include "node/watch_log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/watch_words.h"

enum { END_SIZE_MAX = 2 * 1024 * 1024 };
static_assert((int)END_SIZE_MAX >= (int)WATCH_NEWS_MAX * (int)WATCH_LINE_SIZE,
              "all that can have been written last is looked at");

void watch_news_who(char *out, const struct watch_news *news, const struct network *network)
{
    if (news->name[0] != '\0') {
        memcpy(out, news->name, sizeof(news->name));
    } else {
        subject_to_text(out, network, &news->subject);
    }
}

void watch_news_line(char *out, const struct watch_news *news, const struct network *network)
{
    char time[TIME_TEXT_SIZE], who[NAME_SIZE_MAX + ID_TEXT_MAX];
    char what[WATCH_WORDS_SIZE], was[WATCH_WORDS_SIZE], is[WATCH_WORDS_SIZE];
    time_to_text(time, news->time_s);
    watch_news_who(who, news, network);
    watch_what_words(what, &news->change.is);
    watch_fact_words(was, &news->change.was);
    watch_fact_words(is, &news->change.is);
    (void)snprintf(out, WATCH_LINE_SIZE, "%s %s: %s %s: was %s, is %s", time, who, what,
                   watch_change_words(news->change.kind), was, is);
}

/* ---- the end of the file ---- */

/* The last bytes of a file of so many, NUL-terminated; NULL when they can't be had. */
static char *read_end(int fd, off_t file_size)
{
    size_t size = file_size < END_SIZE_MAX ? (size_t)file_size : END_SIZE_MAX;
    char *end = malloc(size + 1);
    if (end == NULL) {
        return NULL;
    }
    if (pread(fd, end, size, file_size - (off_t)size) != (ssize_t)size) {
        free(end);
        return NULL;
    }
    end[size] = '\0';
    return end;
}

/* Whether line is a whole line of text. */
static bool has_line(const char *text, const char *line)
{
    size_t size = strlen(line);
    for (const char *at = strstr(text, line); at != NULL; at = strstr(at + 1, line)) {
        if ((at == text || at[-1] == '\n') && at[size] == '\n') {
            return true;
        }
    }
    return false;
}

static void mark_those_in(const char *end, struct watch_news *news, size_t count,
                          const struct network *network)
{
    for (size_t i = 0; i < count; i++) {
        char line[WATCH_LINE_SIZE];
        watch_news_line(line, &news[i], network);
        news[i].to_log = news[i].to_log && !has_line(end, line);
    }
}

/* ---- writing ---- */

static char *lines_of(size_t *size, const struct watch_news *news, size_t count,
                      const struct network *network)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (out == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        char line[WATCH_LINE_SIZE];
        if (news[i].to_log) {
            watch_news_line(line, &news[i], network);
            (void)fprintf(out, "%s\n", line);
        }
    }
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

/* All or nothing: what was written of a text that does not fit is cut off again. */
static enum home_error write_whole(int fd, off_t file_size, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, text, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            enum home_error error = home_error_of(written < 0 ? errno : EIO);
            (void)!ftruncate(fd, file_size);
            return error;
        }
        text += written;
        size -= (size_t)written;
    }
    return fdatasync(fd) == 0 ? HOME_OK : home_error_of(errno);
}

static enum home_error append(int fd, off_t file_size, const struct watch_news *news, size_t count,
                              const struct network *network)
{
    char last = '\n';
    size_t size = 0;
    char *text = lines_of(&size, news, count, network);
    enum home_error error = text != NULL ? HOME_OK : HOME_IO;
    if (file_size > 0 && pread(fd, &last, 1, file_size - 1) != 1) {
        error = HOME_IO;
    }
    /* Half a line of one who was killed in between stays apart from whole ones. */
    if (error == HOME_OK && size > 0 && last != '\n') {
        error = write_whole(fd, file_size, "\n", 1);
        file_size++;
    }
    if (error == HOME_OK) {
        error = write_whole(fd, file_size, text, size);
    }
    free(text);
    return error;
}

static enum home_error append_news(int fd, struct watch_news *news, size_t count,
                                   const struct network *network, bool check_end)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return home_error_of(errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return HOME_IO;
    }
    if (check_end) {
        char *end = read_end(fd, status.st_size);
        if (end == NULL) {
            return HOME_IO;
        }
        mark_those_in(end, news, count, network);
        free(end);
    }
    enum home_error error = append(fd, status.st_size, news, count, network);
    for (size_t i = 0; error == HOME_OK && i < count; i++) {
        news[i].to_log = false;
    }
    return error;
}

enum home_error watch_log_append(const char *path, struct watch_news *news, size_t count,
                                 const struct network *network, bool check_end)
{
    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    if (fd < 0) {
        return home_error_of(errno);
    }
    enum home_error error = append_news(fd, news, count, network, check_end);
    (void)close(fd);
    return error;
}
