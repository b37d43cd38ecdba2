#include "cmd/frame_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/reasons.h"

enum { PATH_SIZE_MAX = 4096 };

static bool is_stream(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* ---- reading ---- */

/* Read at most capacity bytes. Returns: false when reading fails. */
static bool read_all(int fd, uint8_t *data, size_t capacity, size_t *size)
{
    for (*size = 0; *size < capacity;) {
        ssize_t got = read(fd, data + *size, capacity - *size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got == 0;
        }
        *size += (size_t)got;
    }
    return true;
}

static int read_bytes(struct session *session, const char *path, struct bytes *out)
{
    uint8_t *data = arena_take(&session->arena, FRAME_SIZE_MAX + 1);
    size_t size = 0;
    if (data == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    int fd = is_stream(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    bool was_read = fd >= 0 && read_all(fd, data, FRAME_SIZE_MAX + 1, &size);
    int error = errno;
    if (fd > STDIN_FILENO) {
        close(fd);
    }
    if (!was_read) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "file-not-readable",
                            "%s could not be read: %s.", path, strerror(error));
    }
    if (size > FRAME_SIZE_MAX) {
        return session_fail_reason(&session->options, REASON_TOO_LARGE);
    }
    *out = bytes_of(data, size);
    return EXIT_YES;
}

enum reason frame_decode_record(struct session *session, struct bytes bytes, enum frame_kind kind,
                                const struct schema *schema, void *record)
{
    struct frame frame;
    enum reason reason = frame_decode(&frame, &session->home.network, bytes);
    if (reason != REASON_NONE) {
        return reason;
    }
    if (frame.kind != (uint8_t)kind) {
        return REASON_WRONG_KIND;
    }
    return schema_decode(schema, record, frame.payload, &session->arena);
}

/* What a file holds, for whoever named the wrong one. */
static const char *kind_words(enum frame_kind kind)
{
    switch (kind) {
    case FRAME_CHALLENGE:
        return "a challenge, as tradeproof challenge makes it";
    case FRAME_PRESENTATION:
        return "an answer to a challenge, as tradeproof present makes it";
    case FRAME_CERTIFICATES:
        return "certificates, as tradeproof export makes them";
    case FRAME_CONSENT:
        return "a consent, as tradeproof consent makes it";
    case FRAME_HELLO:
    case FRAME_HEADS:
    case FRAME_HEARD:
    case FRAME_WANT:
    case FRAME_BLOCK:
    case FRAME_CHECKPOINT:
    case FRAME_FORK_PROOF:
    case FRAME_WITNESS_ROOT:
    case FRAME_COSIGNATURE:
    case FRAME_INTRODUCTION_WANT:
    case FRAME_INTRODUCTION:
        break;
    }
    return "something that nodes send each other";
}

static int fail_file(struct session *session, const char *path, struct bytes bytes, enum frame_kind wanted,
                     enum reason reason)
{
    struct frame frame;
    enum reason envelope = frame_decode(&frame, &session->home.network, bytes);
    if (envelope == REASON_NONE && frame.kind != (uint8_t)wanted) {
        return session_fail(&session->options, EXIT_BAD_INPUT, reason_word(reason),
                            "%s holds %s. What is wanted here is %s.", path,
                            kind_words((enum frame_kind)frame.kind), kind_words(wanted));
    }
    if (envelope == REASON_NONE || envelope == REASON_WRONG_NETWORK) {
        return session_fail_reason(&session->options, reason);
    }
    return session_fail(
        &session->options, EXIT_BAD_INPUT, reason_word(reason),
        "%s is no file of tradeproof's, or it was damaged on its way: %s. What is wanted here is "
        "%s.",
        path, reason_sentence(reason), kind_words(wanted));
}

int frame_file_read(struct session *session, const char *path, enum frame_kind kind,
                    const struct schema *schema, void *record)
{
    struct bytes bytes;
    int code = read_bytes(session, path, &bytes);
    if (code != EXIT_YES) {
        return code;
    }
    enum reason reason = frame_decode_record(session, bytes, kind, schema, record);
    return reason == REASON_NONE ? EXIT_YES : fail_file(session, path, bytes, kind, reason);
}

/* ---- writing ---- */

int frame_encode_record(struct session *session, enum frame_kind kind, const struct schema *schema,
                        const void *record, struct bytes *out)
{
    uint8_t *payload_memory = arena_take(&session->arena, FRAME_SIZE_MAX);
    uint8_t *frame_memory = arena_take(&session->arena, FRAME_SIZE_MAX);
    struct bytes payload;
    struct writer writer;
    if (payload_memory == NULL || frame_memory == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    size_t limit = schema->encoded_size_max == 0 ? FRAME_SIZE_MAX : schema->encoded_size_max;
    writer_init(&writer, frame_memory, FRAME_SIZE_MAX);
    if (!schema_encode(schema, record, payload_memory, FRAME_SIZE_MAX, &payload) || payload.size > limit ||
        !frame_encode(&writer, &session->home.network, kind, payload) || !writer_end(&writer, out)) {
        return session_fail_reason(&session->options, REASON_TOO_LARGE);
    }
    return EXIT_YES;
}

static bool write_all(int fd, struct bytes bytes)
{
    for (size_t at = 0; at < bytes.size;) {
        ssize_t written = write(fd, bytes.data + at, bytes.size - at);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        at += written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* Into a new file beside the one wanted, which then takes its place. */
static bool write_file(const char *path, struct bytes bytes)
{
    char beside[PATH_SIZE_MAX];
    int length = snprintf(beside, sizeof(beside), "%s.XXXXXX", path);
    if (length < 0 || (size_t)length >= sizeof(beside)) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool is_written = write_all(fd, bytes) && fsync(fd) == 0;
    is_written = close(fd) == 0 && is_written && rename(beside, path) == 0;
    if (!is_written) {
        int error = errno;
        unlink(beside);
        errno = error;
    }
    return is_written;
}

int frame_file_write(const struct session *session, const char *path, struct bytes bytes)
{
    if (is_stream(path) ? write_all(STDOUT_FILENO, bytes) : write_file(path, bytes)) {
        return EXIT_YES;
    }
    return session_fail(&session->options, errno == ENOSPC || errno == EDQUOT ? EXIT_NO_ROOM : EXIT_SYSTEM,
                        "file-not-written", "%s could not be written: %s.", path, strerror(errno));
}
