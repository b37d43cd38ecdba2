#include "protocol/sync/sync.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/sync/wants.h"
#include "tests/support/sync_world.h"

/* ---- decisions ---- */

enum { STEPS_MAX = 32, TEXT_SIZE = 512, BLOCK_SIZE = 512 * 1024, SMALL_SIZE = 1024 };

/* One event in short: of peer, about the block seq of author 'A' (or 'B'; the blocks of 'S' are
 * small), seq -1: none. */
struct script_step {
    enum sync_event_kind kind;
    uint32_t peer;
    char author;
    int seq;
    enum sync_ours ours;
    uint64_t after_ms; /* since the step before */
    bool theirs_gaps, ours_gaps, ours_cuts;
};

/* The one that this node dialled; all others dialled it. */
enum { DIALLED = 4 };

/* The sentence, the events, and what the last of them brings about. */
struct decision {
    const char *sentence;
    struct script_step steps[STEPS_MAX];
    size_t step_count;
    const char *actions;
};

#define UP(peer)                                                                                             \
    {                                                                                                        \
        SYNC_PEER_UP, peer, 'A', -1, SYNC_OURS_SAME, 0, false, false, false                                  \
    }
#define DOWN(peer)                                                                                           \
    {                                                                                                        \
        SYNC_PEER_DOWN, peer, 'A', -1, SYNC_OURS_SAME, 0, false, false, false                                \
    }
#define HEAD_OF(author, peer, seq)                                                                           \
    {                                                                                                        \
        SYNC_PEER_HEAD, peer, author, seq, SYNC_OURS_MISSING, 0, false, false, false                         \
    }
#define IN_OF(author, peer, seq)                                                                             \
    {                                                                                                        \
        SYNC_BLOCK_IN, peer, author, seq, SYNC_OURS_SAME, 0, false, false, false                             \
    }
#define HEAD(peer, seq, ours)                                                                                \
    {                                                                                                        \
        SYNC_PEER_HEAD, peer, 'A', seq, SYNC_OURS_##ours, 0, false, false, false                             \
    }
#define WANT(peer)                                                                                           \
    {                                                                                                        \
        SYNC_PEER_WANT, peer, 'A', -1, SYNC_OURS_SAME, 0, false, false, false                                \
    }
#define IN(peer, seq)                                                                                        \
    {                                                                                                        \
        SYNC_BLOCK_IN, peer, 'A', seq, SYNC_OURS_SAME, 0, false, false, false                                \
    }
#define ORPHAN(peer, seq)                                                                                    \
    {                                                                                                        \
        SYNC_BLOCK_ORPHAN, peer, 'A', seq, SYNC_OURS_SAME, 0, false, false, false                            \
    }
#define NEW(peer, seq)                                                                                       \
    {                                                                                                        \
        SYNC_BLOCK_NEW, peer, 'A', seq, SYNC_OURS_SAME, 0, false, false, false                               \
    }
#define EVIDENCE(peer)                                                                                       \
    {                                                                                                        \
        SYNC_EVIDENCE_NEW, peer, 'A', -1, SYNC_OURS_SAME, 0, false, false, false                             \
    }
#define TICK(after_ms)                                                                                       \
    {                                                                                                        \
        SYNC_TICK, SYNC_LOCAL, 'A', -1, SYNC_OURS_SAME, after_ms, false, false, false                        \
    }
/* A head of which our copy lacks entries, and one whose sender lacks some too. */
#define WHOLE(peer, ours)                                                                                    \
    {                                                                                                        \
        SYNC_PEER_HEAD, peer, 'A', 5, SYNC_OURS_##ours, 0, false, true, false                                \
    }
#define TOO(peer)                                                                                            \
    {                                                                                                        \
        SYNC_PEER_HEAD, peer, 'A', 5, SYNC_OURS_SAME, 0, true, true, false                                   \
    }
/* A head of a log of which we lack what cuts keep, as its sender may. */
#define CUTS(peer, ours)                                                                                     \
    {                                                                                                        \
        SYNC_PEER_HEAD, peer, 'A', 5, SYNC_OURS_##ours, 0, false, false, true                                \
    }
#define CUTS_AND_GAPS(peer, ours)                                                                            \
    {                                                                                                        \
        SYNC_PEER_HEAD, peer, 'A', 5, SYNC_OURS_##ours, 0, false, true, true                                 \
    }
/* A block that can't be held yet, and shows which one is needed. */
#define ON_WAY(peer, seq)                                                                                    \
    {                                                                                                        \
        SYNC_BLOCK_ON_WAY, peer, 'A', seq, SYNC_OURS_SAME, 0, false, false, false                            \
    }
/* A fuller copy of a block, after which more are to be filled, or none. */
#define MORE(peer)                                                                                           \
    {                                                                                                        \
        SYNC_BLOCK_FILLED, peer, 'A', 5, SYNC_OURS_SAME, 0, false, true, false                               \
    }
#define LAST(peer)                                                                                           \
    {                                                                                                        \
        SYNC_BLOCK_FILLED, peer, 'A', 5, SYNC_OURS_SAME, 0, false, false, false                              \
    }
#define STEPS(...) {__VA_ARGS__}, sizeof((struct script_step[]){__VA_ARGS__}) / sizeof(struct script_step)

