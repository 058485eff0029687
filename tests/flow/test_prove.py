"""A proof stands by itself: the script in it needs none of our packages, and no byte of it can be changed unseen."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.custody.signing import new_key
from archive.moment import local, parse_iso
from archive.warc.reader import records
from crawler.demo.server import DemoServer
from crawler.demo.site import Site
from crawler.demo.story import configuration

from ..archive.custody.authority import Authority, authority
from .chrome import chrome
from .conftest import Ground
from .replayed import PICTURES, banner, parts, replaying

SEED = "e0b7d58f6408d010"


@dataclass
class Proof:
    """A proof of the seed article, the store that it is of, and a Python that knows cryptography alone."""

    folder: Path
    zipped: Path
    ground: Ground
    public: str
    authority: Authority
    python: Path

    def verify(self, path: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs the script of the proof at `path`, or that of the folder on a zip."""
        script = path / "verify.py" if path.is_dir() else self.folder / "verify.py"
        given = [] if path.is_dir() else [str(path)]
        command = [str(self.python), "-I", str(script), *given, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=path.parent)


def alone(folder: Path) -> Path:
    """An environment that holds cryptography and what that needs, by links, and nothing of ours."""
    import cryptography

    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    there = Path(cryptography.__file__).parents[1]
    for name in ("cryptography", "cffi", "pycparser", *(path.name for path in there.glob("_cffi_backend*"))):
        if (there / name).exists():
            os.symlink(there / name, site / name)
    python = folder / "bin" / "python"
    ours = subprocess.run([python, "-I", "-c", "import archive"], capture_output=True, text=True, check=False)
    assert "No module named 'archive'" in ours.stderr
    return python


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proof]:
    root = tmp_path_factory.mktemp("proof")
    key = new_key(root / "keys" / "k.pem")
    with authority(root / "authority") as running, DemoServer(site := Site(night=1)) as server:
        ground = Ground(server, site, root)
        ground.config.write_text(
            f'signing_key = "{root}/keys/k.pem"\ntimestamp_authority = "{running.address}"\n'
            f'timestamp_roots = "{running.roots}"\n'
            + configuration(server.port).replace('"luutru demo"', '"Trung tâm Lưu trữ <thử>"'),
            "utf-8",
        )
        ground.crawl("--night", "2026-11-23")
        site.night = 2
        ground.crawl("--night", "2026-11-24")
        for name in ("one", "one.zip"):
            done = ground.run("prove", SEED, "--to", str(root / name), "--config", str(ground.config), "--no-picture")
            assert done.returncode == 0, done.stderr
            assert "check it: python3 " in done.stderr
        yield Proof(root / "one", root / "one.zip", ground, key.public, running, alone(root / "alone"))


def test_the_seed_article_is_proven_without_our_packages(proof: Proof) -> None:
    for path in (proof.folder, proof.zipped):
        done = proof.verify(path, "--key", proof.public)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("VERIFIED\n")
        assert f"signed by the key {proof.public}" in done.stdout
        assert "check the time: openssl ts -verify" in done.stdout
        assert "not checked: that article.json is what the page says" in done.stdout


