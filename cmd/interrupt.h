#ifndef CMD_INTERRUPT_H
#define CMD_INTERRUPT_H

/* Ctrl-C, a closed terminal or a kill, for a command that signs block after block: it finishes the one at
 * hand and says what is durable. A second one ends the program at once. */

#include <stdbool.h>

/* From now on they are caught. */
void interrupt_catch(void);
/* Whether one came. */
bool interrupt_came(void);
/* Wait until there is something to read. Returns: false when one came first; at once where none is caught. */
bool interrupt_await_input(int fd);

#endif
