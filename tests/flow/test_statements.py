"""Where the prompt sees a statement end."""

from __future__ import annotations

import pytest

from crawler.statements import blank, split


@pytest.mark.parametrize(
    ("text", "done", "rest"),
    [
        ("", [], ""),
        ("  \n", [], ""),
        ("SELECT 1;", ["SELECT 1"], ""),
        ("SELECT 1; SELECT 2;\n", ["SELECT 1", "SELECT 2"], ""),
        ("SELECT 1; SELECT\n", ["SELECT 1"], "SELECT\n"),
        (";;; SELECT 1;", ["SELECT 1"], ""),
        ("SELECT 'a;b', \"c;d\";", ["SELECT 'a;b', \"c;d\""], ""),
        ("SELECT 'it''s; so';", ["SELECT 'it''s; so'"], ""),
        ("SELECT 'open;\n", [], "SELECT 'open;\n"),
        ("SELECT 1 -- not here;\n;", ["SELECT 1 -- not here;"], ""),
        ("SELECT /* nor; here */ 1;", ["SELECT /* nor; here */ 1"], ""),
        ("SELECT /* open;\n", [], "SELECT /* open;\n"),
        ("SELECT $$a;b$$, $x$c;$$d$x$;", ["SELECT $$a;b$$, $x$c;$$d$x$"], ""),
        ("SELECT $$open;\n", [], "SELECT $$open;\n"),
        ("-- only a comment;\n", [], "-- only a comment;\n"),
        ("SELECT 'Đoàn; thanh niên' AS \"tên; gọi\";", ["SELECT 'Đoàn; thanh niên' AS \"tên; gọi\""], ""),
    ],
)
def test_split(text: str, done: list[str], rest: str) -> None:
    assert split(text) == (done, rest)


def test_what_is_typed_line_by_line_is_what_is_pasted_at_once() -> None:
    text = "SELECT 'a\n;b' AS x -- ;\n, /* ;\n; */ 2;\nVALUES (1);\n"
    buffer, done = "", []
    for line in text.splitlines(keepends=True):
        found, buffer = split(buffer + line)
        done += found
    assert (done, buffer) == split(text)
    assert len(done) == 2


def test_blank() -> None:
    assert blank("-- a\n /* b\n */ ")
    assert not blank("-- a\nSELECT 1")
