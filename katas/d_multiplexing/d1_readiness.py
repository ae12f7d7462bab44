"""Wait for many sockets at once, and collect what each of them says first.

The lesson: katas/d_multiplexing/d1_readiness.md
"""

import socket
import time


def first_words(sockets: list[socket.socket], timeout: float | None) -> dict[socket.socket, bytes]:
    """What each of `sockets` said first: whatever one `recv(65536)` returns.

    Returns as soon as all have spoken, at the latest after `timeout` seconds in all (None: as long
    as it takes; 0: only what is there already). Who has not spoken by then is not in the answer.
    End-of-file and a reset count as b"". The sockets are connected, and no two are the same; the
    list stays as it was. No threads, and next to no CPU time while nobody speaks.
    """
    # TODO: ask select for those who are still silent; what is left of the time?
    raise NotImplementedError


if __name__ == "__main__":
    import threading

    pairs = {name: socket.socketpair() for name in ("red", "green", "blue", "grey")}
    names = {ours: name for name, (ours, _) in pairs.items()}
    for name, seconds in (("red", 1.0), ("green", 0.3), ("blue", 0.6)):
        words = f"{name} speaks after {seconds} s".encode()
        threading.Timer(seconds, pairs[name][1].sendall, [words]).start()

    started = time.perf_counter()
    for timeout in (0, 0.8, 0.8):
        answer = first_words(list(names), timeout)
        print(f"{time.perf_counter() - started:.1f} s, after first_words(…, {timeout}):")
        for sock, word in answer.items():
            print(f"    {word.decode()}")
            del names[sock]
        print(f"    silent: {', '.join(names.values())}")
