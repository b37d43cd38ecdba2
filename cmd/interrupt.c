#include "cmd/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>

enum { LOOK_EACH_MS = 100 }; /* one that comes just before a wait does not end that */

static volatile sig_atomic_t came;
static bool is_caught;

static void note(int number)
{
    (void)number;
    came = 1;
}

void interrupt_catch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART | (int)SA_RESETHAND};
    struct sigaction before;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaction(numbers[i], &action, NULL);
        }
    }
    is_caught = true;
}

bool interrupt_came(void)
{
    return came != 0;
}

bool interrupt_await_input(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLIN};
    while (is_caught && !interrupt_came() && poll(&wanted, 1, LOOK_EACH_MS) <= 0) {
    }
    return !interrupt_came();
}
