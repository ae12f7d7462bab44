"""An asyncio loop calls back whoever is readable; a timer ends it."""

import asyncio


def first_words(sockets, timeout):
    loop = asyncio.new_event_loop()
    words = {}

    def hear(sock):
        loop.remove_reader(sock)
        try:
            words[sock] = sock.recv(65536)
        except OSError:
            words[sock] = b""
        if len(words) == len(sockets):
            loop.stop()

    for sock in sockets:
        loop.add_reader(sock, hear, sock)
    if not sockets:
        loop.call_soon(loop.stop)
    elif timeout is not None:
        # two turns of the loop, so that who has spoken already is heard with a time-out of 0, too
        loop.call_later(timeout, loop.call_soon, loop.call_soon, loop.stop)
    loop.run_forever()
    loop.close()
    return words
