#ifndef CMD_EXIT_CODES_H
#define CMD_EXIT_CODES_H

/* Documented in README and in `tradeproof --help`. */
enum exit_code {
    EXIT_YES = 0,         /* done; or: the verdict is valid */
    EXIT_NO = 1,          /* the verdict is invalid, or the requirement is not met */
    EXIT_UNKNOWN = 2,     /* could not be determined */
    EXIT_USAGE = 3,       /* the command line is wrong */
    EXIT_BAD_INPUT = 4,   /* a file, id, date or record was refused */
    EXIT_PARTLY = 5,      /* done, except for rows that were refused, or came after Ctrl-C */
    EXIT_PASSPHRASE = 6,  /* wrong, or none to be had */
    EXIT_BUSY = 7,        /* the data folder is in use by another process, or the daemon does not answer */
    EXIT_NO_ROOM = 8,     /* the disk is full */
    EXIT_VERSION = 9,     /* the store was made by another version */
    EXIT_CLOCK = 10,      /* this machine's clock disagrees with the evidence */
    EXIT_NOT_SET_UP = 11, /* no home yet: run `tradeproof init` */
    EXIT_SYSTEM = 12,     /* the operating system said no */
};

#endif
