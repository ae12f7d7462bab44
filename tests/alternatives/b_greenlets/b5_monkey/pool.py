"""A gevent pool without a limit maps over the tasks; everything is patched in the first line."""

from gevent import monkey

monkey.patch_all()

from gevent.pool import Pool  # noqa: E402


def call(task):
    return task()


def run_together(tasks):
    return Pool().map(call, tasks)
