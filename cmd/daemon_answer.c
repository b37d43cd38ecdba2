#include "cmd/daemon_answer.h"

#include <assert.h>
#include <stdlib.h>

int daemon_answer(json_t **out, const struct session *session, enum control_op op)
{
    uint8_t *reply = malloc(CONTROL_REPLY_MAX);
    enum control_result result = CONTROL_FAILED;
    size_t size = 0;
    enum control_error error;

    assert(session->control_fd >= 0);
    *out = NULL;
    if (!reply) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    error = control_call(&session->home, session->control_fd, op, bytes_of(NULL, 0), &result, reply, &size);
    if (error == CONTROL_OK && result == CONTROL_DONE) {
        *out = json_loadb((const char *)reply, size, JSON_REJECT_DUPLICATES, NULL);
    }
    free(reply);
    if (*out) {
        return EXIT_YES;
    }
    if (error == CONTROL_REFUSES) {
        return session_fail_refused(session);
    }
    if (error == CONTROL_SILENT) {
        return session_fail_silent(&session->options, "Let it go on, or end it, then ask again.");
    }
    return session_fail(
        &session->options, EXIT_SYSTEM, "daemon-answer",
        "The daemon gave no answer that makes sense: is it of the same version? Restart tradeproofd.");
}

const char *answer_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

uint64_t answer_number(const json_t *object, const char *name)
{
    json_int_t number = json_integer_value(json_object_get(object, name));

    return number > 0 ? (uint64_t)number : 0;
}
