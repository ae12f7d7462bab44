import os

from dojo import imitation

if system := os.environ.get(
    imitation.VARIABLE
):  # before a module of the plugin looks at the system
    imitation.begin(system)

pytest_plugins = ["dojo.plugin"]
