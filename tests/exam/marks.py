"""A plugin of the whole session: whatever test proves a promise, wherever it stands, is counted for the page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.exam.page import Marks, page, promises

MARKS = Marks()


def crms_of(item: pytest.Item, mark: pytest.Mark) -> tuple[str, ...]:
    """Of whom the test speaks: the mark says so, else the parameters, else the folder."""
    said = mark.kwargs.get("crm")
    if said:
        return (said,) if isinstance(said, str) else tuple(said)
    told = [*getattr(getattr(item, "callspec", None), "params", {}).values(), *reversed(item.path.parent.parts)]
    return tuple([one for one in told if isinstance(one, str) and one in promises()[mark.args[0]]][:1])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Raises UsageError for a mark that belongs to no row of the page: nobody would see its result."""
    for item in items:
        for mark in item.iter_markers("promise"):
            if mark.args[0] not in promises() or not (crms := crms_of(item, mark)):
                raise pytest.UsageError(f"{item.nodeid}: promises.toml has no row for {mark.args[0]!r} of this CRM")
            item.user_properties += [("promise", [mark.args[0], crm]) for crm in crms]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.failed:
        for name, said in report.user_properties:
            if name == "promise" and isinstance(said, list):
                test = report.nodeid.partition("[")[0].rpartition("::")[2]
                MARKS.add(*said, test, report.outcome)


def pytest_sessionfinish() -> None:
    """`make exam` names the page; any other run leaves it alone."""
    if (path := os.environ.get("CRM_SYNC_EXAM_PAGE")) and "PYTEST_XDIST_WORKER" not in os.environ:
        Path(path).write_text(page(MARKS), encoding="utf-8")
