"""Waits for newcomers only with poll, and gives each a thread.

Caught by: test_it_does_the_work_in_one_thread_of_one_process
"""

import select
import threading


def talk(client):
    with client:
        try:
            while data := client.recv(65536):
                client.sendall(data.upper())
        except OSError:
            return


def serve(listener):
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    while poller.poll():
        client, _ = listener.accept()
        threading.Thread(target=talk, args=[client], daemon=True).start()
