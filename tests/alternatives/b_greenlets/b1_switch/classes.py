"""Two subclasses of greenlet with their own run; the last to speak sends the other home first."""

from greenlet import greenlet


class Diner(greenlet):
    def __init__(self, activity, log):
        super().__init__()
        self.activity, self.log, self.other = activity, log, None

    def say(self, name, number):
        self.log.append(f"{name} {self.activity} {number}")


class Eater(Diner):
    def run(self, name):
        self.say(name, 1)
        self.other.switch(name)
        self.say(name, 2)
        self.other.switch()


class Player(Diner):
    def run(self, name):
        self.say(name, 1)
        self.other.switch()
        self.say(name, 2)
        self.parent = self.other


def eat_and_play(name, log):
    eater, player = Eater("eat", log), Player("play", log)
    eater.other, player.other = player, eater
    eater.switch(name)
