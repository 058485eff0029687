"""The folder that is a store: opened, made, locked, and never left."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.errors import BrokenWarc, LuutruError, NotAStore, StoreBusy, StoreUnwritable
from archive.store import MARKER, Store, create_store, open_store

Start = Callable[[str, Path], subprocess.Popen[str]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return create_store(tmp_path / "store")


def refusal(root: Path) -> NotAStore:
    with pytest.raises(NotAStore) as caught:
        open_store(root)
    assert caught.value.exit_code == 2
    assert caught.value.cure
    return caught.value


# opening


def test_a_store_that_was_made_opens(tmp_path: Path) -> None:
    made = create_store(tmp_path / "deep" / "store", demo=True)
    assert open_store(tmp_path / "deep" / "store") == made
    assert made.demo
    head = json.loads((made.root / MARKER).read_text("utf-8"))
    assert head["format"] == 1
    assert head["demo"] is True
    assert head["created"].endswith("Z")
    assert [path.name for path in made.root.iterdir()] == [MARKER]


def test_no_folder_is_no_store(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "none").what


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "is a file" in refusal(tmp_path / "file").what


def test_a_folder_without_the_marker_is_no_store(tmp_path: Path) -> None:
    assert MARKER in refusal(tmp_path).what


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b'"format"', b"1", b"{}", b"\xff\xfe", b"[" * 100_000, b'["format"]']
)
def test_a_marker_that_does_not_read_is_said_so(tmp_path: Path, text: bytes) -> None:
    (tmp_path / MARKER).write_bytes(text)
    assert f"{MARKER} does not read" in refusal(tmp_path).what


def test_a_marker_that_is_a_folder_does_not_read(tmp_path: Path) -> None:
    (tmp_path / MARKER).mkdir()
    assert "does not read" in refusal(tmp_path).what


@pytest.mark.parametrize("found", [2, 0, "1", None, True, [1]])
def test_another_format_is_refused(tmp_path: Path, found: object) -> None:
    (tmp_path / MARKER).write_text(json.dumps({"format": found}))
    assert "format" in refusal(tmp_path).what


def test_a_marker_without_a_word_on_demo_is_no_demo(tmp_path: Path) -> None:
    (tmp_path / MARKER).write_text('{"format": 1}')
    assert open_store(tmp_path) == Store(tmp_path, demo=False)


# making


def test_a_store_is_made_in_an_empty_folder_and_then_opened(tmp_path: Path) -> None:
    first = create_store(tmp_path)
    marker = (tmp_path / MARKER).read_bytes()
    assert create_store(tmp_path) == first
    assert (tmp_path / MARKER).read_bytes() == marker


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("")
    with pytest.raises(NotAStore, match="not empty"):
        create_store(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_file_is_not_made_a_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(NotAStore):
        create_store(tmp_path / "file")
    with pytest.raises(LuutruError):
        create_store(tmp_path / "file" / "store")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_store_of_another_format_is_not_made_anew(tmp_path: Path) -> None:
    (tmp_path / MARKER).write_text('{"format": 2}')
    with pytest.raises(NotAStore):
        create_store(tmp_path)


def test_a_store_whose_making_was_cut_off_could_never_be_made(tmp_path: Path) -> None:
    (tmp_path / (MARKER + ".tmp")).write_text('{"for')
    assert open_store(create_store(tmp_path).root) == Store(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [MARKER, MARKER + ".tmp"]  # who knows whose that is


def test_a_store_could_not_be_made_after_the_disk_had_been_full(
    on_a_small_disk: Callable[[str], tuple[list[dict[str, Any]], Path]],
) -> None:
    (full, again), _ = on_a_small_disk("make_a_store")
    assert "no space left" in full["error"]
    assert again == {"made": True}


# paths


def test_where_things_are(store: Store) -> None:
    names = [store.warcs, store.table("articles"), store.portal_warcs("hanam"), store.staging("hanam"), store.log("c1")]
    assert [path.relative_to(store.root).as_posix() for path in names] == [
        "warc",
        "tables/articles",
        "warc/hanam",
        "staging/hanam.sqlite",
        "logs/c1.log",
    ]


def test_a_warc_is_found_closed_before_open_and_named_where_it_is_neither(store: Store) -> None:
    folder = store.portal_warcs("hanam")
    folder.mkdir(parents=True)
    closed, still_open = folder / "a.warc.gz", folder / "a.warc.gz.open"
    assert store.warc("hanam/a.warc.gz") == closed.resolve()
    still_open.touch()
    assert store.warc("hanam/a.warc.gz") == still_open.resolve()
    closed.touch()
    assert store.warc("hanam/a.warc.gz") == closed.resolve()


@pytest.mark.parametrize(
    "name",
    ["../x", "hanam/../../luutru.json", "/etc/passwd", "../warcs/x", "hanam/../../warc-2/x", "a/" * 3 + "../" * 4],
)
def test_a_name_that_leads_out_of_the_store_is_refused(store: Store, name: str) -> None:
    with pytest.raises(BrokenWarc, match="leads out"):
        store.warc(name)


def test_a_link_that_leads_out_of_the_store_is_refused(store: Store, tmp_path: Path) -> None:
    store.warcs.mkdir()
    (tmp_path / "secret").touch()
    (store.warcs / "a.warc.gz").symlink_to(tmp_path / "secret")
    (store.warcs / "folder").symlink_to(tmp_path)
    for name in ("a.warc.gz", "folder/secret"):
        with pytest.raises(BrokenWarc, match="leads out"):
            store.warc(name)


def test_captures_may_be_on_another_disk_by_a_link(store: Store, tmp_path: Path) -> None:
    (tmp_path / "big").mkdir()
    store.warcs.symlink_to(tmp_path / "big")
    assert store.warc("hanam/a.warc.gz") == (tmp_path / "big/hanam/a.warc.gz").resolve()


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "\ud800", "", ".", "hanam/.."])
def test_a_name_that_no_file_can_have_raised_what_the_system_says(store: Store, name: str) -> None:
    try:
        found = store.warc(name)
    except BrokenWarc:
        return
    assert found.is_relative_to(store.warcs.resolve())
    assert found != store.warcs.resolve()


def test_a_loop_of_links_raised_what_the_system_says(store: Store) -> None:
    store.warcs.mkdir()
    (store.warcs / "a").symlink_to(store.warcs / "b")
    (store.warcs / "b").symlink_to(store.warcs / "a")
    with pytest.raises(BrokenWarc):
        store.warc("a")


# locks


def test_a_portal_is_held_by_one_at_a_time(store: Store) -> None:
    with store.lock("hanam"), pytest.raises(StoreBusy, match="hanam"), store.lock("hanam"):
        pass
    with store.lock("hanam"):
        pass


def test_portals_do_not_hold_each_other(store: Store) -> None:
    with store.lock("hanam"), store.lock("namdinh"):
        pass


def test_a_lock_is_free_after_an_error(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.lock("hanam"):
        raise ZeroDivisionError
    with store.lock("hanam"):
        pass


def test_a_lock_of_another_process_holds_until_it_is_killed(store: Store, start: Start) -> None:
    holder = start("hold_the_lock", store.root)
    try:
        assert holder.stdout is not None
        assert json.loads(holder.stdout.readline()) == {"held": True}
        with pytest.raises(StoreBusy) as caught, store.lock("hanam"):
            pass
        assert caught.value.exit_code == 1
        assert caught.value.cure
    finally:
        holder.kill()
        holder.communicate()
    with store.lock("hanam"):
        pass


def test_a_lock_that_cannot_be_written_says_so(store: Store) -> None:
    (store.root / "staging").write_text("in the way")
    with pytest.raises(StoreUnwritable), store.lock("hanam"):
        pass


def test_a_folder_that_may_not_be_written_says_so() -> None:
    with pytest.raises(StoreUnwritable):
        create_store(Path("/sys/luutru"))


def test_two_processes_that_made_one_store_took_each_others_file_away(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    for turn in range(30):
        root, together = tmp_path / str(turn), Barrier(4)

        def make(root: Path = root, together: Barrier = together) -> object:
            together.wait()
            return create_store(root)

        with ThreadPoolExecutor(4) as pool:
            made = [pool.submit(make) for _ in range(4)]
        assert {one.result() for one in made} == {open_store(root)}
