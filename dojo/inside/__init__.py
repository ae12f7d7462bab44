"""What runs in the child process, beside the learner's code.

1. Next to nothing is imported before the kata: gevent's patch must be the first thing in its program.
2. Whatever a measurement rests on (clock, write, exit) is looked up before the kata can replace it.
3. The child only reports. Every assertion is made by the parent.
"""
