"""The night after, over 2,000 articles that hardly change, costs a small share of the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.night import measure


@pytest.mark.soak
def test_the_second_night_asks_for_three_percent_at_most_and_finds_every_young_change(tmp_path: Path) -> None:
    first, second, third = measure(tmp_path)
    assert first["articles"] == 2000
    assert {row["colour"] for row in (first, second, third)} == {"green"}
    assert second["requests"] <= 0.03 * first["requests"]
    assert second["bytes"] <= 0.02 * first["bytes"]
    assert third["young_found"] == third["young_changed"] > 0
