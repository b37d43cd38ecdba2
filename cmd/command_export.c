#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/frame_file.h"
#include "cmd/json_output.h"
#include "cmd/proof_set.h"

struct export_request {
    struct codes codes;
    const char *out;
};

static int tell(const struct session *session, const struct export_request *request,
                const struct proof_set *set)
{
    if (strcmp(request->out, "-") == 0) {
        return EXIT_YES;
    }
    if (session->options.json) {
        json_t *object = json_object();
        json_object_set_new(object, "file", json_string(request->out));
        json_object_set_new(object, "certificates", json_of_number(set->proof_count));
        return json_output_take(object);
    }
    printf("Wrote %zu certificate%s with their proofs to %s\n", set->proof_count,
           set->proof_count == 1 ? "" : "s", request->out);
    return EXIT_YES;
}

static int export_set(struct session *session, const char *who, const struct export_request *request,
                      struct proof_set *set)
{
    const struct proof_choice choice = {.codes = &request->codes};
    struct subject subject;
    struct bytes frame;
    int code = session_subject(session, who, &subject);
    if (code == EXIT_YES) {
        code = proof_set_add_store(set, session, &subject, &choice);
    }
    if (code != EXIT_YES) {
        return code;
    }
    if (set->proof_count == 0) {
        return session_fail(&session->options, EXIT_UNKNOWN, "not-found",
                            "No certificate of %s is known here; nothing was written.",
                            session_name_of(session, &subject.id));
    }
    const struct certificate_file file = {
        .subject = subject,
        .heads = {.items = set->heads, .count = set->head_count},
        .proofs = {.items = set->proofs, .count = set->proof_count},
    };
    code = frame_encode_record(session, FRAME_CERTIFICATES, &certificate_file_schema, &file, &frame);
    if (code == EXIT_YES) {
        code = frame_file_write(session, request->out, frame);
    }
    return code == EXIT_YES ? tell(session, request, set) : code;
}

int command_export(int argc, char **argv)
{
    struct export_request request = {.out = "certificates.tp"};
    const struct command_option options[] = {
        {"code", OPTION_CODES, &request.codes},
        {"out", OPTION_TEXT, &request.out},
    };
    struct arguments arguments;
    struct session session;
    int code =
        arguments_read(&arguments, "export", argc, argv, options, sizeof(options) / sizeof(options[0]), 1, 1);
    if (code != EXIT_YES) {
        return code;
    }
    code = session_open(&session, &arguments.session, SESSION_READ);
    if (code != EXIT_YES) {
        return code;
    }
    struct proof_set *set = calloc(1, sizeof(*set));
    code = set == NULL ? session_fail_store(&session.options, STORE_NO_MEMORY)
                       : export_set(&session, arguments.values[0], &request, set);
    free(set);
    session_close(&session);
    return code;
}
