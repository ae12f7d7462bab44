"""Closures over a deque of chunks, a callback for each event; writing is watched only while needed."""

import selectors
from collections import deque

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
ENOUGH = 1 << 20


def serve(listener):
    selector = selectors.DefaultSelector()

    def watch(sock, callbacks):
        """Register `sock` for exactly the events that have a callback; {} takes it out."""
        known = sock.fileno() in selector.get_map()
        events = sum(callbacks)
        if known and events:
            selector.modify(sock, events, callbacks)
        elif known:
            selector.unregister(sock)
        elif events:
            selector.register(sock, events, callbacks)

    def welcome():
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        sock.setblocking(False)
        chunks, size, ended = deque(), 0, False

        def receive():
            nonlocal size, ended
            data = sock.recv(1 << 17)
            ended = not data
            if data:
                chunks.append(memoryview(data.upper()))
                size += len(data)

        def send():
            nonlocal size
            sent = sock.send(chunks[0])
            size -= sent
            chunks[0] = chunks[0][sent:]
            if not chunks[0]:
                chunks.popleft()

        def carefully(step):
            def callback():
                try:
                    step()
                except BlockingIOError:
                    return
                except OSError:
                    go_on(broken=True)
                else:
                    go_on()

            return callback

        callbacks = {READ: carefully(receive), WRITE: carefully(send)}

        def go_on(broken=False):
            over = broken or (ended and not chunks)
            reading = not ended and size < ENOUGH
            wishes = {} if over else {READ: reading, WRITE: bool(chunks)}
            watch(sock, {event: callbacks[event] for event, wish in wishes.items() if wish})
            if over:
                sock.close()

        go_on()

    listener.setblocking(False)
    watch(listener, {READ: welcome})
    while True:
        for key, mask in selector.select():
            for event, callback in key.data.items():
                if mask & event and key.fileobj.fileno() >= 0:
                    callback()
