"""Works on one item after the other: it is right, and nobody else works meanwhile.

Caught by: test_as_many_workers_as_told_work_at_once
"""


def pipeline(source, work, workers, capacity):
    return [work(item) for item in source]