static const struct decision decisions[] = {
    {"A peer that comes up is sent our heads.", STEPS(UP(1)), "heard@1"},
    {"Heads go again after at most 37.5 s.", STEPS(UP(1), TICK(37500)), "heard@1"},
    {"… and not before 22.5 s.", STEPS(UP(1), TICK(22499)), ""},
    {"A peer that came up twice is one peer.", STEPS(UP(1), UP(1)), ""},
    {"Nothing is said to a peer that went down.", STEPS(UP(1), DOWN(1), TICK(60000)), ""},
    {"What an unknown peer says is ignored.", STEPS(HEAD(1, 5, MISSING)), ""},
    {"A head that we lack is asked for.", STEPS(UP(1), HEAD(1, 5, MISSING)), "want@1"},
    {"… once.", STEPS(UP(1), HEAD(1, 5, MISSING), HEAD(1, 5, MISSING)), ""},
    {"… of a second peer too, while the first has kept no promise yet.",
     STEPS(UP(1), UP(2), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING)), "want@2"},
    {"… not of a third.",
     STEPS(UP(1), UP(2), UP(3), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), HEAD(3, 5, MISSING)), ""},
    {"… not of a second, where the first has kept one.",
     STEPS(UP(1), UP(2), HEAD(1, 5, MISSING), IN(1, 5), HEAD(1, 9, MISSING), HEAD(2, 9, MISSING)), ""},
    {"… or of another that has, where the first has not.",
     STEPS(UP(1), UP(2), HEAD(2, 5, MISSING), IN(2, 5), HEAD(1, 9, MISSING), HEAD(2, 9, MISSING)), "want@2"},
    {"A head that we have needs nothing.", STEPS(UP(1), HEAD(1, 5, SAME)), ""},
    {"A head that we are ahead of needs nothing.", STEPS(UP(1), HEAD(1, 5, AHEAD)), ""},
    {"Nothing is asked of authors that are not admitted.", STEPS(UP(1), HEAD(1, 5, NOT_ADMITTED)), ""},
    {"A want is answered.", STEPS(UP(1), WANT(1)), "blocks@1"},
    {"A batch that ends below the head is followed by the next want, which starts where it ended.",
     STEPS(UP(1), HEAD(1, 40, MISSING), IN(1, 15), HEAD(1, 40, MISSING)), "want@1+15"},
    {"A want goes on at one peer though another may not bring the author.",
     STEPS(UP(1), UP(2), HEAD(1, 40, MISSING), HEAD(2, 41, NOT_ADMITTED), IN(1, 15), HEAD(1, 40, MISSING)),
     "want@1+15"},
    {"A head that crossed our want does not repeat it.",
     STEPS(UP(1), HEAD(1, 40, MISSING), HEAD(1, 41, MISSING)), ""},
    {"A batch of blocks that came before does not count as progress.",
     STEPS(UP(1), HEAD(1, 40, MISSING), IN(1, 15), HEAD(1, 40, MISSING), IN(1, 15), HEAD(1, 40, MISSING)),
     ""},
    {"A want without answer is repeated after 2 to 2.5 s.", STEPS(UP(1), HEAD(1, 5, MISSING), TICK(2500)),
     "want@1"},
    {"… not earlier.", STEPS(UP(1), HEAD(1, 5, MISSING), TICK(1999)), ""},
    {"… then after twice as long.", STEPS(UP(1), HEAD(1, 5, MISSING), TICK(2500), TICK(3999)), ""},
    {"… which is 4 to 5 s.", STEPS(UP(1), HEAD(1, 5, MISSING), TICK(2500), TICK(5000)), "want@1"},
    {"A want without answer goes to another peer that announced the same, before it is repeated.",
     STEPS(UP(1), UP(2), UP(3), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), HEAD(3, 5, MISSING), TICK(2500)),
     "want@3 want@1 want@2"},
    {"… whose time is its own.",
     STEPS(UP(1), UP(2), UP(3), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), HEAD(3, 5, MISSING), TICK(2500),
           TICK(2500)),
     "want@3"},
    {"Two that have kept no promise don't keep out one that has.",
     STEPS(UP(1), UP(2), UP(3), HEAD(3, 5, MISSING), IN(3, 5), HEAD_OF('B', 1, 5), HEAD_OF('B', 2, 5),
           HEAD_OF('B', 3, 5)),
     "want@3:B"},
    {"… nor two that dialled this node one that it dialled.",
     STEPS(UP(1), UP(2), UP(DIALLED), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), HEAD(DIALLED, 5, MISSING)),
     "want@4"},
    {"Of those that wait, one that this node dialled goes first.",
     STEPS(UP(1), UP(2), UP(DIALLED), HEAD(1, 5, MISSING), IN(1, 5), HEAD_OF('C', 2, 5), IN_OF('C', 2, 5),
           HEAD_OF('B', 2, 5), HEAD_OF('B', 1, 5), HEAD_OF('B', DIALLED, 5), DOWN(2)),
     "want@4:B want@1:B"},
    {"… then one that has kept a promise.",
     STEPS(UP(1), UP(2), UP(3), HEAD(3, 5, MISSING), IN(3, 5), HEAD_OF('C', 2, 5), IN_OF('C', 2, 5),
           HEAD_OF('B', 2, 5), HEAD_OF('B', 1, 5), HEAD_OF('B', 3, 5), DOWN(2)),
     "want@3:B"},
    {"Whoever lets a want stall has kept no promise.",
     STEPS(UP(1), UP(2), HEAD(1, 5, MISSING), IN(1, 5), HEAD(1, 9, MISSING), TICK(2500), HEAD_OF('B', 1, 5),
           HEAD_OF('B', 2, 5)),
     "want@2:B"},
    {"… and what it holds alone is asked of another at once.",
     STEPS(UP(1), UP(2), HEAD_OF('D', 2, 0), TICK(900), IN_OF('D', 2, 0), HEAD(1, 5, MISSING), IN(1, 5),
           HEAD_OF('B', 1, 5), HEAD_OF('C', 1, 40), HEAD_OF('C', 2, 40), TICK(900), IN_OF('C', 1, 1),
           IN_OF('C', 1, 2), IN_OF('C', 1, 3), TICK(1600)),
     "want@2:C"},
    {"Who brings something else meanwhile has the answer in its queue, and isn't asked a second time.",
     STEPS(UP(1), HEAD(1, 5, MISSING), HEAD_OF('B', 1, 5), TICK(1900), IN(1, 1), TICK(600)), ""},
    {"… but others are.",
     STEPS(UP(1), UP(2), UP(5), HEAD_OF('D', 2, 0), TICK(900), IN_OF('D', 2, 0), HEAD_OF('D', 1, 0),
           IN_OF('D', 1, 0), HEAD(1, 40, MISSING), HEAD_OF('B', 1, 5), HEAD_OF('B', 2, 5), HEAD_OF('B', 5, 5),
           TICK(900), IN(1, 1), TICK(900), IN(1, 2), TICK(700)),
     "want@2:B want@5:B"},
    {"… and the second time it has kept no promise, whatever it brought meanwhile.",
     STEPS(UP(1), UP(2), HEAD_OF('E', 2, 0), TICK(900), IN_OF('E', 2, 0), HEAD_OF('E', 1, 0),
           IN_OF('E', 1, 0), HEAD(1, 40, MISSING), HEAD_OF('B', 1, 1), HEAD_OF('D', 1, 0), TICK(1900),
           IN(1, 1), TICK(600), IN(1, 2), TICK(1900), IN(1, 3), IN_OF('D', 1, 0), TICK(600),
           HEAD_OF('C', 1, 1), HEAD_OF('C', 2, 1)),
     "want@2:C"},
    {"… until its time is over once more.",
     STEPS(UP(1), HEAD(1, 40, MISSING), HEAD_OF('B', 1, 5), TICK(1900), IN(1, 1), TICK(600), IN(1, 2),
           TICK(1900), IN(1, 3), TICK(600)),
     "want@1:B"},
    {"… and each time that it is asked.",
     STEPS(UP(1), HEAD(1, 40, MISSING), HEAD_OF('B', 1, 5), TICK(1900), IN(1, 1), TICK(600), TICK(2500),
           TICK(3900), IN(1, 2), TICK(1100)),
     ""},
    {"… or when nothing came for two seconds.",
     STEPS(UP(1), HEAD(1, 40, MISSING), HEAD_OF('B', 1, 5), TICK(499), IN(1, 1), TICK(2001)), "want@1:B"},
    {"A started answer that pauses is asked of another, however fast its source is in all.",
     STEPS(UP(1), UP(2), HEAD_OF('D', 2, 0), TICK(900), IN_OF('D', 2, 0), HEAD_OF('B', 1, 0),
           IN_OF('B', 1, 0), HEAD_OF('S', 1, 40), HEAD_OF('C', 1, 40), HEAD_OF('S', 2, 40), TICK(100),
           IN_OF('S', 1, 1), IN_OF('C', 1, 1), TICK(700), IN_OF('C', 1, 2), TICK(700)),
     "want@2:S"},
    {"… and not before it paused for a second.",
     STEPS(UP(1), UP(2), HEAD_OF('D', 2, 0), TICK(900), IN_OF('D', 2, 0), HEAD_OF('B', 1, 0),
           IN_OF('B', 1, 0), HEAD_OF('S', 1, 40), HEAD_OF('C', 1, 40), HEAD_OF('S', 2, 40), TICK(100),
           IN_OF('S', 1, 1), IN_OF('C', 1, 1), TICK(700), IN_OF('C', 1, 2), TICK(250)),
     ""},
    {"… longer where its blocks are large.",
     STEPS(UP(1), UP(2), HEAD_OF('D', 2, 0), TICK(900), IN_OF('D', 2, 0), HEAD_OF('B', 1, 0),
           IN_OF('B', 1, 0), HEAD(1, 40, MISSING), HEAD_OF('C', 1, 40), HEAD(2, 40, MISSING), TICK(100),
           IN(1, 1), IN_OF('C', 1, 1), TICK(700), IN_OF('C', 1, 2), TICK(700)),
     ""},
    {"… and its own source only once a whole stall is over since it went on.",
     STEPS(UP(1), HEAD_OF('S', 1, 40), TICK(100), IN_OF('S', 1, 1), TICK(1500), IN_OF('S', 1, 2), TICK(1900)),
     ""},
    {"What a slow one is asked for, another is asked for too.",
     STEPS(UP(1), UP(2), UP(3), HEAD_OF('B', 3, 5), IN_OF('B', 3, 5), HEAD_OF('B', 1, 6), IN_OF('B', 1, 6),
           HEAD(1, 40, MISSING), HEAD(3, 40, MISSING), TICK(900), IN(1, 1), TICK(200)),
     "want@3"},
    {"… also where there is nothing to compare with.",
     STEPS(UP(1), UP(2), UP(3), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), HEAD(3, 5, MISSING), TICK(1000)),
     "want@3"},
    {"… or where the others were asked for little last.",
     STEPS(UP(1), UP(2), UP(3), HEAD_OF('B', 3, 5), IN_OF('B', 3, 5), HEAD_OF('C', 3, 0), TICK(900),
           IN_OF('C', 3, 0), HEAD_OF('B', 1, 6), IN_OF('B', 1, 6), HEAD(1, 40, MISSING), HEAD(3, 40, MISSING),
           TICK(900), IN(1, 1), TICK(1100)),
     "want@3"},
    {"… where two that bring nothing are asked, a third.",
     STEPS(UP(1), UP(2), UP(3), UP(5), HEAD_OF('B', 5, 5), IN_OF('B', 5, 5), HEAD(1, 40, MISSING),
           HEAD(2, 40, MISSING), HEAD(3, 40, MISSING), TICK(1100)),
     "want@3"},
    {"… and the slow one has kept no promise.",
     STEPS(UP(1), UP(2), UP(3), HEAD_OF('B', 3, 5), IN_OF('B', 3, 5), HEAD_OF('B', 1, 6), IN_OF('B', 1, 6),
           HEAD(1, 40, MISSING), HEAD(3, 40, MISSING), TICK(900), IN(1, 1), TICK(200), HEAD_OF('C', 1, 5),
           HEAD_OF('C', 2, 5)),
     "want@2:C"},
    {"… until it brings what it was asked for.",
     STEPS(UP(1), UP(2), UP(3), HEAD_OF('B', 3, 5), IN_OF('B', 3, 5), HEAD_OF('B', 1, 6), IN_OF('B', 1, 6),
           HEAD(1, 40, MISSING), HEAD(3, 40, MISSING), TICK(900), IN(1, 1), TICK(200), IN(1, 40),
           HEAD_OF('C', 1, 5), HEAD_OF('C', 2, 5)),
     ""},
    {"… and whole answers don't make it one that does.",
     STEPS(UP(1), UP(2), UP(3), HEAD_OF('B', 3, 5), IN_OF('B', 3, 5), HEAD_OF('B', 1, 6), IN_OF('B', 1, 6),
           HEAD(1, 40, MISSING), HEAD(3, 40, MISSING), TICK(900), IN(1, 1), TICK(200), IN(1, 2), IN(1, 3),
           IN(1, 4), HEAD(1, 40, MISSING), HEAD_OF('C', 1, 5), HEAD_OF('C', 2, 5)),
     "want@2:C"},
    {"One that kept no promise yet and is silent for half a second holds nothing.",
     STEPS(UP(1), UP(2), UP(3), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), HEAD(3, 5, MISSING), TICK(500)),
     "want@3"},
    {"… not for less.",
     STEPS(UP(1), UP(2), UP(3), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), HEAD(3, 5, MISSING), TICK(499)),
     ""},
    {"… nor one that brought something.",
     STEPS(UP(1), UP(2), UP(3), HEAD(1, 40, MISSING), HEAD(2, 40, MISSING), HEAD(3, 40, MISSING), TICK(499),
           IN(1, 1), IN(2, 1), TICK(499)),
     ""},
    {"… nor one that has kept one.",
     STEPS(UP(1), UP(2), HEAD(1, 5, MISSING), IN(1, 5), HEAD(1, 9, MISSING), HEAD(2, 9, MISSING), TICK(999)),
     ""},
    {"What two were asked for in vain is asked of four, …",
     STEPS(UP(1), UP(2), UP(3), UP(5), UP(6), UP(7), UP(8), HEAD(1, 9, MISSING), HEAD(2, 9, MISSING),
           HEAD(3, 9, MISSING), HEAD(5, 9, MISSING), HEAD(6, 9, MISSING), HEAD(7, 9, MISSING),
           HEAD(8, 9, MISSING), TICK(500)),
     "want@3 want@5 want@6 want@7"},
    {"… also of those that have kept a promise.",
     STEPS(UP(1), UP(2), UP(3), UP(5), HEAD(1, 5, MISSING), IN(1, 5), HEAD_OF('B', 2, 5), IN_OF('B', 2, 5),
           HEAD_OF('C', 3, 5), IN_OF('C', 3, 5), HEAD(1, 9, MISSING), HEAD(2, 9, MISSING),
           HEAD(3, 9, MISSING), TICK(1000)),
     "want@2 want@3"},
    {"Who ends its answer behind each block has kept no promise, …",
     STEPS(UP(1), UP(2), HEAD_OF('S', 1, 200), IN_OF('S', 1, 1), HEAD_OF('S', 1, 200), HEAD_OF('S', 2, 200)),
     "want@2:S"},
    {"… none any more where it did before.",
     STEPS(UP(1), UP(2), HEAD_OF('B', 1, 5), IN_OF('B', 1, 5), HEAD_OF('S', 1, 200), IN_OF('S', 1, 1),
           HEAD_OF('S', 1, 200), HEAD_OF('S', 2, 200)),
     "want@2:S"},
    {"… but who brought as much as an answer holds.",
     STEPS(UP(1), UP(2), HEAD(1, 40, MISSING), IN(1, 1), HEAD(1, 40, MISSING), HEAD(2, 40, MISSING)), ""},
    {"… and is asked behind all others.",
     STEPS(UP(1), UP(2), UP(3), HEAD_OF('S', 1, 200), HEAD_OF('S', 2, 200), HEAD_OF('S', 3, 200),
           IN_OF('S', 1, 1), HEAD_OF('S', 1, 200)),
     "want@3:S"},
    {"Nobody is listened to longer for answering in parts.",
     STEPS(UP(1), UP(3), HEAD_OF('B', 3, 5), IN_OF('B', 3, 5), HEAD_OF('B', 1, 6), IN_OF('B', 1, 6),
           HEAD(1, 40, MISSING), HEAD(3, 40, MISSING), TICK(600), IN(1, 1), HEAD(1, 40, MISSING), TICK(500)),
     "want@3"},
    {"… not what an even one is.",
     STEPS(UP(1), UP(2), UP(3), HEAD_OF('B', 3, 5), TICK(900), IN_OF('B', 3, 5), HEAD_OF('B', 1, 6),
           IN_OF('B', 1, 6), HEAD(1, 40, MISSING), HEAD(3, 40, MISSING), TICK(900), IN(1, 1), TICK(1100)),
     ""},
    {"One that has kept no promise is not compared, but another asked too.",
     STEPS(UP(1), UP(2), UP(3), UP(5), HEAD_OF('B', 3, 5), TICK(900), IN_OF('B', 3, 5), HEAD(1, 40, MISSING),
           HEAD(2, 40, MISSING), HEAD(5, 40, MISSING), TICK(400), IN(1, 1), IN(2, 1), TICK(700)),
     "want@5"},
    {"… nor is anyone compared with such.",
     STEPS(UP(1), UP(2), UP(3), UP(5), HEAD_OF('B', 3, 5), IN_OF('B', 3, 5), HEAD_OF('S', 2, 200),
           HEAD_OF('S', 5, 200), TICK(400), IN_OF('S', 2, 1), HEAD_OF('S', 2, 200), IN_OF('S', 5, 1),
           HEAD_OF('S', 5, 200), HEAD_OF('B', 1, 6), IN_OF('B', 1, 6), HEAD(1, 40, MISSING),
           HEAD(3, 40, MISSING), TICK(900), IN(1, 1), TICK(200)),
     "want@3"},
    {"What a slow one is asked for besides, it doesn't hold either.",
     STEPS(UP(1), UP(2), UP(3), UP(5), HEAD_OF('B', 3, 5), IN_OF('B', 3, 5), HEAD_OF('B', 1, 6),
           IN_OF('B', 1, 6), HEAD(1, 40, MISSING), TICK(900), IN(1, 1), TICK(200), HEAD_OF('C', 1, 5),
           HEAD_OF('C', 2, 5), HEAD_OF('C', 5, 5)),
     "want@5:C"},
    {"… until it kept a promise again.",
     STEPS(UP(1), UP(2), UP(3), HEAD_OF('B', 3, 5), IN_OF('B', 3, 5), HEAD_OF('B', 1, 6), IN_OF('B', 1, 6),
           HEAD(1, 40, MISSING), HEAD_OF('D', 1, 0), TICK(900), IN(1, 1), TICK(200), IN_OF('D', 1, 0),
           HEAD_OF('C', 1, 2), HEAD_OF('C', 2, 2)),
     ""},
    {"A whole answer makes up for a want that stalled…",
     STEPS(UP(1), UP(2), HEAD(1, 40, MISSING), TICK(2500), IN(1, 1), HEAD(1, 40, MISSING),
           HEAD(2, 40, MISSING)),
     ""},
    {"… and what is asked next has as long as ever.",
     STEPS(UP(1), HEAD(1, 40, MISSING), TICK(2500), IN(1, 1), HEAD(1, 40, MISSING), TICK(2500)), "want@1"},
    {"After a stall it is asked from our head on.", STEPS(UP(1), HEAD(1, 40, MISSING), IN(1, 3), TICK(2500)),
     "want@1"},
    {"What another brought first was not asked in vain.",
     STEPS(UP(1), UP(2), UP(3), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), IN(2, 5), HEAD(2, 9, MISSING),
           HEAD(3, 9, MISSING)),
     ""},
    {"What stood aside has waited, and goes before what came later.",
     STEPS(UP(1), UP(2), HEAD_OF('B', 1, 0), IN_OF('B', 1, 0), HEAD(1, 40, MISSING), HEAD(2, 40, MISSING),
           HEAD_OF('D', 2, 5), HEAD_OF('E', 2, 5), HEAD_OF('C', 2, 5), DOWN(1), IN_OF('D', 2, 5)),
     "want@2"},
    {"A block that comes gives the rest of the batch more time.",
     STEPS(UP(1), HEAD(1, 5, MISSING), TICK(1900), IN(1, 2), TICK(1900)), ""},
    {"When the asked peer goes down, another one is asked at once.",
     STEPS(UP(1), UP(2), UP(3), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), HEAD(3, 5, MISSING), DOWN(1)),
     "want@3"},
    {"When the only one goes down, the want ends.", STEPS(UP(1), HEAD(1, 5, MISSING), DOWN(1), TICK(2500)),
     ""},
    {"When the target came, nothing is asked again.", STEPS(UP(1), HEAD(1, 5, MISSING), IN(1, 5), TICK(2500)),
     ""},
    {"When the asked peer has no more than we, another one is asked.",
     STEPS(UP(1), UP(2), UP(3), HEAD(1, 5, MISSING), HEAD(2, 9, MISSING), HEAD(3, 9, MISSING),
           HEAD(1, 5, SAME)),
     "want@3"},
    {"Two long logs are asked for at once.", STEPS(UP(1), HEAD_OF('A', 1, 100), HEAD_OF('B', 1, 100)),
     "want@1:B"},
    {"… a third one waits.", STEPS(UP(1), HEAD_OF('A', 1, 100), HEAD_OF('B', 1, 100), HEAD_OF('C', 1, 100)),
     ""},
    {"… for a batch's end, and then goes before who was asked already.",
     STEPS(UP(1), HEAD_OF('A', 1, 100), HEAD_OF('B', 1, 100), HEAD_OF('C', 1, 100), IN_OF('A', 1, 7),
           HEAD_OF('A', 1, 100)),
     "want@1:C"},
    {"… or another peer that announces it.",
     STEPS(UP(1), UP(2), HEAD_OF('A', 1, 100), HEAD_OF('B', 1, 100), HEAD_OF('C', 1, 100),
           HEAD_OF('C', 2, 100)),
     "want@2:C"},
    {"A long log leaves room for short ones.",
     STEPS(UP(1), HEAD_OF('A', 1, 100), HEAD_OF('B', 1, 3), HEAD_OF('C', 1, 3)), "want@1:C"},
    {"… of eight MiB in all.",
     STEPS(UP(1), HEAD_OF('A', 1, 100), HEAD_OF('B', 1, 3), HEAD_OF('C', 1, 3), HEAD_OF('D', 1, 0)),
     "want@1:D"},
    {"… and no more.",
     STEPS(UP(1), HEAD_OF('A', 1, 100), HEAD_OF('B', 1, 3), HEAD_OF('C', 1, 3), HEAD_OF('D', 1, 1)), ""},
    {"What another peer brings first leaves its room taken at whose answer is on its way.",
     STEPS(UP(1), UP(2), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), HEAD_OF('B', 1, 5), IN(2, 5),
           HEAD_OF('C', 1, 5)),
     ""},
    {"… until that has come.",
     STEPS(UP(1), UP(2), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), HEAD_OF('B', 1, 5), IN(2, 5),
           HEAD_OF('C', 1, 5), IN(1, 5)),
     "want@1:C"},
    {"… or a head that shows that nothing does.",
     STEPS(UP(1), UP(2), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), HEAD_OF('B', 1, 5), IN(2, 5),
           HEAD_OF('C', 1, 5), HEAD(1, 5, SAME)),
     "want@1:C"},
    {"… or its time is over.",
     STEPS(UP(1), UP(2), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), IN(2, 5), TICK(1000), HEAD_OF('B', 1, 5),
           HEAD_OF('C', 1, 5), TICK(1500)),
     "want@1:C"},
    {"… and nothing of it is asked again then.",
     STEPS(UP(1), UP(2), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), IN(2, 5), TICK(2500)), ""},
    {"… unless it has more by then.",
     STEPS(UP(1), UP(2), HEAD(1, 5, MISSING), HEAD(2, 5, MISSING), IN(2, 5), HEAD(1, 9, MISSING), TICK(2500)),
     "want@1"},
    {"… which another is asked for meanwhile.",
     STEPS(UP(1), UP(2), UP(3), HEAD_OF('B', 1, 5), IN_OF('B', 1, 5), HEAD(1, 5, MISSING), NEW(3, 5),
           IN(3, 5), HEAD(1, 9, MISSING), HEAD(2, 9, MISSING)),
     "want@2"},
    {"An orphan asks its sender for what lies before.", STEPS(UP(1), ORPHAN(1, 9)), "want@1"},
    {"… once.", STEPS(UP(1), ORPHAN(1, 9), ORPHAN(1, 10)), ""},
    {"A block of this machine is pushed to all.", STEPS(UP(1), UP(2), NEW(SYNC_LOCAL, 7)), "push@1 push@2"},
    {"A peer's block is pushed to all others.", STEPS(UP(1), UP(2), UP(3), NEW(2, 7)), "push@1 push@3"},
    {"… not to who announced it.", STEPS(UP(1), UP(2), HEAD(1, 7, MISSING), NEW(2, 7)), ""},
    {"… not to who sent it too.", STEPS(UP(1), UP(2), UP(3), IN(3, 7), NEW(2, 7)), "push@1"},
    {"A block whose sender has gone is pushed all the same.", STEPS(UP(1), UP(2), DOWN(2), NEW(2, 7)),
     "push@1"},
    {"A block is pushed once.", STEPS(UP(1), UP(2), NEW(2, 7), NEW(2, 7)), ""},
    {"While catching up, single blocks are not pushed.", STEPS(UP(1), UP(2), HEAD(1, 40, MISSING), NEW(1, 3)),
     ""},
    {"… their end is told with the batch's.",
     STEPS(UP(1), UP(2), HEAD(1, 40, MISSING), NEW(1, 15), IN(1, 15), HEAD(1, 40, MISSING)),
     "head@2 want@1+15"},
    {"… and when all is there.", STEPS(UP(1), UP(2), HEAD(1, 40, MISSING), NEW(1, 39), NEW(1, 40), IN(1, 40)),
     "head@2"},
    {"… also when the peer breaks off.", STEPS(UP(1), UP(2), HEAD(1, 40, MISSING), NEW(1, 3), DOWN(1)),
     "head@2"},
    {"One missing block is pushed on when it comes.", STEPS(UP(1), UP(2), HEAD(1, 4, MISSING), NEW(1, 4)),
     "push@2"},
    {"What others push meanwhile goes on at once.",
     STEPS(UP(1), UP(2), UP(3), HEAD(1, 40, MISSING), NEW(2, 3)), "push@1 push@3"},
    {"A checkpoint is pushed to all but its sender.", STEPS(UP(1), UP(2), UP(3), EVIDENCE(2)),
     "evidence@1 evidence@3"},
    {"What is lacking here is asked of a peer that lacks nothing.", STEPS(UP(1), WHOLE(1, SAME)), "gaps@1"},
    {"… once.", STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME)), ""},
    {"… also of one that lacks some itself, which may be others.", STEPS(UP(1), TOO(1)), "gaps@1"},
    {"… not again at once when it brings nothing.", STEPS(UP(1), TOO(1), TOO(1), TOO(1)), ""},
    {"… until it lacks them no longer.", STEPS(UP(1), TOO(1), WHOLE(1, SAME)), "gaps@1"},
    {"… after those that lack nothing.",
     STEPS(UP(1), UP(2), UP(3), WHOLE(1, SAME), TOO(2), WHOLE(3, SAME), WHOLE(1, SAME)), "gaps@3"},
    {"… also of one that is ahead.", STEPS(UP(1), WHOLE(1, MISSING)), "want@1 gaps@1"},
    {"… not of one that is behind.", STEPS(UP(1), WHOLE(1, AHEAD)), ""},
    {"… nor for an author that is not admitted.", STEPS(UP(1), WHOLE(1, NOT_ADMITTED)), ""},
    {"A batch of fuller copies is followed by the next question.",
     STEPS(UP(1), WHOLE(1, SAME), MORE(1), WHOLE(1, SAME)), "gaps@1"},
    {"Who brings nothing is not asked again at once.", STEPS(UP(1), WHOLE(1, SAME), WHOLE(1, SAME)), ""},
    {"… nor by its next head.", STEPS(UP(1), WHOLE(1, SAME), WHOLE(1, SAME), WHOLE(1, SAME)), ""},
    {"… but another one is.", STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME), WHOLE(1, SAME)), "gaps@2"},
    {"… also when it does not answer.", STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME), TICK(4000)),
     "gaps@2"},
    {"… not sooner.", STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME), TICK(3999)), ""},
    {"… and when it goes down.", STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME), DOWN(1)), "gaps@2"},
    {"… or turns out to lack some.", STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME), TOO(1)), "gaps@2"},
    {"What comes goes on to who lacks some and had nothing to bring.",
     STEPS(UP(1), UP(2), TOO(2), TOO(2), WHOLE(1, SAME), MORE(1)), "push@2"},
    {"… not to who has not been asked yet.", STEPS(UP(1), UP(2), WHOLE(1, SAME), TOO(2), MORE(1)), ""},
    {"… nor back to who brought it.", STEPS(UP(1), TOO(1), TOO(1), MORE(1)), "gaps@1"},
    {"… nor to who says that it lacks nothing.",
     STEPS(UP(1), UP(2), WHOLE(2, SAME), WHOLE(2, SAME), WHOLE(1, SAME), MORE(1)), ""},
    {"A copy that comes gives the others more time.",
     STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME), TICK(3000), MORE(1), TICK(3000)), ""},
    {"After half a minute it is asked again.", STEPS(UP(1), WHOLE(1, SAME), TICK(4000), TICK(37500)),
     "heard@1 gaps@1"},
    {"… then after a minute.", STEPS(UP(1), WHOLE(1, SAME), TICK(4000), TICK(30000), TICK(4000), TICK(59999)),
     "heard@1"},
    {"When all is there, everybody is told.", STEPS(UP(1), UP(2), WHOLE(1, SAME), LAST(1)), "head@1 head@2"},
    {"… and nobody asked any more.", STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME), LAST(1), TICK(4000)),
     ""},
    {"… also when another source filled it.", STEPS(UP(1), WHOLE(1, SAME), HEAD(1, 5, SAME), TICK(4000)), ""},
    {"What a cut keeps and is not here is asked of a peer that has the same chain.",
     STEPS(UP(1), CUTS(1, SAME)), "cuts@1"},
    {"… or less of it.", STEPS(UP(1), CUTS(1, AHEAD)), "cuts@1"},
    {"… after what it has more of it.", STEPS(UP(1), CUTS(1, MISSING)), "want@1"},
    {"… not for an author that is not admitted.", STEPS(UP(1), CUTS(1, NOT_ADMITTED)), ""},
    {"… of one at a time.", STEPS(UP(1), UP(2), CUTS(1, SAME), CUTS(2, SAME)), ""},
    {"… for one reason at a time.", STEPS(UP(1), CUTS_AND_GAPS(1, SAME)), "gaps@1"},
    {"… then for the other.", STEPS(UP(1), CUTS_AND_GAPS(1, SAME), CUTS_AND_GAPS(1, SAME)), "cuts@1"},
    {"Who sent a batch of it is asked for what lies above.",
     STEPS(UP(1), CUTS(1, SAME), IN(1, 2), IN(1, 3), CUTS(1, SAME)), "cuts@1+3"},
    {"… when its turn comes again.",
     STEPS(UP(1), UP(2), CUTS(1, SAME), CUTS(2, SAME), IN(1, 3), CUTS(1, SAME), CUTS(2, SAME)), "cuts@1+3"},
    {"… and from the beginning when it has brought nothing since.",
     STEPS(UP(1), CUTS(1, SAME), IN(1, 3), CUTS(1, SAME), CUTS(1, SAME), TICK(37500)), "heard@1 cuts@1"},
    {"Who sends the same again brings nothing.",
     STEPS(UP(1), CUTS(1, SAME), IN(1, 3), CUTS(1, SAME), IN(1, 3), IN(1, 2), CUTS(1, SAME)), ""},
    {"… nor what was not asked for.",
     STEPS(UP(1), UP(2), UP(3), CUTS(1, SAME), CUTS(2, SAME), IN(2, 3), CUTS(1, SAME)), "cuts@2"},
    {"Who shows what is needed is asked for that.",
     STEPS(UP(1), CUTS(1, SAME), IN(1, 3), ON_WAY(1, 9), CUTS(1, SAME)), "cuts@1+3"},
    {"Another one is asked when the asked one brings nothing.",
     STEPS(UP(1), UP(2), CUTS(1, SAME), CUTS(2, SAME), CUTS(1, SAME)), "cuts@2"},
    {"… does not answer.", STEPS(UP(1), UP(2), CUTS(1, SAME), CUTS(2, SAME), TICK(4000)), "cuts@2"},
    {"… or goes down.", STEPS(UP(1), UP(2), CUTS(1, SAME), CUTS(2, SAME), DOWN(1)), "cuts@2"},
    {"A block that comes gives the others more time.",
     STEPS(UP(1), UP(2), CUTS(1, SAME), CUTS(2, SAME), TICK(3000), IN(1, 3), TICK(3000)), ""},
    {"… so does a fuller copy.",
     STEPS(UP(1), UP(2), CUTS(1, SAME), CUTS(2, SAME), TICK(3000), LAST(1), TICK(3000)), ""},
    {"When all is there, nobody is asked any more.",
     STEPS(UP(1), UP(2), CUTS(1, SAME), CUTS(2, SAME), HEAD(1, 5, SAME), TICK(4000)), ""},
    {"Whoever brings nothing is asked again after half a minute.",
     STEPS(UP(1), CUTS(1, SAME), TICK(4000), TICK(33500)), "heard@1 cuts@1"},
    {"… then after a minute.", STEPS(UP(1), CUTS(1, SAME), TICK(4000), TICK(30000), TICK(4000), TICK(59999)),
     "heard@1"},
    {"An own one to all.", STEPS(UP(1), UP(2), EVIDENCE(SYNC_LOCAL)), "evidence@1 evidence@2"},
};

