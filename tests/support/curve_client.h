#ifndef TESTS_SUPPORT_CURVE_CLIENT_H
#define TESTS_SUPPORT_CURVE_CLIENT_H

/* A CURVE client written out byte by byte (ZMTP 3.0, RFC 25 and 26), which can say what libzmq's own sockets
 * refuse to say: a message whose parts never end. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct curve_client {
    int fd;
    uint64_t nonce;
    uint8_t key[32]; /* shared with the server, for this connection */
};

/* Connect to 127.0.0.1:port with a fresh key. identity may have any bytes. Returns: false when the server
 * lets go. */
bool curve_client_open(struct curve_client *client, uint16_t port, const uint8_t server_key[32],
                       const void *identity, size_t identity_size);
/* Send one part. Returns: false when the connection is gone. */
bool curve_client_send(struct curve_client *client, const void *data, size_t size, bool more);
void curve_client_close(struct curve_client *client);

/* Returns: a TCP connection to 127.0.0.1:port that gives up waiting after some seconds; -1 when refused. */
int loopback_connect(uint16_t port);

#endif
