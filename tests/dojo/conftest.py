"""`house`: a small dojo of three katas in a temporary folder, in place of this repository."""

from pathlib import Path

import pytest

from dojo import impostors
from dojo import katas as places
from dojo.katas import Curriculum
from dojo.pristine import Pristine

MANIFEST = """\
# The path.

[[part]]
name = "a_first"
title = "First steps"

  # the easy one
  [[part.kata]]
  id = "a1"
  name = "one"
  title = "Number one"

  [[part.kata]]
  id = "a3"
  name = "three"
  title = "Number three"

[[part]]
name = "b_second"
title = "Second steps"

  [[part.kata]]
  id = "b1"
  name = "other"
  title = "The other"
"""

STUB = '''\
"""Answer.

The lesson: katas/{part}/{slug}.md
"""


def answer(question, *, loud=False):
    """42."""
    # TODO: think.
    raise NotImplementedError


if __name__ == "__main__":
    print(answer("?"))
'''

SOLUTION = STUB.replace("    # TODO: think.\n    raise NotImplementedError", "    return 42")

LESSON = """\
# {id} · {title}

## The idea

One idea, [once](#the-idea) and [again]({slug}.py).

```
## no heading, but a picture
```

## Your task

Answer.

## Try it

- `./kata test {id}`

## Hints

<details><summary>Hint 1</summary>

Nudge.

</details>

<details><summary>Hint 2</summary>

Push.

</details>

<details><summary>Hint 3</summary>

Shove.

</details>

## Talk about it

<details><summary>What does <code>answer()</code> ask?</summary>

Who knows.

</details>

## Read on

- [Python](https://docs.python.org/3/)
"""

SUITE = """\
from tests.contract import test_from_the_contract


def test_it_answers(run):
    assert run(lambda kata: kata.answer("?")).value == 42
"""

IMPOSTOR = '"""Wrong, the {n}th way.\n\nCaught by: test_it_answers, test_from_the_contract\n"""\n'


class House:
    """The temporary dojo: `root`, and its katas by id."""

    def __init__(self, root: Path):
        self.root = root

    @property
    def path(self) -> Curriculum:
        return Curriculum(places.MANIFEST)

    def __getitem__(self, id_: str):
        return self.path.find(id_)

    def solve(self, id_: str) -> None:
        self[id_].file.write_text(SOLUTION, encoding="utf-8", newline="\n")


def put(file: Path, text: str, **values: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    file.write_text(text, encoding="utf-8", newline="\n")


@pytest.fixture
def house(tmp_path, monkeypatch) -> House:
    root = tmp_path / "my dojo"  # a space, as learners have them
    for name in ("katas", "solutions", "tests"):
        monkeypatch.setattr(places, name.upper(), root / name)
    monkeypatch.setattr(places, "ROOT", root)
    monkeypatch.setattr(places, "MANIFEST", root / "katas" / "katas.toml")
    put(places.MANIFEST, MANIFEST)
    stubs = Pristine(root / "dojo" / "pristine.json")
    house = House(root)
    for kata in house.path.katas:
        names = {"id": kata.id, "part": kata.part, "slug": kata.slug, "title": kata.title}
        put(kata.file, STUB, **names)
        put(kata.solution, SOLUTION, **names)
        put(kata.lesson, LESSON, **names)
        put(kata.suite, SUITE)
        for n in range(4):
            put(kata.impostors / f"wrong_{n}.py", IMPOSTOR, n=n)
        for n in range(2):
            put(kata.alternatives / f"else_{n}.py", '"""Another way."""\n')
        stubs.put(kata, kata.file.read_text(encoding="utf-8"))
    stubs.write()
    put(impostors.page(), impostors.document(house.path))
    monkeypatch.chdir(root)
    return house