static size_t block_size(char author)
{
    return author == 'S' ? (size_t)SMALL_SIZE : BLOCK_SIZE;
}

static struct head head_of(char author, int seq)
{
    struct head head;

    memset(&head, 0, sizeof head);
    head.author.hash.bytes[0] = (uint8_t)author;
    if (seq < 0) {
        return head;
    }
    head.seq = (uint64_t)seq;
    head.hash.bytes[0] = (uint8_t)author;
    head.hash.bytes[1] = (uint8_t)(seq + 1);
    head.bytes = (head.seq + 1) * block_size(author);
    return head;
}

static void print_action(char *text, const struct sync_action *action)
{
    static const char *const names[] = {
        [SYNC_SEND_HEARD] = "heard",   [SYNC_SEND_HEAD] = "head",  [SYNC_SEND_WANT] = "want",
        [SYNC_SEND_BLOCKS] = "blocks", [SYNC_PUSH_BLOCK] = "push", [SYNC_PUSH_EVIDENCE] = "evidence",
        [SYNC_SEND_GAPS] = "gaps",     [SYNC_SEND_CUTS] = "cuts",
    };
    size_t size = strlen(text);
    int written = snprintf(text + size, TEXT_SIZE - size, "%s%s@%u", size > 0 ? " " : "", names[action->kind],
                           (unsigned)action->peer);

    if (action->author.hash.bytes[0] > 'A') {
        written += snprintf(text + size + (size_t)written, TEXT_SIZE - size - (size_t)written, ":%c",
                            action->author.hash.bytes[0]);
    }
    if ((action->kind == SYNC_SEND_WANT || action->kind == SYNC_SEND_CUTS) &&
        !hash_is_zero(&action->head.hash)) {
        (void)snprintf(text + size + (size_t)written, TEXT_SIZE - size - (size_t)written, "+%u",
                       (unsigned)action->head.seq);
    }
}

