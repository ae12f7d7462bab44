"""Leaves the switching to gevent's hub, where it was to be done by hand.

Caught by: test_exactly_two_greenlets_do_the_work
"""

import gevent


def eat_and_play(name, log):
    def work(name, activity):
        log.append(f"{name} {activity} 1")
        gevent.sleep(0)
        log.append(f"{name} {activity} 2")

    gevent.joinall([gevent.spawn(work, name, "eat"), gevent.spawn(work, name, "play")])
