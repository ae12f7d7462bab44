"""A group of greenlets is filled, joined until the first failure, and read through .value."""

from gevent import monkey

monkey.patch_all()

from gevent.pool import Group  # noqa: E402


def run_together(tasks):
    group = Group()
    jobs = [group.spawn(task) for task in tasks]
    group.join(raise_error=True)
    return [job.value for job in jobs]
