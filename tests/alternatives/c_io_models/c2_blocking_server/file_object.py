"""A file object without a buffer, read and written in place of the socket's own calls."""

from contextlib import suppress


def serve(listener):
    while True:
        with (
            suppress(OSError),
            listener.accept()[0] as connection,
            connection.makefile("rwb", buffering=0) as stream,
        ):
            while data := stream.read(65536):
                rest = data.upper()
                while rest:
                    rest = rest[stream.write(rest) :]
