"""Takes turns with threads: the operating system switches here, not the program.

Caught by: test_exactly_two_greenlets_do_the_work
"""

import threading


def eat_and_play(name, log):
    eats, plays = threading.Semaphore(1), threading.Semaphore(0)

    def eat(name):
        for number in (1, 2):
            eats.acquire()
            log.append(f"{name} eat {number}")
            plays.release()

    def play(name):
        for number in (1, 2):
            plays.acquire()
            log.append(f"{name} play {number}")
            eats.release()

    threads = [threading.Thread(target=work, args=(name,)) for work in (eat, play)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
