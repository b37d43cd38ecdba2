#include <stdio.h>

#include "cmd/command.h"
#include "cmd/daemon_answer.h"
#include "cmd/json_output.h"
#include "cmd/verdict_text.h"

static void print_peer(const json_t *peer)
{
    char since[AGE_WORDS_SIZE];

    age_words(since, answer_number(peer, "up_s"));
    printf("%s\n  %s, connected %s, %llu frames in, %llu out%s%s\n", answer_text(peer, "node"),
           answer_text(peer, "direction")[0] == 'o' ? "called by this node" : "called this node", since,
           (unsigned long long)answer_number(peer, "frames_in"),
           (unsigned long long)answer_number(peer, "frames_out"),
           answer_text(peer, "endpoint")[0] != '\0' ? ", at " : "", answer_text(peer, "endpoint"));
}

static int peers(struct session *session, char **arguments)
{
    json_t *answer;
    int code;

    (void)arguments;
    if (session->control_fd < 0) {
        return session_fail(
            &session->options, EXIT_UNKNOWN, "no-daemon",
            "No daemon runs on this data folder, so there are no connections. Start one: tradeproofd "
            "--help");
    }
    code = daemon_answer(&answer, session, CONTROL_PEERS);
    if (code != EXIT_YES) {
        return code;
    }
    if (session->options.json) {
        return json_output_take(answer);
    }
    if (json_array_size(answer) == 0) {
        printf("The daemon runs and is connected to nobody.\n");
    }
    for (size_t i = 0; i < json_array_size(answer); i++) {
        print_peer(json_array_get(answer, i));
    }
    json_decref(answer);
    return EXIT_YES;
}

int command_peers(int argc, char **argv)
{
    return command_in_session(command_named("peers"), argc, argv, 0, 0, SESSION_READ, peers);
}
