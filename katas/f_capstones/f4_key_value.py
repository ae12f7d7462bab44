"""Serve a key-value store that Redis clients take for Redis: one protocol, one table, one thread.

The lesson: katas/f_capstones/f4_key_value.md
"""

import socket
import sys


def serve(listener: socket.socket) -> None:
    """Serve a key-value store over the Redis protocol (RESP2); never returns.

    `listener` is a bound, listening, blocking TCP socket. One thread and one selector serve all
    clients. Commands, their names in any case: PING ECHO SET (EX PX NX XX) GET DEL EXISTS INCR INCRBY
    EXPIRE TTL MGET MSET APPEND LPUSH RPUSH LPOP LRANGE LLEN MULTI EXEC DISCARD COMMAND and CONFIG GET.
    They mean what they mean in Redis. They come as arrays of bulk strings or inline, in any pieces and
    many at once; keys and values are any bytes.

    An unknown command or a wrong number of arguments is answered with `-ERR …`, a key of the wrong type
    with `-WRONGTYPE …`, and the connection goes on. A protocol error (a length that is no number, an
    argument that is no bulk string, a bulk string of a negative length or over 512 MiB) is answered
    with an error, and the connection is closed. Whatever a client does ends only itself.
    """
    # TODO: a parser from bytes to commands, a table from names to functions, a connection between them.
    raise NotImplementedError


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8088
    try:
        listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    port = listener.getsockname()[1]
    print(f"serving on 127.0.0.1:{port}, Ctrl-C ends it; try: redis-cli -p {port}", flush=True)
    print(f"or without Redis: nc 127.0.0.1 {port}, and type SET name Ada", flush=True)
    try:
        serve(listener)
    except KeyboardInterrupt:
        print("\nstopped")
    finally:
        listener.close()