static struct sync_event event_of(const struct script_step *step)
{
    struct head head = head_of(step->author, step->seq);

    head.gaps = step->theirs_gaps;
    return (struct sync_event){.kind = step->kind,
                               .peer = step->peer,
                               .head = head,
                               .ours = step->ours,
                               .ours_gaps = step->ours_gaps,
                               .ours_cuts = step->ours_cuts,
                               .dialled = step->peer == DIALLED,
                               .size = block_size(step->author),
                               .author = head.author};
}

/* With heads every 20 s, 3 s at the most for an answer to a want, and 2 s for what no want brings. */
static const struct decision hurried[] = {
    {"Heads go again after at most 25 s.", STEPS(UP(1), TICK(25000)), "heard@1"},
    {"… and not before 15 s.", STEPS(UP(1), TICK(14999)), ""},
    {"A want without answer is repeated after 2 to 2.5 s.", STEPS(UP(1), HEAD(1, 5, MISSING), TICK(2500)),
     "want@1"},
    {"… then not before 3 s.", STEPS(UP(1), HEAD(1, 5, MISSING), TICK(2500), TICK(2999)), ""},
    {"… but after 3.75 s.", STEPS(UP(1), HEAD(1, 5, MISSING), TICK(2500), TICK(3750)), "want@1"},
    {"… and it becomes no longer.", STEPS(UP(1), HEAD(1, 5, MISSING), TICK(2500), TICK(3750), TICK(3750)),
     "want@1"},
    {"Another one is asked for what is lacking where no answer comes.",
     STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME), TICK(2000)), "gaps@2"},
    {"… not sooner.", STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME), TICK(1999)), ""},
    {"… nor within that time of a copy that came.",
     STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME), TICK(1500), MORE(1), TICK(1999)), ""},
    {"… but at its end.",
     STEPS(UP(1), UP(2), WHOLE(1, SAME), WHOLE(2, SAME), TICK(1500), MORE(1), TICK(2000)), "gaps@2"},
    {"Whoever brings nothing is asked again after 20 s.",
     STEPS(UP(1), CUTS(1, SAME), TICK(2000), TICK(20000)), "heard@1 cuts@1"},
};