def test_the_script_is_short_and_stands_alone(proof: Proof) -> None:
    text = (proof.folder / "verify.py").read_text("utf-8")
    assert len(text.splitlines()) <= 200
    imports = {line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imports - set(sys.stdlib_module_names) == {"cryptography"}


def test_any_byte_that_is_changed_is_seen(proof: Proof, tmp_path: Path) -> None:
    """Every file in several places, and each byte of the sums and the smallest files' ends."""
    rng = random.Random(7)
    files = sorted(path for path in proof.folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert len(files) >= 12
    copy = tmp_path / "copy"
    shutil.copytree(proof.folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in files:
        data = path.read_bytes()
        places = {0, len(data) - 1, *(rng.randrange(len(data)) for _ in range(2))}
        for at in places:
            changed = bytearray(data)
            changed[at] ^= 1 << rng.randrange(8)
            (copy / path.relative_to(proof.folder)).write_bytes(changed)
            done = proof.verify(copy)
            assert done.returncode != 0, (path.name, at)
        (copy / path.relative_to(proof.folder)).write_bytes(data)
    assert proof.verify(copy).returncode == 0


@pytest.mark.soak
def test_any_byte_that_is_changed_is_seen_a_thousand_times(proof: Proof, tmp_path: Path) -> None:
    rng = random.Random(8)
    data = proof.zipped.read_bytes()
    path = tmp_path / "changed.zip"
    for _ in range(1000):
        changed = bytearray(data)
        at = rng.randrange(len(data))
        changed[at] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        done = proof.verify(path)
        assert done.returncode == 1, at
        assert done.stderr.startswith("NOT VERIFIED"), done.stderr


def test_a_byte_changed_anywhere_in_the_zip_is_seen_and_told_without_a_traceback(proof: Proof, tmp_path: Path) -> None:
    data = proof.zipped.read_bytes()
    path = tmp_path / "changed.zip"
    for at in [0, 10, 12, 30, len(data) - 1, len(data) - 30, *range(1000, len(data), len(data) // 12)]:
        path.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
        done = proof.verify(path)
        assert done.returncode == 1, at
        assert done.stderr.startswith("NOT VERIFIED: "), done.stderr


@pytest.mark.parametrize("change", ["added", "gone", "renamed"])
def test_a_file_more_or_less_is_seen(proof: Proof, tmp_path: Path, change: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(proof.folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
    statement = copy / "statement.en.html"
    if change == "added":
        (copy / "more.txt").write_text("more")
    elif change == "gone":
        statement.unlink()
    else:
        statement.rename(copy / "statement.html")
    done = proof.verify(copy)
    assert done.returncode == 1
    assert "a file is missing, added or changed" in done.stderr


def test_another_key_than_the_published_one_is_named(proof: Proof, tmp_path: Path) -> None:
    other = new_key(tmp_path / "o.pem").public
    done = proof.verify(proof.folder, "--key", other)
    assert done.returncode == 1
    assert proof.public in done.stderr
    assert other in done.stderr


def test_what_was_rebuilt_with_all_sums_anew_is_still_not_what_the_ledger_tells(proof: Proof, tmp_path: Path) -> None:
    """The forger changes the page, every digest in its record and every sum of the proof, and has no key."""
    import gzip
    import hashlib

    copy = tmp_path / "copy"
    shutil.copytree(proof.folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
    told = json.loads((copy / "proof.json").read_text("utf-8"))
    warc = copy / told["warc"]
    out, offset = b"", 0
    for one in told["records"]:
        member = warc.read_bytes()[one["offset"] : one["offset"] + one["length"]]
        if one["type"] == "response" and "seminar" not in one["url"]:
            head, _, rest = gzip.decompress(member).partition(b"\r\n\r\n")
            block = rest[:-4].replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 200 KO")
            digest = hashlib.sha256(block).hexdigest().encode()
            lines = [
                b"WARC-Block-Digest: sha256:" + digest if line.startswith(b"WARC-Block-Digest") else line
                for line in head.split(b"\r\n")
            ]
            member = gzip.compress(b"\r\n".join(lines) + b"\r\n\r\n" + block + b"\r\n\r\n")
            line = json.loads(one["ledger"]["line"])
            line |= {"sha256": hashlib.sha256(member).hexdigest(), "length": len(member)}
            one["ledger"]["line"] = json.dumps(line, separators=(",", ":"))
        one |= {"offset": offset, "length": len(member)}
        offset += len(member)
        out += member
    warc.write_bytes(out)
    (copy / "proof.json").write_text(json.dumps(told), "utf-8")
    (copy / "SHA256SUMS.sig").unlink()
    names = sorted(p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
    sums = "".join(f"{hashlib.sha256((copy / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (copy / "SHA256SUMS").write_text(sums)
    done = proof.verify(copy)
    assert done.returncode == 1
    assert "is under no root that its manifest names" in done.stderr


def test_the_captures_are_whole_request_answer_images_style_and_what_they_repeat(proof: Proof) -> None:
    told = json.loads((proof.folder / "proof.json").read_text("utf-8"))
    found = list(records(proof.folder / told["warc"]))
    assert [one.id for one in found] == [one["id"] for one in told["records"]]
    answers = [one for one in found if one.type in ("response", "revisit")]
    article = json.loads((proof.folder / "article.json").read_text("utf-8"))
    images = {image["url"] for image in article["images"]}
    assert len(images) == 4
    assert images <= {one.url for one in answers}
    assert any(one.url.endswith(".css") for one in answers)
    requests = {one.concurrent_to for one in found if one.type == "request"}
    assert {one.id for one in answers} <= requests
    repeated = {one.refers_to for one in answers if one.is_revisit}
    assert repeated
    assert repeated <= {one.id for one in answers}


def test_the_timestamp_in_it_holds_for_openssl(proof: Proof) -> None:
    stamps = sorted(proof.folder.glob("chain/*.tsr"))
    assert len(stamps) == 2
    for path in stamps:
        words = ["-data", str(path.with_suffix(".json")), "-in", str(path), "-CAfile", str(proof.authority.roots)]
        done = subprocess.run(["openssl", "ts", "-verify", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", ["Bản xác nhận", "Giới hạn", "Chữ ký, dấu", "dấu thời gian RFC 3161"]),
        ("en", ["Statement about", "Limits", "Signature, seal", "RFC 3161 timestamp", "no picture"]),
    ],
)
def test_the_statement_says_what_was_done_in_either_language(proof: Proof, language: str, said: list[str]) -> None:
    text = (proof.folder / f"statement.{language}.html").read_text("utf-8")
    for words in [*said, proof.public, "Hội nghị đối thoại giữa người đứng đầu", "urn:uuid:"]:
        assert words in text, words
    assert "Trung tâm Lưu trữ &lt;thử&gt;" in text
    assert "<thử>" not in text
    assert "<script" not in text
    images = [line for line in text.split("<tr>") if "IMG_7698" in line or ".jpg" in line]
    assert len(images) >= 4  # each embedded resource with its own time


def test_a_proof_is_not_written_over_and_leaves_nothing_when_it_fails(proof: Proof, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    done = proof.ground.run("prove", SEED, "--to", str(taken), "--no-picture")
    assert done.returncode == 2
    assert "is there already" in done.stderr
    done = proof.ground.run("prove", "0000000000", "--to", str(tmp_path / "x"), "--no-picture")
    assert done.returncode == 2
    copy = tmp_path / "store"
    shutil.copytree(proof.ground.store, copy)
    for path in copy.glob("warc/*/*.ledger"):
        path.unlink()
    command = [sys.executable, "-m", "crawler.cli", "prove", SEED, "--store", str(copy), "--to", str(tmp_path / "y")]
    failed = subprocess.run([*command, "--no-picture"], capture_output=True, text=True, timeout=60, check=False)
    assert failed.returncode == 1
    assert "ledger" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store", "taken"]


def test_the_same_article_gives_the_same_zip_but_for_its_time(proof: Proof) -> None:
    with zipfile.ZipFile(proof.zipped) as archive:
        inside = {info.filename: archive.read(info) for info in archive.infolist()}
    outside = {
        path.relative_to(proof.folder).as_posix(): path.read_bytes()
        for path in proof.folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside.keys() == outside.keys()
    same = {name for name in inside if inside[name] == outside[name]}
    assert inside.keys() - same == {"SHA256SUMS", "SHA256SUMS.sig", "proof.json", "luutru.json"}


def test_a_proof_replays_by_itself_as_the_page_was(proof: Proof, tmp_path: Path) -> None:
    """In a store that holds nothing else: text, four images, and the stylesheet, which the server called unchanged."""
    article = json.loads((proof.folder / "article.json").read_text("utf-8"))
    before = {path: path.read_bytes() for path in proof.folder.rglob("*") if path.is_file()}
    at = article["fetch_time"]
    with replaying(proof.folder, article["url_original"], "--at", at) as running, chrome(tmp_path / "c") as browser:
        page = browser.open(running.address)
        said = banner(page)
        frame = page.frame(article["url_original"])
        widths = frame.evaluate("[...document.images].map((image) => image.naturalWidth)")
        styled = frame.evaluate("getComputedStyle(document.querySelector('.tinbai-tieude')).color")
        assert set(parts(page).values()) == {200}
        page.screenshot(PICTURES.parent / "prove" / "seed.png")
    assert said["captured"] == local(parse_iso(article["fetch_time"]))
    assert "missing" not in said["notes"]
    assert len([width for width in widths if width]) >= 5
    assert styled not in ("rgb(0, 0, 0)", "")
    assert {path: path.read_bytes() for path in proof.folder.rglob("*") if path.is_file()} == before


def test_the_picture_is_rendered_from_the_proof_and_labelled_so(proof: Proof, tmp_path: Path) -> None:
    done = proof.ground.run("prove", SEED, "--to", str(tmp_path / "one"), "--config", str(proof.ground.config))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "one" / "screenshot.png").read_bytes().startswith(b"\x89PNG")
    assert proof.verify(tmp_path / "one").returncode == 0
    for language, said in {"vi": "không phải là nội dung được thu", "en": "It is rendered, not captured"}.items():
        text = (tmp_path / "one" / f"statement.{language}.html").read_text("utf-8")
        assert said in " ".join(text.split())
        assert 'src="screenshot.png"' in text
