"""Returns an object with the methods of a generator, which is no generator.

Caught by: test_it_is_a_new_generator
"""


class Delegate:
    def __init__(self, iterator):
        self.iterator = iterator

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.iterator)

    def send(self, value):
        return next(self) if value is None else self.iterator.send(value)

    def throw(self, error):
        if hasattr(self.iterator, "throw"):
            return self.iterator.throw(error)
        self.iterator = iter(())
        raise error

    def close(self):
        if hasattr(self.iterator, "close"):
            self.iterator.close()
        self.iterator = iter(())


def delegate(subgenerator):
    return Delegate(iter(subgenerator))
