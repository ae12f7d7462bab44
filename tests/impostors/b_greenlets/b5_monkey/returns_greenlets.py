"""Returns the greenlets themselves where their results were asked for.

Caught by: test_results_come_in_the_order_of_the_tasks
"""

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402


def run_together(tasks):
    jobs = [gevent.spawn(task) for task in tasks]
    gevent.joinall(jobs, raise_error=True)
    return jobs