static void decide(const struct decision *table, size_t count, struct sync_waits waits)
{
    struct sync *sync = malloc(sync_size());
    struct sync_actions *actions = malloc(sizeof *actions);

    assert_non_null(sync);
    assert_non_null(actions);
    for (size_t i = 0; i < count; i++) {
        const struct decision *decision = &table[i];
        char text[TEXT_SIZE] = "";
        uint64_t now_ms = 1000;

        sync_init(sync, i, waits);
        for (size_t k = 0; k < decision->step_count; k++) {
            const struct script_step *step = &decision->steps[k];
            const struct sync_event event = event_of(step);

            now_ms += step->after_ms;
            sync_step(sync, &event, now_ms, actions);
        }
        for (size_t k = 0; k < actions->count; k++) {
            print_action(text, &actions->items[k]);
        }
        if (strcmp(text, decision->actions) != 0) {
            fail_msg("%s: \"%s\" instead of \"%s\"", decision->sentence, text, decision->actions);
        }
    }
    free(actions);
    free(sync);
}

static void decisions_are_as_the_sentences_say(void **state)
{
    (void)state;
    decide(decisions, sizeof decisions / sizeof *decisions, SYNC_WAITS);
}

static void shorter_waits_are_kept_to(void **state)
{
    const struct sync_waits shorter = {
        .heads_interval_ms = 20000, .stall_ms_max = 3000, .fill_stall_ms = 2000};

    (void)state;
    decide(hurried, sizeof hurried / sizeof *hurried, shorter);
}

