/*
 * Echo and HTTP on epoll: what the system allows, with nothing in between. Each thread has an epoll instance of its own;
 * the first one also accepts, and deals the connections out in turn.
 *
 * Arguments: the service, the number of cores, and the port of the upstream (ignored).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, EVENTS = 1024, INPUT = 64 * 1024, LARGEST_HEAD = 8 * 1024, MAX_THREADS = 256 };

static const char RESPONSE[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!";
static const size_t RESPONSE_SIZE = sizeof RESPONSE - 1;

/* What waits for the socket's buffer, or is the beginning of a request; without either a connection has no memory. */
struct connection {
    int fd;
    int closing; /* once its output is written */
    char *output;
    size_t output_from, output_to;
    char *head;
    size_t head_size;
};

struct worker {
    int epoll;
    pthread_t thread;
    char input[INPUT];
};

static int http;
static int listener;
static int cores;
static struct worker *workers;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (memory == NULL) {
        fail("calloc");
    }
    return memory;
}

static void drop(struct connection *c) {
    close(c->fd);
    free(c->output);
    free(c->head);
    free(c);
}

static void watch(int epoll, int operation, struct connection *c, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = c};
    if (epoll_ctl(epoll, operation, c->fd, &event) < 0) {
        fail("epoll_ctl");
    }
}

/* Writes what the socket takes and keeps the rest; nothing is read before that is written. False: it is broken. */
static int reply(struct worker *w, struct connection *c, const char *bytes, size_t size) {
    ssize_t sent = send(c->fd, bytes, size, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN) {
            return 0;
        }
        sent = 0;
    }
    if ((size_t) sent < size) {
        c->output = allocate(size - sent);
        memcpy(c->output, bytes + sent, size - sent);
        c->output_from = 0;
        c->output_to = size - sent;
        watch(w->epoll, EPOLL_CTL_MOD, c, EPOLLOUT);
    }
    return 1;
}

static int flush(struct worker *w, struct connection *c) {
    ssize_t sent = send(c->fd, c->output + c->output_from, c->output_to - c->output_from, MSG_NOSIGNAL);
    if (sent < 0) {
        return errno == EAGAIN;
    }
    c->output_from += sent;
    if (c->output_from == c->output_to) {
        free(c->output);
        c->output = NULL;
        if (c->closing) {
            return 0;
        }
        watch(w->epoll, EPOLL_CTL_MOD, c, EPOLLIN);
    }
    return 1;
}

/* Parses a head that begins at `from`: its size, 0 if it is not whole, -1 if it is none. */
static ssize_t parse_head(const char *from, size_t size, int *keep) {
    const char *end = memmem(from, size, "\r\n\r\n", 4);
    if (end == NULL) {
        return size > LARGEST_HEAD ? -1 : 0;
    }
    const char *line_end = memmem(from, size, "\r\n", 2);
    const char *target = memchr(from, ' ', line_end - from);
    if (target == NULL || target == from || ++target == line_end) {
        return -1;
    }
    const char *version = memchr(target, ' ', line_end - target);
    if (version == NULL || version == target || line_end - ++version != 8 || memcmp(version, "HTTP/1.", 7) != 0) {
        return -1;
    }
    *keep = version[7] == '1';
    while (line_end != end) {
        const char *name = line_end + 2;
        line_end = memmem(name, end + 2 - name, "\r\n", 2);
        const char *colon = memchr(name, ':', line_end - name);
        if (colon == NULL || colon == name) {
            return -1;
        }
        const char *value = colon + 1;
        while (value < line_end && (*value == ' ' || *value == '\t')) {
            value++;
        }
        if (colon - name == 10 && strncasecmp(name, "connection", 10) == 0 && line_end - value == 5
            && strncasecmp(value, "close", 5) == 0) {
            *keep = 0;
        }
    }
    return end + 4 - from;
}

