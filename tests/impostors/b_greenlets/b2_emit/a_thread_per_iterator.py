"""Gives each iterator a thread of its own and hands the values over through queues.

Caught by: test_it_all_happens_in_the_callers_thread
"""

import queue
import threading

END = object()


def iterate(function, *args):
    asked, answers = queue.Queue(), queue.Queue()

    def emit(value):
        answers.put((value, None))
        if asked.get() is END:
            raise GeneratorExit

    def work():
        if asked.get() is END:
            return
        try:
            function(emit, *args)
            answers.put((END, None))
        except BaseException as error:
            answers.put((END, error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while True:
            asked.put(None)
            value, error = answers.get()
            if error is not None:
                raise error
            if value is END:
                return
            yield value
    finally:
        asked.put(END)
        thread.join()