/* What the asked one lacks itself, and sends as it is, must not hide what it has above. */
static void a_question_for_entries_goes_on_above_what_came(void **state)
{
    static const struct script_step steps[] = {UP(1), TOO(1), MORE(1), IN(1, 2), IN(1, 3), TOO(1)};
    struct sync *sync = malloc(sync_size());
    struct sync_actions *actions = malloc(sizeof *actions);

    (void)state;
    assert_non_null(sync);
    assert_non_null(actions);
    sync_init(sync, 1, SYNC_WAITS);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const struct sync_event event = event_of(&steps[i]);

        sync_step(sync, &event, 1000, actions);
    }
    assert_int_equal(actions->count, 1);
    assert_int_equal(actions->items[0].kind, SYNC_SEND_GAPS);
    assert_int_equal(actions->items[0].head.seq, 4);
    free(actions);
    free(sync);
}

/* ---- bounds ---- */

/* Author number i, in the order of their ids. */
static struct actor_id author_number(uint32_t i)
{
    struct actor_id id = {{{0}}};

    for (size_t k = 0; k < sizeof i; k++) {
        id.hash.bytes[k] = (uint8_t)(i >> (24 - 8 * k));
    }
    return id;
}

static size_t feed_heads(struct sync *sync, struct sync_actions *actions, uint32_t peer, uint32_t authors,
                         uint64_t now_ms)
{
    size_t wants = 0;

    for (uint32_t i = 0; i < authors; i++) {
        struct sync_event event = {.kind = SYNC_PEER_HEAD, .peer = peer, .ours = SYNC_OURS_MISSING};

        event.head.author = author_number(i);
        event.head.hash.bytes[0] = 1;
        event.head.bytes = 1000;
        sync_step(sync, &event, now_ms, actions);
        wants += actions->count;
    }
    return wants;
}

/* What is asked of a peer goes with the question what changed, and that it was asked for in vain goes once.
 */
static void a_claim_that_was_given_up_is_said_once(void **state)
{
    struct sync *sync = malloc(sync_size());
    struct sync_actions *actions = malloc(sizeof *actions);
    const struct sync_event up = {.kind = SYNC_PEER_UP, .peer = 1};
    const struct sync_event head = {
        .kind = SYNC_PEER_HEAD, .peer = 1, .head = head_of('B', 3), .ours = SYNC_OURS_MISSING};
    const struct sync_event tick = {.kind = SYNC_TICK, .peer = SYNC_LOCAL};
    size_t with_claims = 0, gave_up = 0, after = 0;

    (void)state;
    assert_non_null(sync);
    assert_non_null(actions);
    sync_init(sync, 1, SYNC_WAITS);
    sync_step(sync, &up, 1000, actions);
    assert_int_equal(actions->count, 1);
    assert_false(actions->items[0].claims || actions->items[0].gave_up);
    sync_step(sync, &head, 1000, actions);
    for (uint64_t now_ms = 2000; now_ms < 600 * 1000; now_ms += 1000) {
        sync_step(sync, &tick, now_ms, actions);
        for (size_t i = 0; i < actions->count; i++) {
            const struct sync_action *action = &actions->items[i];

            if (action->kind == SYNC_SEND_HEARD) {
                with_claims += action->claims;
                gave_up += action->gave_up;
                after += gave_up > 0 && !action->gave_up;
                assert_false(action->claims && gave_up > 0);
            }
        }
    }
    assert_true(with_claims > 0 && after > 0);
    assert_int_equal(gave_up, 1);
    free(actions);
    free(sync);
}

static void feed(struct sync *sync, enum sync_event_kind kind, uint32_t peer, char author, int seq,
                 uint64_t now_ms)
{
    struct sync_actions *actions = malloc(sizeof *actions);
    const struct script_step step = {
        .kind = kind, .peer = peer, .author = author, .seq = seq, .ours = SYNC_OURS_MISSING};
    const struct sync_event event = event_of(&step);

    assert_non_null(actions);
    sync_step(sync, &event, now_ms, actions);
    free(actions);
}

/* As the next connection of its node is told. */
static void who_kept_the_last_of_its_promises_delivers(void **state)
{
    struct sync *sync = malloc(sync_size());

    (void)state;
    assert_non_null(sync);
    sync_init(sync, 1, SYNC_WAITS);
    assert_false(sync_delivers(sync, 1)); /* who is not there */
    feed(sync, SYNC_PEER_UP, 1, 'A', -1, 1000);
    feed(sync, SYNC_PEER_HEAD, 1, 'A', 5, 1000);
    assert_false(sync_delivers(sync, 1));
    feed(sync, SYNC_BLOCK_IN, 1, 'A', 5, 1000);
    assert_true(sync_delivers(sync, 1));
    /* One that ended its answer early doesn't… */
    feed(sync, SYNC_PEER_HEAD, 1, 'S', 200, 1000);
    feed(sync, SYNC_BLOCK_IN, 1, 'S', 1, 1000);
    feed(sync, SYNC_PEER_HEAD, 1, 'S', 200, 1000);
    assert_false(sync_delivers(sync, 1));
    feed(sync, SYNC_BLOCK_IN, 1, 'S', 200, 1000);
    assert_true(sync_delivers(sync, 1));
    /* …nor a slow one, though its answers are whole. */
    feed(sync, SYNC_PEER_HEAD, 1, 'A', 40, 1000);
    feed(sync, SYNC_TICK, SYNC_LOCAL, 'A', -1, 2100);
    assert_false(sync_delivers(sync, 1));
    feed(sync, SYNC_BLOCK_IN, 1, 'A', 6, 2200);
    feed(sync, SYNC_BLOCK_IN, 1, 'A', 7, 2200);
    feed(sync, SYNC_PEER_HEAD, 1, 'A', 40, 2200);
    assert_false(sync_delivers(sync, 1));
    free(sync);
}

static void who_delivered_when_it_was_met_before_holds_alone(void **state)
{
    struct sync *sync = malloc(sync_size());
    struct sync_actions *actions = malloc(sizeof *actions);

    (void)state;
    assert_non_null(sync);
    assert_non_null(actions);
    for (size_t delivers = 0; delivers < 2; delivers++) {
        sync_init(sync, 1, SYNC_WAITS);
        for (uint32_t peer = 1; peer <= 2; peer++) {
            const struct script_step step = {
                .kind = SYNC_PEER_HEAD, .peer = peer, .author = 'A', .seq = 40, .ours = SYNC_OURS_MISSING};
            const struct sync_event head = event_of(&step);
            const struct sync_event up = {
                .kind = SYNC_PEER_UP, .peer = peer, .delivers = peer == 1 && delivers == 1};

            sync_step(sync, &up, 1000, actions);
            sync_step(sync, &head, 1000, actions);
        }
        assert_int_equal(sync_delivers(sync, 1), delivers == 1);
        assert_int_equal(actions->count, delivers == 0); /* whether the second one is asked too */
    }
    free(actions);
    free(sync);
}