/* Answers the requests that are whole; keeps the beginning of one that is not. */
static int answer(struct worker *w, struct connection *c, const char *bytes, size_t size) {
    char *joined = NULL;
    if (c->head != NULL) {
        joined = allocate(c->head_size + size);
        memcpy(joined, c->head, c->head_size);
        memcpy(joined + c->head_size, bytes, size);
        bytes = joined;
        size += c->head_size;
        free(c->head);
        c->head = NULL;
    }
    size_t at = 0;
    int keep = 1;
    int alive = 1;
    size_t answers = 0;
    while (keep && at < size) {
        ssize_t head = parse_head(bytes + at, size - at, &keep);
        if (head < 0) {
            alive = 0;
            break;
        }
        if (head == 0) {
            c->head_size = size - at;
            c->head = allocate(c->head_size);
            memcpy(c->head, bytes + at, c->head_size);
            break;
        }
        at += head;
        answers++;
    }
    free(joined);
    if (!alive || answers == 0) {
        return alive;
    }
    c->closing = !keep;
    if (answers == 1) {
        alive = reply(w, c, RESPONSE, RESPONSE_SIZE);
    } else {
        char *all = allocate(answers * RESPONSE_SIZE);
        for (size_t i = 0; i < answers; i++) {
            memcpy(all + i * RESPONSE_SIZE, RESPONSE, RESPONSE_SIZE);
        }
        alive = reply(w, c, all, answers * RESPONSE_SIZE);
        free(all);
    }
    return alive && (keep || c->output != NULL);
}

static int take_input(struct worker *w, struct connection *c) {
    ssize_t count = recv(c->fd, w->input, INPUT, 0);
    if (count <= 0) {
        return count < 0 && errno == EAGAIN;
    }
    return http ? answer(w, c, w->input, count) : reply(w, c, w->input, count);
}

static void accept_all(void) {
    static int turn;
    for (int i = 0; i < 64; i++) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno != EAGAIN) {
                perror("accept4");
                usleep(10 * 1000);
            }
            return;
        }
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *c = allocate(sizeof *c);
        c->fd = fd;
        watch(workers[turn++ % cores].epoll, EPOLL_CTL_ADD, c, EPOLLIN);
    }
}

static void *work(void *argument) {
    struct worker *w = argument;
    static __thread struct epoll_event events[EVENTS];
    while (1) {
        int count = epoll_wait(w->epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;
            if (c == NULL) {
                accept_all();
            } else if (!(c->output != NULL ? flush(w, c) : take_input(w, c))) {
                drop(c);
            }
        }
    }
    return NULL;
}

static int listen_on_free_port(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0 || bind(fd, (struct sockaddr *) &address, sizeof address) < 0 || listen(fd, BACKLOG) < 0) {
        fail("listen");
    }
    return fd;
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "three arguments, please: SERVICE CORES UPSTREAM_PORT\n");
        return 1;
    }
    http = strcmp(arguments[1], "HTTP") == 0;
    cores = atoi(arguments[2]);
    if ((!http && strcmp(arguments[1], "ECHO") != 0) || cores < 1 || cores > MAX_THREADS) {
        fprintf(stderr, "ECHO or HTTP, on 1 to %d cores: %s %s\n", MAX_THREADS, arguments[1], arguments[2]);
        return 1;
    }
    listener = listen_on_free_port();
    workers = allocate(cores * sizeof *workers);
    for (int i = 0; i < cores; i++) {
        workers[i].epoll = epoll_create1(EPOLL_CLOEXEC);
        if (workers[i].epoll < 0) {
            fail("epoll_create1");
        }
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(workers[0].epoll, EPOLL_CTL_ADD, listener, &event) < 0) {
        fail("epoll_ctl");
    }
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    getsockname(listener, (struct sockaddr *) &address, &size);
    printf("listening on 127.0.0.1:%d (C epoll)\n", ntohs(address.sin_port));
    fflush(stdout);
    for (int i = 1; i < cores; i++) {
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            fail("pthread_create");
        }
    }
    work(&workers[0]);
    return 0;
}
