#ifndef CMD_STANDARD_STREAMS_H
#define CMD_STANDARD_STREAMS_H

/* Whoever starts a program may have closed its standard streams. The next file that it opens would be one of
 * them, and what is meant for people would be written into the lock or the store. */

/* Where one is closed, put in its place what can neither be read nor written. To be called before anything is
 * opened. */
void standard_streams_hold(void);

#endif
