"""All threads receive into one and the same buffer: what one has read is overwritten by the next.

Caught by: test_threads_share_nothing_that_they_write_to
"""

import threading

buffer = bytearray(65536)


def talk(connection):
    with connection:
        try:
            while size := connection.recv_into(buffer):
                connection.sendall(buffer[:size].upper())
        except OSError:
            pass


def serve(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
