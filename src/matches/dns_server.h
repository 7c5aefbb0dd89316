/* The sockets of `lachan rpz serve`: UDP and TCP on one address, a thread for each connection, NOTIFY when a list has a new version. */
#pragma once

#include "transfer.h"

struct dns_server_config {
    struct db *db;
    const struct house *house;
    const char *address;            /* "127.0.0.1:5300", "[::1]:5300"; port 0: any */
};

struct dns_server;
status dns_server_start(const struct dns_server_config *config, struct dns_server **server);
const char *dns_server_address(const struct dns_server *server);
/* Runs until SIGTERM or SIGINT. */
void dns_server_run(struct dns_server *server);
void dns_server_free(struct dns_server *server);
