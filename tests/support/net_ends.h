#ifndef TESTS_SUPPORT_NET_ENDS_H
#define TESTS_SUPPORT_NET_ENDS_H

/* The core's end of real net processes: starts them, answers nothing, notes what they say. The test program's
 * main begins with net_end_main, because a net process is this very program started again. */

#include "node/pieces.h"
#include "node/supervisor.h"

enum { NET_END_WAIT_MS = 8000, NET_END_PEERS_MAX = 64, NET_END_UPS_MAX = 64 };

struct net_end {
    struct supervised process;
    uint8_t secret_key[32], public_key[32];
    uint8_t settings[4096]; /* of NETLINK_CONFIG, behind the keys */
    size_t settings_size;
    struct {
        bool set;
        uint32_t peer;
        uint8_t payload[160];
        size_t size;
    } dial; /* dialled again after each start */

    uint8_t speed; /* of its clock; 0: 1 */
    uint16_t port; /* of NETLINK_READY, kept across restarts */
    bool failed;
    size_t up_count, down_count, frame_count;
    uint32_t last_up, last_down, last_from;
    uint8_t last_drop; /* why the last one that went down was dropped */
    uint8_t last_key[32];
    struct {
        uint32_t peer;
        uint8_t key[32];
    } ups[NET_END_UPS_MAX]; /* the latest, in a ring */
    uint8_t last_frame[FRAME_SIZE_MAX];
    size_t last_frame_size;
    uint64_t frame_bytes;
    size_t piece_count; /* of frames that are not whole yet */
    struct {
        uint32_t peer;
        struct pieces *pieces;
    } joins[NET_END_PEERS_MAX];
    struct all_pieces all_pieces;
    uint64_t sent_bytes; /* that went to any peer, by its word */
    bool deaf;           /* the core does not read */
};

/* Returns: the exit code when this program was started as a net process, else -1. */
int net_end_main(int argc, char **argv);

/* This program's, which ends with it; begun when it is first asked for, before any thread. */
struct starter *net_end_starter(void);

uint64_t net_end_now_ms(void);
void net_end_listener(struct net_end *end, bool only_known, const uint8_t (*known)[32], size_t known_count);
void net_end_dialler(struct net_end *end, uint32_t peer, const uint8_t server_key[32], uint16_t port);
void net_end_stop(struct net_end *end);
/* Queue a frame of size equal bytes, in bulk or on a lane. */
void net_end_send_on(struct net_end *end, uint32_t peer, enum lane lane, uint8_t byte, size_t size);
void net_end_send(struct net_end *end, uint32_t peer, uint8_t byte, size_t size);
void net_end_kick(struct net_end *end, uint32_t peer);
/* One turn of the core's loop over count ends. */
void net_end_turn(struct net_end *const *ends, size_t count, int timeout_ms);
/* The number under which key came up last; 0: never. */
uint32_t net_end_number_of(const struct net_end *end, const uint8_t key[32]);
/* Turns for so long, whatever happens: what must not happen has its time. */
void net_end_go_on(struct net_end *const *ends, size_t count, uint64_t duration_ms);
/* Whether its process never had more memory in use. Under sanitizers, which use their own, nobody can tell:
 * yes. */
bool net_end_stayed_under(const struct net_end *end, size_t kilobytes);

/* Turn until condition; fail the test after NET_END_WAIT_MS. */
#define NET_END_UNTIL(ends, count, condition)                                                                \
    do {                                                                                                     \
        uint64_t until_ms = net_end_now_ms() + NET_END_WAIT_MS;                                              \
        while (!(condition)) {                                                                               \
            if (net_end_now_ms() > until_ms)                                                                 \
                fail_msg("waited in vain for %s", #condition);                                               \
            net_end_turn((ends), (count), 20);                                                               \
        }                                                                                                    \
    } while (0)

#endif
