"""All threads share a lock and hold it while they receive: who is silent keeps it.

Caught by: test_silent_clients_hold_nobody_up, test_everybody_in_a_crowd_gets_their_own_answer
"""

import threading

lock = threading.Lock()


def talk(connection):
    with connection:
        try:
            while True:
                with lock:
                    data = connection.recv(65536)
                    if not data:
                        break
                    connection.sendall(data.upper())
        except OSError:
            pass


def serve(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