/* No head said that they have it. */
static void what_is_lacking_is_asked_of_whoever_may_have_it(void **state)
{
    struct sync *sync = malloc(sync_size());
    struct sync_actions *actions = malloc(sizeof *actions);

    (void)state;
    assert_non_null(sync);
    assert_non_null(actions);
    for (size_t i = 0; i < 2; i++) {
        const struct sync_event up = {.kind = SYNC_PEER_UP, .peer = 1};
        const struct sync_event lacking = {.kind = SYNC_LACKING,
                                           .peer = 1,
                                           .head = head_of('B', -1),
                                           .ours_gaps = i == 0,
                                           .ours_cuts = i == 1};

        sync_init(sync, 1, SYNC_WAITS);
        sync_step(sync, &lacking, 1000, actions); /* who is not there is not asked */
        assert_int_equal(actions->count, 0);
        sync_step(sync, &up, 1000, actions);
        sync_step(sync, &lacking, 1000, actions);
        assert_int_equal(actions->count, 1);
        assert_int_equal(actions->items[0].kind, i == 0 ? SYNC_SEND_GAPS : SYNC_SEND_CUTS);
    }
    free(actions);
    free(sync);
}

static void what_one_peer_claims_takes_no_place_from_another(void **state)
{
    struct sync *sync = malloc(sync_size());
    struct sync_actions *actions = malloc(sizeof *actions);
    size_t wants = 0;

    (void)state;
    assert_non_null(sync);
    assert_non_null(actions);
    sync_init(sync, 1, SYNC_WAITS);
    for (uint32_t peer = 1; peer <= 3; peer++) {
        sync_step(sync, &(struct sync_event){.kind = SYNC_PEER_UP, .peer = peer}, 0, actions);
    }
    assert_int_equal(feed_heads(sync, actions, 1, 3 * CLAIMS_PER_PEER_MAX, 0), SYNC_ASKS_PER_PEER_MAX);
    /* Each one that is answered makes room for the next, until all that found a place were asked for. */
    wants = SYNC_ASKS_PER_PEER_MAX;
    for (uint32_t i = 0; i < CLAIMS_PER_PEER_MAX; i++) {
        struct sync_event event = {.kind = SYNC_PEER_HEAD, .peer = 1, .ours = SYNC_OURS_SAME};

        event.head.author = author_number(i);
        event.head.hash.bytes[0] = 1;
        sync_step(sync, &event, 0, actions);
        wants += actions->count;
    }
    assert_int_equal(wants, CLAIMS_PER_PEER_MAX);
    /* A second one claims as much, and what a third one claims is asked for all the same. */
    (void)feed_heads(sync, actions, 2, 3 * CLAIMS_PER_PEER_MAX, 0);
    assert_int_equal(feed_heads(sync, actions, 3, 10, 0), 10);
    free(actions);
    free(sync);
}

static bool asks(const struct sync_actions *actions, uint32_t peer)
{
    for (size_t i = 0; i < actions->count; i++) {
        if (actions->items[i].kind == SYNC_SEND_WANT && actions->items[i].peer == peer) {
            return true;
        }
    }
    return false;
}

/* How many of twenty that have kept no promise are asked for one log of so many bytes, which all claim, while
 * each has been asked for busy others. */
static size_t asked_at_once(uint64_t bytes, uint32_t busy)
{
    enum { PEERS = 20 };
    struct sync *sync = malloc(sync_size());
    struct sync_actions *actions = malloc(sizeof *actions);
    size_t asked = 0;

    assert_non_null(sync);
    assert_non_null(actions);
    sync_init(sync, 1, SYNC_WAITS);
    for (uint32_t peer = 1; peer <= PEERS; peer++) {
        sync_step(sync, &(struct sync_event){.kind = SYNC_PEER_UP, .peer = peer}, 0, actions);
        for (uint32_t i = 0; i < busy; i++) {
            struct sync_event event = {.kind = SYNC_PEER_HEAD, .peer = peer, .ours = SYNC_OURS_MISSING};

            event.head = (struct head){.author = author_number(1000 * peer + i), .seq = 1, .bytes = 1000};
            event.head.hash.bytes[0] = 1;
            sync_step(sync, &event, 0, actions);
        }
    }
    for (uint32_t peer = 1; peer <= PEERS; peer++) {
        struct sync_event event = {.kind = SYNC_PEER_HEAD, .peer = peer, .ours = SYNC_OURS_MISSING};

        event.head = (struct head){.author = author_number(7), .seq = 1, .bytes = bytes};
        event.head.hash.bytes[0] = 1;
        sync_step(sync, &event, 0, actions);
        asked += asks(actions, peer);
    }
    free(actions);
    free(sync);
    return asked;
}

static void little_is_asked_of_many(void **state)
{
    (void)state;
    assert_int_equal(asked_at_once(50 * 1000, 0), 20);
    assert_int_equal(asked_at_once(1000 * 1000, 0), 2);
    assert_int_equal(asked_at_once(50 * 1000, 100), 2);
}

static void peers_beyond_the_table_are_left_alone(void **state)
{
    struct sync *sync = malloc(sync_size());
    struct sync_actions *actions = malloc(sizeof *actions);
    struct head head = head_of('A', 3);

    (void)state;
    assert_non_null(sync);
    assert_non_null(actions);
    sync_init(sync, 1, SYNC_WAITS);
    for (uint32_t i = 0; i < SYNC_PEERS_MAX + 5; i++) {
        sync_step(sync, &(struct sync_event){.kind = SYNC_PEER_UP, .peer = i}, 0, actions);
    }
    assert_int_equal(actions->count, 0);
    sync_step(sync, &(struct sync_event){.kind = SYNC_BLOCK_NEW, .peer = SYNC_LOCAL, .head = head}, 0,
              actions);
    assert_int_equal(actions->count, SYNC_PEERS_MAX);
    free(actions);
    free(sync);
}

/* A peer that announces what it never sends costs six wants and an announcement, then the next six. */
/* Peer 1 brings forty blocks at once, and then one each 1.6 s; peer 3 brought one in 0.2 s. */
static void what_came_long_ago_makes_nobody_fast(void **state)
{
    static const struct script_step begin[] = {UP(1),
                                               UP(3),
                                               HEAD_OF('B', 3, 5),
                                               TICK(200),
                                               IN_OF('B', 3, 5),
                                               HEAD_OF('C', 1, 0),
                                               IN_OF('C', 1, 0),
                                               HEAD(1, 200, MISSING),
                                               HEAD(3, 200, MISSING)};
    struct sync *sync = malloc(sync_size());
    struct sync_actions *actions = malloc(sizeof *actions);
    uint64_t now_ms = 1000;
    bool asked = false;

    (void)state;
    assert_non_null(sync);
    assert_non_null(actions);
    sync_init(sync, 1, SYNC_WAITS);
    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++) {
        const struct sync_event event = event_of(&begin[i]);

        now_ms += begin[i].after_ms;
        sync_step(sync, &event, now_ms, actions);
    }
    for (int seq = 0; seq < 60 && !asked; seq++) {
        const struct sync_event in = event_of(&(struct script_step)IN(1, seq)),
                                tick = event_of(&(struct script_step)TICK(0));

        now_ms += seq < 40 ? 0 : 1600;
        sync_step(sync, &in, now_ms, actions);
        sync_step(sync, &tick, now_ms, actions);
        asked = asks(actions, 3);
    }
    assert_true(asked);
    free(actions);
    free(sync);
}

static void empty_promises_are_asked_for_ever_more_seldom(void **state)
{
    struct sync *sync = malloc(sync_size());
    struct sync_actions *actions = malloc(sizeof *actions);
    struct head head = head_of('A', 3);
    size_t wants = 0;

    (void)state;
    assert_non_null(sync);
    assert_non_null(actions);
    sync_init(sync, 1, SYNC_WAITS);
    sync_step(sync, &(struct sync_event){.kind = SYNC_PEER_UP, .peer = 1}, 0, actions);
    for (uint64_t now_ms = 0; now_ms < 3600 * 1000; now_ms += 500) {
        struct sync_event event = {.kind = SYNC_TICK, .peer = SYNC_LOCAL};

        if (now_ms % 30000 == 0) {
            event = (struct sync_event){
                .kind = SYNC_PEER_HEAD, .peer = 1, .head = head, .ours = SYNC_OURS_MISSING};
        }
        sync_step(sync, &event, now_ms, actions);
        for (size_t i = 0; i < actions->count; i++) {
            wants += actions->items[i].kind == SYNC_SEND_WANT;
        }
    }
    assert_in_range(wants, 100, 300);
    free(actions);
    free(sync);
}

/* ---- worlds ---- */

static void two_nodes_meet(void **state)
{
    struct sync_world *world = sync_world_create(11, 2, 1);

    (void)state;
    sync_world_hold(world, 0, 0, 0, 100);
    sync_world_link(world, 0, 1);
    sync_world_run(world, 20000);
    assert_int_equal(sync_world_length(world, 1, 0), 100);
    assert_true(sync_world_agrees_on_all(world));
    /* 100 blocks are thirteen batches. */
    assert_int_equal(world->counts.wants, 13);
    assert_int_equal(world->counts.pushes_max, 0);
    sync_world_destroy(world);
}

