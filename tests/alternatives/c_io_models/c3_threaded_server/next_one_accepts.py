"""Each thread accepts its own client, and starts the next one before it serves."""

import threading


def accept_and_talk(listener):
    while True:
        try:
            connection, _ = listener.accept()
            break
        except OSError:
            continue
    threading.Thread(target=accept_and_talk, args=(listener,), daemon=True).start()
    try:
        for data in iter(lambda: connection.recv(65536), b""):
            connection.sendall(data.upper())
    except OSError:
        pass
    finally:
        connection.close()


def serve(listener):
    threading.Thread(target=accept_and_talk, args=(listener,), daemon=True).start()
    threading.Event().wait()
