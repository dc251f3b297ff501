"""Promise: each benchmark can be run by its name and has its place in docs/performance.md, whatever comes out of it."""

from __future__ import annotations

import importlib
import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from bench import plot, report
from bench.__main__ import BENCHMARKS, main
from bench.load import Shot, compare, row
from bench.measuring import Row

ROWS = (
    Row("a < b & c", "3.0 times (3 and 1 ms)", "at least 2", True, 1.5),
    Row("far off", "0.1", "at least 10", False, 0.01),
    Row("far ahead", "1000", "at least 10", True, 100.0),
    Row("without a goal", "7"),
)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_can_be_called_and_has_its_place(name: str) -> None:
    assert callable(importlib.import_module(f"bench.{name}").run)
    assert re.search(rf"<!-- measured: {name} -->\n.*?<!-- end -->", report.DOCUMENT.read_text("utf-8"), re.DOTALL)


def test_a_name_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["srving"]) == 2
    assert "srving" in capsys.readouterr().err


def test_the_plot_is_a_picture_within_its_frame() -> None:
    picture = ET.fromstring(plot.draw({"Making & serving": ROWS, "Nothing to show": ROWS[-1:]}))
    width = int(picture.attrib["viewBox"].split()[2])
    bars = picture.findall("{*}rect[@rx]")
    assert len(bars) == 3
    assert all(0 < int(bar.attrib["x"]) + int(bar.attrib["width"]) <= width for bar in bars)
    assert [bar.attrib["class"] for bar in bars] == ["met", "unmet", "met"]


def test_a_noisy_place_is_said_to_be_one() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert "**A noisy place: others used 40%" in report.circumstances(report.Result(ROWS, at, "a machine", 0.4))
    assert "noisy" not in report.circumstances(report.Result(ROWS, at, "a machine", 0.01))


@pytest.mark.parametrize(("others", "reached"), [(0.0, True), (0.5, False)])
def test_in_a_noisy_place_processor_time_decides(others: float, reached: bool) -> None:
    ours, theirs = [Shot(50.0, 40.0, others)] * 3, [Shot(100.0, 10.0, others)] * 3
    assert row("x", compare(ours, theirs), 0.4).met is reached
