"""What a user is told when something goes wrong."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from archive.errors import BrokenWarc, LuutruError, Misuse, NotAStore, StoreFull, StoreUnwritable, unwritable


def test_an_error_says_what_happened_and_then_what_to_do() -> None:
    assert str(LuutruError("the disk is full", "Free some space")) == "the disk is full. Free some space"
    assert str(LuutruError("the disk is full")) == "the disk is full"


def test_wrong_use_exits_with_two_and_a_bad_thing_with_one() -> None:
    assert NotAStore("x").exit_code == Misuse("x").exit_code == 2
    assert BrokenWarc("x").exit_code == StoreFull("x").exit_code == 1


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_a_spent_quota_and_a_size_limit_are_all_full(number: int) -> None:
    error = unwritable(OSError(number, os.strerror(number)), Path("warc/a"))
    assert isinstance(error, StoreFull)
    assert "warc/a" in error.what
    assert error.cure


def test_any_other_failure_to_write_tells_its_reason() -> None:
    error = unwritable(OSError(errno.EROFS, os.strerror(errno.EROFS)), Path("warc/a"))
    assert isinstance(error, StoreUnwritable)
    assert "warc/a" in error.what
    assert "Read-only file system" in error.what


def test_a_failure_without_a_system_message_still_has_a_reason() -> None:
    assert "odd" in unwritable(OSError("odd"), Path("a")).what
