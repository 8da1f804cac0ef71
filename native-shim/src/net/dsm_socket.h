/* dsm_socket.h - the few things every TCP socket of ours needs. All return a descriptor, 0, or -errno. */
#ifndef DSM_SOCKET_H
#define DSM_SOCKET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Listens on `host`, a numeric address (IPv4 or IPv6, without brackets); NULL = 127.0.0.1. *port: which, 0 = a free
 * one, which is then stored there. -EINVAL if `host` is no address. Non-blocking, close-on-exec. */
int dsm_socket_listen(const char *host, uint32_t *port);
/* Whether only this machine can reach what listens on `host` (as above): 1, 0, or -EINVAL. */
int dsm_socket_is_loopback(const char *host);
/* Starts to connect to "host:port" (numeric host, IPv6 in brackets, or "localhost"); -EINVAL if that cannot be read.
 * Non-blocking, close-on-exec, TCP_NODELAY; writable once it stands (see dsm_socket_connected). */
int dsm_socket_connect(const char *address, size_t length);
/* How a connect ended: 0 or -errno. */
int dsm_socket_connected(int socket);
/* -EAGAIN when nobody waits. */
int dsm_socket_accept(int listener);
/* Waits until readable (or writable); 1, 0 after timeout_ns, or -errno. */
int dsm_socket_wait(int socket, int writable, uint64_t timeout_ns);

#endif
