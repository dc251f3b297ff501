"""Reads the front matter of a text file: YAML between "---" or TOML between "+++", as plain texts, lists and mappings.

It knows no article. It constructs nothing but text: no tag, alias or type of YAML is acted on.

PyYAML's composer is used directly, not a front matter library on top of it: those give no line numbers, load what YAML
makes of a word (a title "No" becomes False, "12:30" becomes 750), and expand aliases without a bound.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

import yaml

from feedsvc.errors import Invalid

MAX_CHARACTERS = 64 * 1024
MAX_DEPTH = 20
_FENCES = {"---": "YAML", "+++": "TOML"}
_KEY_LINE = re.compile(r"[A-Za-z_][\w .-]*:(?:\s|\Z)|[A-Za-z_][\w.-]*\s*=")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_NULL = "tag:yaml.org,2002:null"

Value = str | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The values by key (lower case, "-" as "_"), the line of each key in the file, and the text that follows."""

    body: str
    values: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


class FrontMatterInvalid(Invalid):
    """Front matter that can't be read; `line` is where, counted from 1 in the file."""

    def __init__(self, line: int, reason: str, fix: str) -> None:
        super().__init__("front matter", reason, fix)
        self.line = line


def read_front_matter(text: str) -> FrontMatter:
    """Split a file's text (lines end in LF) into front matter and body; without front matter all of it is body.

    Raises FrontMatterInvalid, with the line, for what is no YAML or TOML, is no mapping, holds a key twice, is longer
    than MAX_CHARACTERS, nested deeper than MAX_DEPTH, uses aliases, or is never closed.
    """
    lines = text.split("\n")
    fence = lines[0].rstrip()
    if fence not in _FENCES:
        return FrontMatter(text)
    end = next((number for number in range(1, len(lines)) if lines[number].rstrip() == fence), None)
    if end is None:
        if len(lines) > 1 and _KEY_LINE.match(lines[1]):
            raise FrontMatterInvalid(1, f"is opened by {fence} and never closed", f"Put {fence} on a line after it")
        return FrontMatter(text)
    source, body = "\n".join(lines[1:end]), "\n".join(lines[end + 1 :])
    if len(source) > MAX_CHARACTERS:
        what = f"has {len(source):,} characters; the limit is {MAX_CHARACTERS:,}"
        raise FrontMatterInvalid(1, what, "The text belongs after it")
    if _FENCES[fence] == "TOML":
        return FrontMatter(body, _read_toml(source))
    node = _compose(source)
    return FrontMatter(body, {}, {}) if node is None else _from_mapping(node, body)


def _line(mark: Any) -> int:
    """Give a mark's line in the file; the source begins after the line of dashes."""
    return int(mark.line) + 2 if mark else 1


def _compose(source: str) -> yaml.Node | None:
    try:
        depth = 0
        for event in yaml.parse(source, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                what = f"uses an alias (*{event.anchor}), which is not read"
                raise FrontMatterInvalid(_line(event.start_mark), what, "Write the value out")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                what = f"is nested deeper than {MAX_DEPTH} levels"
                raise FrontMatterInvalid(_line(event.start_mark), what, "An article needs two")
        return yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"is not valid YAML: {error.problem or error.context}"
        raise FrontMatterInvalid(_line(mark), what, 'Quote a value that holds ":" or "#"') from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # Characters and escapes that YAML does not know come without a mark.
        what = f"is not valid YAML: {str(error).splitlines()[0]}"
        raise FrontMatterInvalid(1, what, "Take the character out") from None


def _from_mapping(node: yaml.Node, body: str) -> FrontMatter:
    if not isinstance(node, yaml.MappingNode):
        raise FrontMatterInvalid(
            node.start_mark.line + 2, "is no mapping of keys to values", "Write it as title: Headline"
        )
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key = _key(_value(key_node))
        line = key_node.start_mark.line + 2
        if key in values:
            what = f"gives {key!r} twice (lines {lines[key]} and {line})"
            raise FrontMatterInvalid(line, what, "Leave one of them")
        values[key], lines[key] = _value(value_node), line
    return FrontMatter(body, values, lines)


def _value(node: yaml.Node) -> Value:
    if isinstance(node, yaml.SequenceNode):
        return [_value(child) for child in node.value]
    if isinstance(node, yaml.MappingNode):
        return {_key(_value(key)): _value(value) for key, value in node.value}
    return "" if node.tag == _NULL else str(node.value)


def _key(value: Value) -> str:
    return value.strip().lower().replace("-", "_") if isinstance(value, str) else ""


def _read_toml(source: str) -> dict[str, Value]:
    try:
        return {_key(key): _from_toml(value) for key, value in tomllib.loads(source).items()}
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        what = f"is not valid TOML: {_TOML_LINE.sub('', str(error)).strip()}"
        raise FrontMatterInvalid(int(found[1]) + 1 if found else 1, what, 'Write it as title = "Headline"') from None
    except (ValueError, RecursionError):
        raise FrontMatterInvalid(1, "is no TOML that can be read: a number or a nesting is too large", "") from None


def _from_toml(value: object, depth: int = 1) -> Value:
    if depth > MAX_DEPTH:
        raise FrontMatterInvalid(1, f"is nested deeper than {MAX_DEPTH} levels", "An article needs two")
    if isinstance(value, list):
        return [_from_toml(child, depth + 1) for child in value]
    if isinstance(value, dict):
        return {_key(str(key)): _from_toml(child, depth + 1) for key, child in value.items()}
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