static void a_line_of_nodes_passes_on(void **state)
{
    struct sync_world *world = sync_world_create(12, 5, 1);

    (void)state;
    for (size_t i = 0; i + 1 < 5; i++) {
        sync_world_link(world, i, i + 1);
    }
    sync_world_run(world, 1000);
    for (uint32_t i = 0; i < 50; i++) {
        sync_world_publish(world, 0, 0);
        sync_world_run(world, 100);
    }
    sync_world_run(world, 2000);
    assert_true(sync_world_agrees_on_all(world));
    assert_int_equal(sync_world_length(world, 4, 0), 50);
    /* Every block crossed every link once, and nothing had to be asked for. */
    assert_int_equal(world->counts.pushes_max, 4);
    assert_int_equal(world->counts.wants, 0);
    sync_world_destroy(world);
}

/* A late node gets the past once, though all its neighbours have it. */
static void a_late_node_is_not_sent_everything_by_everybody(void **state)
{
    struct sync_world *world = sync_world_create(13, 6, 2);

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        sync_world_hold(world, i, 0, 0, 300);
        sync_world_hold(world, i, 1, 0, 200);
    }
    for (size_t i = 0; i < 5; i++) {
        sync_world_link(world, 5, i);
    }
    sync_world_run(world, 20000);
    assert_true(sync_world_agrees_on_all(world));
    assert_int_equal(world->counts.pushes_max, 0);
    assert_in_range(world->counts.wants_moved, 38 + 25, 38 + 25 + 8);
    sync_world_destroy(world);
}

static void not_admitted_is_not_asked_for(void **state)
{
    struct sync_world *world = sync_world_create(14, 2, 1);

    (void)state;
    sync_world_hold(world, 0, 0, 0, 10);
    world->nodes[1].logs[0].admitted = false;
    sync_world_link(world, 0, 1);
    sync_world_run(world, 120000);
    assert_int_equal(world->counts.wants, 0);
    assert_int_equal(sync_world_length(world, 1, 0), 0);
    sync_world_destroy(world);
}

/* Two halves with different branches, longer than a batch, choose the same one and then stay silent. */
static void branches_meet_and_come_to_rest(void **state)
{
    struct sync_world *world = sync_world_create(15, 6, 1);
    uint64_t wants = 0;

    (void)state;
    world->fork_seq[0] = 7;
    for (size_t i = 0; i < 6; i++) {
        sync_world_hold(world, i, 0, i < 3 ? 0 : 1, i < 3 ? 40 : 75);
    }
    sync_world_link_at_random(world);
    sync_world_run(world, 300000);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(sync_world_length(world, i, 0), 40);
    }
    wants = world->counts.wants;
    sync_world_run(world, 600000);
    assert_int_equal(world->counts.wants, wants);
    sync_world_destroy(world);
}

/* Copies with gaps went round, and two nodes deny that theirs have any; one node has all. */
static void what_one_node_has_whole_all_get_whole(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct sync_world *world = sync_world_create(seed, 8, 2);
        uint64_t wants = 0;

        for (size_t i = 0; i < 8; i++) {
            for (size_t author = 0; author < 2; author++) {
                sync_world_hold(world, i, author, 0, 40);
                world->nodes[i].logs[author].gaps = i == author ? 0 : 30;
                world->nodes[i].logs[author].denies_gaps = i == 3 || i == 4;
            }
        }
        sync_world_link_at_random(world);
        sync_world_run(world, 60000);
        for (size_t i = 0; i < 8; i++) {
            if (world->nodes[i].logs[0].gaps + world->nodes[i].logs[1].gaps > 0) {
                fail_msg("seed %u: node %zu lacks entries", (unsigned)seed, i);
            }
        }
        wants = world->counts.gap_wants;
        sync_world_run(world, 600000);
        assert_int_equal(world->counts.gap_wants, wants);
        sync_world_destroy(world);
    }
}

/* What nobody has is asked for ever more seldom. */
static void what_nobody_has_is_asked_for_ever_more_seldom(void **state)
{
    struct sync_world *world = sync_world_create(5, 2, 1);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        sync_world_hold(world, i, 0, 0, 40);
        world->nodes[i].logs[0].gaps = 1;
    }
    world->nodes[1].logs[0].denies_gaps = true; /* the other one owns up to it */
    sync_world_link(world, 0, 1);
    sync_world_run(world, UINT64_C(24) * 3600 * 1000);
    assert_in_range(world->counts.gap_wants, 2 * 10, 2 * (24 + 10));
    sync_world_destroy(world);
}

struct sim_outcome {
    uint64_t trace;
    struct sync_world_counts counts;
    bool agrees;
};

/* Twenty minutes with losses, broken links and blocks at any time, then ten quiet ones. */
static struct sim_outcome simulate(uint64_t seed)
{
    struct sync_world *world =
        sync_world_create(seed, 5 + seed % (SYNC_WORLD_NODES_MAX - 4), 1 + seed % SYNC_WORLD_AUTHORS_MAX);
    struct sim_outcome outcome;

    world->loss_percent = (uint32_t)sync_world_draw(world, 10);
    for (size_t author = 0; author < world->author_count; author++) {
        sync_world_hold(world, author % world->node_count, author, 0, (uint32_t)sync_world_draw(world, 60));
    }
    sync_world_link_at_random(world);
    for (size_t i = 0; i < 400; i++) {
        size_t author = sync_world_draw(world, world->author_count),
               a = sync_world_draw(world, world->node_count);
        size_t b = sync_world_draw(world, world->node_count);

        /* Every author writes on one machine only. */
        sync_world_publish(world, author % world->node_count, author);
        if (sync_world_draw(world, 10) == 0) {
            sync_world_unlink(world, a, b);
        }
        if (sync_world_draw(world, 20) == 0) {
            sync_world_link(world, a, b);
        }
        sync_world_run(world, sync_world_draw(world, 6000));
    }
    world->loss_percent = 0;
    for (size_t i = 0; i < world->node_count; i++) {
        sync_world_link(world, i, (i + 1) % world->node_count);
    }
    sync_world_run(world, 600000);
    outcome = (struct sim_outcome){
        .trace = world->trace, .counts = world->counts, .agrees = sync_world_agrees_on_all(world)};
    sync_world_destroy(world);
    return outcome;
}

static void simulated_nodes_agree_without_a_storm(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct sim_outcome outcome = simulate(seed);
        uint64_t nodes = 5 + seed % (SYNC_WORLD_NODES_MAX - 4);

        if (!outcome.agrees) {
            fail_msg("seed %u: the nodes do not agree", (unsigned)seed);
        }
        /* At most both ways over every link that there ever was. */
        if (outcome.counts.pushes_max > 2 * (nodes + nodes / 2 + 40)) {
            fail_msg("seed %u: a block was pushed %u times among %u nodes", (unsigned)seed,
                     (unsigned)outcome.counts.pushes_max, (unsigned)nodes);
        }
    }
}

static void the_same_seed_gives_the_same_trace(void **state)
{
    struct sim_outcome first = simulate(7), second = simulate(7), other = simulate(8);

    (void)state;
    assert_true(first.trace == second.trace);
    assert_int_equal(first.counts.messages, second.counts.messages);
    assert_true(first.trace != other.trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_are_as_the_sentences_say),
        cmocka_unit_test(shorter_waits_are_kept_to),
        cmocka_unit_test(a_question_for_entries_goes_on_above_what_came),
        cmocka_unit_test(a_claim_that_was_given_up_is_said_once),
        cmocka_unit_test(who_kept_the_last_of_its_promises_delivers),
        cmocka_unit_test(who_delivered_when_it_was_met_before_holds_alone),
        cmocka_unit_test(what_is_lacking_is_asked_of_whoever_may_have_it),
        cmocka_unit_test(what_one_peer_claims_takes_no_place_from_another),
        cmocka_unit_test(little_is_asked_of_many),
        cmocka_unit_test(peers_beyond_the_table_are_left_alone),
        cmocka_unit_test(what_came_long_ago_makes_nobody_fast),
        cmocka_unit_test(empty_promises_are_asked_for_ever_more_seldom),
        cmocka_unit_test(two_nodes_meet),
        cmocka_unit_test(a_line_of_nodes_passes_on),
        cmocka_unit_test(a_late_node_is_not_sent_everything_by_everybody),
        cmocka_unit_test(not_admitted_is_not_asked_for),
        cmocka_unit_test(branches_meet_and_come_to_rest),
        cmocka_unit_test(what_one_node_has_whole_all_get_whole),
        cmocka_unit_test(what_nobody_has_is_asked_for_ever_more_seldom),
        cmocka_unit_test(simulated_nodes_agree_without_a_storm),
        cmocka_unit_test(the_same_seed_gives_the_same_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
