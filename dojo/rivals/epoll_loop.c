/* The limit: level-triggered epoll in C, that and nothing else. Its one argument is a listening descriptor.

   What the kernel does not take at once is lost: it is here to be timed with short messages, not to be used. */

#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READY 1024

static char data[65536];
static struct epoll_event ready[READY];

static void watch(int epoll, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static void answer(int client) {
    ssize_t size = recv(client, data, sizeof data, 0);
    if (size <= 0) {
        close(client);
        return;
    }
    for (ssize_t i = 0; i < size; i++)
        data[i] = toupper((unsigned char)data[i]);
    send(client, data, size, MSG_NOSIGNAL);
}

int main(int count, char **arguments) {
    if (count != 2)
        return 2;
    int listener = atoi(arguments[1]);
    int epoll = epoll_create1(0);
    fcntl(listener, F_SETFL, O_NONBLOCK);
    watch(epoll, listener);
    for (;;) {
        int events = epoll_wait(epoll, ready, READY, -1);
        for (int i = 0; i < events; i++) {
            int client = ready[i].data.fd;
            if (client != listener)
                answer(client);
            else if ((client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
                watch(epoll, client);
        }
    }
}
