"""Three small texts, a question that they answer, and replies that refer to their sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.scripted import Says, numbers_of, reply_of

HARBOUR = "Am 3. Mai kamen acht Schiffe an."
GROWS = "Der Hafen von Hamburg wächst."
EIGHT = "Eight ships arrived there."
DEER = "Das Reh schläft unter den Eichen."
SHIPS = {
    "hafen.txt": f"Stand: 22.10.2021\n\n{GROWS} {HARBOUR}",
    "harbour.txt": f"Published on 30 November 2022\n\nThe harbour of Hamburg grows. {EIGHT}",
    "wald.txt": f"Der Wald ist alt. {DEER}",
}
QUESTION = "Wie viele Schiffe kamen in Hamburg an?"


def statements(*said: tuple[str, list[str]], answered: bool = True, **how: Any) -> Callable[[dict[str, Any]], Says]:
    """Return a reply that gives, as ids, the numbers under which these sentences were shown."""

    def reply(body: dict[str, Any]) -> Says:
        known = numbers_of("\n".join(message["content"] for message in body["messages"]))
        return Says(reply_of(*((text, [known[one] for one in rest]) for text, rest in said), answered=answered), **how)

    return reply
