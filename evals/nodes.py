"""YAML as plain values, with the line of every one of them; duplicate keys are refused."""

from __future__ import annotations

from typing import Any, TypeAlias

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path: TypeAlias = tuple[str | int, ...]


class BadYaml(ValueError):
    """The text is no YAML, or a mapping names a key twice. ``line`` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def load(text: str) -> tuple[Any, dict[Path, int]]:
    """Return the value of a YAML document and the line of each part of it, by its path.

    What an alias stands for has the line of its anchor: that is where it is mended.

    Raises:
        BadYaml: see there.
    """
    lines: dict[Path, int] = {}
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is not None:
            _walk(node, (), lines)
        return None if node is None else loader.construct_document(node), lines
    except BadYaml:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadYaml(mark.line + 1 if mark else 1, f"not YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise BadYaml(1, f"not YAML: {error}") from error


def line_of(lines: dict[Path, int], path: Path) -> int:
    """Return the line of a path, or of the nearest thing around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int]) -> None:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for at, item in enumerate(node.value):
            _walk(item, (*path, at), lines)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, item in node.value:
            name = str(key.value)
            if name in seen:
                raise BadYaml(key.start_mark.line + 1, f"the key {name!r} stands twice")
            seen.add(name)
            _walk(item, (*path, name), lines)
            # An unknown or ill-typed key is shown where it is written.
            if not (isinstance(item, (yaml.MappingNode, yaml.SequenceNode))):
                lines[(*path, name)] = key.start_mark.line + 1
