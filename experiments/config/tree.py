"""Trees of plain data: paths, what stands at them, and cards, the nodes that hold a parameter."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any


def nodes(tree: Mapping[str, Any] | list, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted path and node of everything that can be set; a card is one node, items of a list go by number."""
    for key, node in tree.items() if isinstance(tree, Mapping) else enumerate(tree):
        if isinstance(node, Mapping | list) and node and not is_card(node):
            yield from nodes(node, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", node


def leaves(tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Dotted path and value of everything that can be set; a card's value is that of its `value`."""
    for path, node in nodes(tree):
        yield path, node["value"] if is_card(node) else node


def node_at(tree: Any, path: str) -> Any:
    """What stands at a path of plain data; None if nothing does."""
    for step in path.split("."):
        if isinstance(tree, Mapping) and step in tree:
            tree = tree[step]
        elif isinstance(tree, list) and step.isdecimal() and int(step) < len(tree):
            tree = tree[int(step)]
        else:
            return None
    return tree


def is_card(node: Any) -> bool:
    """Whether a node is a card: a mapping that holds a value."""
    return isinstance(node, Mapping) and "value" in node


def changed(tree: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the tree with the value at each path replaced. Raises KeyError for a path that leads nowhere."""
    result = copy.deepcopy(dict(tree))
    for path, value in changes.items():
        *parents, leaf = path.split(".")
        node = result
        for key in parents:
            node = node[_step(node, key)]
        key = _step(node, leaf)
        if is_card(node[key]):
            node[key]["value"] = value
        else:
            node[key] = value
    return result


def _step(node: Any, key: str) -> str | int:
    return int(key) if isinstance(node, list) else key
