"""Runs each task to its end before the next one begins: nobody takes turns.

Caught by: test_everybody_takes_one_step_per_turn
"""


def run_to_the_end(task):
    try:
        while True:
            next(task)
    except StopIteration as stop:
        return stop.value
    except Exception as error:
        return error


def round_robin(tasks):
    return [run_to_the_end(task) for task in tasks]
