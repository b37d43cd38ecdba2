#include "cmd/confirm.h"

#include <stdio.h>
#include <unistd.h>

int confirm(const struct session *session, bool yes, const char *question)
{
    char answer[16];
    if (yes) {
        return EXIT_YES;
    }
    if (isatty(STDIN_FILENO) != 1) {
        return session_fail(&session->options, EXIT_USAGE, "not-confirmed",
                            "Nobody is there to confirm this: say --yes if you agree.");
    }
    fprintf(stderr, "%s [y/N] ", question);
    if (fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y')) {
        return EXIT_YES;
    }
    return session_fail(&session->options, EXIT_NO, "declined", "Declined: nothing was signed or written.");
}
