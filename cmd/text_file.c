#include "cmd/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool read_all(int fd, uint8_t *out, size_t capacity, size_t *size)
{
    ssize_t got = 1;
    *size = 0;
    while (got != 0 && *size < capacity) {
        got = read(fd, out + *size, capacity - *size);
        if (got < 0 && errno != EINTR) {
            return false;
        }
        *size += got > 0 ? (size_t)got : 0;
    }
    return true;
}

int text_file_read(struct session *session, const char *path, size_t size_max, struct bytes *out)
{
    uint8_t *text = arena_take(&session->arena, size_max + 1);
    size_t size = 0;
    if (text == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool was_read = fd >= 0 && read_all(fd, text, size_max + 1, &size);
    int error = errno;
    if (fd >= 0) {
        close(fd);
    }
    if (!was_read) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "unreadable", "%s could not be read: %s.",
                            path, strerror(error));
    }
    *out = bytes_of(text, size);
    return EXIT_YES;
}
