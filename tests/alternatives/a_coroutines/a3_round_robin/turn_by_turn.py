"""Keeps the living in a list that is made anew for every turn; each task is an object that takes its steps."""


class Climber:
    def __init__(self, task):
        self.task, self.result = task, None

    def step(self):
        """True while there is more to do."""
        try:
            self.task.send(None)
            return True
        except StopIteration as stop:
            self.result = stop.value
        except Exception as error:
            self.result = error
        return False


def round_robin(tasks):
    everybody = [Climber(task) for task in tasks]
    alive = everybody
    while alive:
        alive = [climber for climber in alive if climber.step()]
    return [climber.result for climber in everybody]
