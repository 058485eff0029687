"""The prompt of `luutru sql`: statements from a person at a terminal, or from a pipe, asked one after another."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import duckdb

from archive.errors import BrokenQuery, LuutruError
from archive.moment import local
from archive.store import Store
from archive.tables.at import At
from archive.tables.limits import Limits
from archive.tables.question import asked, newest
from archive.tables.views import VIEWS, connection
from crawler.answer import Row, as_table, first
from crawler.interruption import interruptible
from crawler.options import say
from crawler.statements import blank, split

HELP = """A statement ends with ; and may go over several lines. It is SELECT, WITH, FROM, VALUES, DESCRIBE, SHOW or SUMMARIZE.
.views         the views, and what a row of each is
.schema VIEW   a view's columns and their types (docs/schema.md says what they mean)
.snapshot      the snapshot that is read; later ones are not seen
.help          this
.quit          ends; so does Ctrl-D. Ctrl-C cancels a statement
"""
_COMMANDS = (".views", ".schema", ".snapshot", ".help", ".quit")
_KEYWORDS = ("SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "JOIN", "USING", "DESCRIBE", "SUMMARIZE")
_HISTORY = 2000


@dataclass(slots=True)
class Prompt:
    """What is read at the prompt: one connection, one snapshot; `code` is the exit code of the worst that failed."""

    sql: duckdb.DuckDBPyConnection
    at: At
    limits: Limits
    code: int = 0
    buffer: str = field(default="")

    def line(self, line: str) -> bool:
        """Takes a line: runs what ends in it; False where it says to end."""
        if not self.buffer and line.strip().startswith("."):
            return self._command(line.split())
        done, self.buffer = split(f"{self.buffer}{line}\n" if self.buffer else f"{line}\n")
        for text in done:
            self._run(text)
        return True

    def end(self) -> None:
        """Runs what no semicolon has ended."""
        if not blank(self.buffer):
            self._run(self.buffer.strip())

    def _command(self, words: list[str]) -> bool:
        match words:
            case [".quit" | ".exit"]:
                return False
            case [".help"]:
                sys.stdout.write(HELP)
            case [".views"]:
                as_table(["view", "a row"], [{"view": view, "row": text} for view, text in VIEWS.items()], sys.stdout)
            case [".snapshot"]:
                sys.stdout.write(f"{self.place()}\n")
            case [".schema", view] if view in VIEWS:
                self._run(f"SELECT column_name, column_type FROM (DESCRIBE {view})")  # noqa: S608 - one of our views
            case [".schema", *_]:
                self._fail(BrokenQuery("one of the views is to be named", f".schema VIEW, of {', '.join(VIEWS)}"))
            case _:
                self._fail(BrokenQuery(f"no command {words[0]}", ".help tells which there are"))
        return True

    def place(self) -> str:
        """The snapshot and time that are read, in words."""
        found = newest(self.sql)
        if found is None:
            return "no snapshot yet"
        (row,) = self.sql.sql("SELECT max(committed_at) FROM crawls").fetchall()
        time = f" of {local(row[0])} (Vietnam)"
        return f"snapshot {found}{time}" + (f", as of {local(self.at.as_of)} (Vietnam)" if self.at.as_of else "")

    def _run(self, text: str) -> None:
        try:
            names, rows, more = interruptible(self.sql, lambda: self._ask(text))
        except LuutruError as error:
            self._fail(error)
        except KeyboardInterrupt:
            say("cancelled")
        else:
            as_table(names, rows, sys.stdout, more=more)
            sys.stdout.flush()

    def _ask(self, text: str) -> tuple[list[str], list[Row], bool]:
        with asked(self.sql, text, self.at, self.limits) as answer:
            return answer.schema.names, *first(answer)

    def _fail(self, error: LuutruError) -> None:
        say(f"luutru: {error}")
        self.code = max(self.code, error.exit_code)


def run(store: Store, at: At, limits: Limits) -> int:
    """Asks what comes on stdin, until it ends.  The exit code: of a pipe, that of the worst statement; of a terminal, 0."""
    with connection(store, at, limits.memory) as sql:
        prompt = Prompt(sql, at, limits)
        if not sys.stdin.isatty():
            for line in _piped(sys.stdin):
                if not prompt.line(line):
                    return prompt.code
            prompt.end()
            return prompt.code
        with _editing(sql):
            say(f"{prompt.place()}; .help tells what there is")
            _talk(prompt)
        return 0


def _talk(prompt: Prompt) -> None:
    while True:
        try:
            line = input("   ...> " if prompt.buffer else "luutru> ")
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()
            prompt.buffer = ""
            continue
        if not prompt.line(line):
            return


def _piped(file: TextIO) -> Iterator[str]:
    try:
        for line in file:
            yield line.rstrip("\n")
    except UnicodeDecodeError as error:
        raise BrokenQuery("what came on stdin is no text in UTF-8", "Pipe SQL into luutru sql") from error


@contextlib.contextmanager
def _editing(sql: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """History and completion, where Python has readline; a history that cannot be kept is no fault."""
    try:
        import readline
    except ImportError:
        yield
        return
    words = _words(sql)
    file = _history()
    readline.set_completer(lambda text, state: _completion(words, text, state))
    readline.set_completer_delims(" \t\n,();=<>+-*/'\"")
    readline.parse_and_bind("tab: complete")
    readline.set_history_length(_HISTORY)
    with contextlib.suppress(OSError):
        readline.read_history_file(file)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(file)


def _history() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(state) / "luutru" / "sql_history"


def _words(sql: duckdb.DuckDBPyConnection) -> list[str]:
    names = [str(row[0]) for row in sql.execute("SELECT DISTINCT column_name FROM duckdb_columns()").fetchall()]
    return sorted({*VIEWS, *names, *_COMMANDS, *_KEYWORDS})


def _completion(words: list[str], text: str, state: int) -> str | None:
    stem, dot, last = text.rpartition(".") if not text.startswith(".") else ("", "", text)
    fitting = [f"{stem}{dot}{word}" for word in words if word.lower().startswith(last.lower())]
    return fitting[state] if state < len(fitting) else None
