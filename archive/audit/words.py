"""The words of an audit, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping

CANNOT: Mapping[str, tuple[str, str]] = {
    "rebuilt": (
        "Không chứng minh được: kho không được ký hợp lệ, nên ai có quyền ghi vào kho đều có thể đã dựng lại toàn bộ, kể cả "
        "sổ cái và bản kê.",
        "It cannot prove that the store was not rebuilt as a whole, ledgers and manifests included, by anyone who can write to "
        "it: it is not validly signed.",
    ),
    "holder": (
        "Không chứng minh được: người giữ khóa có thể đã bỏ những đợt thu thập mới nhất hoặc ký lại tất cả; thời gian chỉ theo "
        "đồng hồ của chính máy thu thập.",
        "It cannot prove that the holder of the key did not drop the newest crawls or sign everything anew; times are those of "
        "the crawler's own clock.",
    ),
    "whose": (
        "Không chứng minh được khóa ký là của ai: chưa nêu khóa đáng tin nào (--trust).",
        "It cannot prove whose the signing key is: no trusted key was named (--trust).",
    ),
    "after_anchor": (
        "Không chứng minh được những gì đến sau điểm neo (bản kê số {anchor}): các đợt sau đó có thể đã bị bỏ hoặc ký lại.",
        "It cannot prove what came after the anchor (manifest {anchor}): later crawls may have been dropped or signed anew.",
    ),
    "server": (
        "Ở mọi mức: không chứng minh được rằng máy chủ đã nói sự thật, hay rằng máy thu thập đã không bị đánh lừa.",
        "At every level: it cannot prove that the server told the truth, or that the crawler was not lied to while it crawled.",
    ),
}

LEVELS: Mapping[str, tuple[str, str]] = {
    "unsigned": ("Không ký", "Unsigned"),
    "signed (own clock)": ("Có chữ ký (đồng hồ của máy thu thập)", "Signed (own clock)"),
    "anchored": ("Có chữ ký và được neo bên ngoài", "Signed, and anchored outside"),
}

REPORT: Mapping[str, tuple[str, str]] = {
    "title": ("Biên bản kiểm tra kho lưu trữ", "Report of an audit"),
    "good": ("Không phát hiện sai lệch nào.", "Nothing was found to be wrong."),
    "bad": ("Phát hiện {count} sai lệch.", "{count} findings."),
    "what": ("Đối tượng kiểm tra", "What was examined"),
    "store": ("Kho", "Store"),
    "scope": ("Phạm vi", "Scope"),
    "whole": ("toàn bộ kho", "the whole store"),
    "sampled": (
        "mẫu ngẫu nhiên {count} bản ghi (hạt giống {seed})",
        "a random sample of {count} records (seed {seed})",
    ),
    "no_reading": ("không đọc lại nội dung", "without reading pages again"),
    "software": ("Phần mềm", "Software"),
    "when": ("Thời gian kiểm tra (giờ Việt Nam)", "Time of the audit (Vietnam)"),
    "until": ("đến", "to"),
    "result": ("Kết quả từng phép kiểm tra", "Result of each check"),
    "check": ("Phép kiểm tra", "Check"),
    "examined": ("Đã xem", "Examined"),
    "outcome": ("Kết quả", "Outcome"),
    "right": ("đúng", "right"),
    "wrong": ("{count} sai lệch", "{count} findings"),
    "not_done": ("không thực hiện", "not done"),
    "level": ("Mức chứng minh", "Level of proof"),
    "cannot": ("Những gì không chứng minh được", "What this cannot prove"),
    "findings": ("Các sai lệch", "Findings"),
    "kind": ("Loại", "Kind"),
    "file": ("Tệp", "File"),
    "offset": ("Vị trí (byte)", "Offset (byte)"),
    "message": ("Nội dung", "What it is"),
    "notes": ("Ghi chú (không phải sai lệch; nguyên văn tiếng Anh)", "Notes (no findings)"),
    "keys": ("Khóa đã ký và đầu chuỗi", "Keys that signed, and the chain's head"),
    "key": ("Khóa công khai (ed25519)", "Public key (ed25519)"),
    "fingerprint": ("Dấu vân tay (sha256)", "Fingerprint (sha256)"),
    "signed": ("Bản kê đã ký", "Manifests signed"),
    "head": ("Đầu chuỗi (sha256 của bản kê {number})", "Head of the chain (sha256 of manifest {number})"),
    "no_head": ("không có", "none"),
    "unsigned": ("không có chữ ký", "unsigned"),
    "time": ("Căn cứ thời gian", "What times rest on"),
    "own_clock": (
        "Đồng hồ của máy thu thập. Không có dấu thời gian nào được kiểm tra.",
        "The crawler's own clock. No timestamp was checked.",
    ),
    "stamped": (
        "Dấu thời gian RFC 3161 của bản kê {number}: {time} (giờ Việt Nam). Mọi điều được ghi đến bản kê đó đã có vào lúc ấy.",
        "An RFC 3161 timestamp of manifest {number}: {time} (Vietnam). All that is told up to that manifest existed then.",
    ),
    "crawls": ("Các đợt thu thập", "Crawls"),
    "crawl": ("Đợt", "Crawl"),
    "portal": ("Cổng", "Portal"),
    "begun": ("Bắt đầu", "Begun"),
    "ended": ("Kết thúc", "Ended"),
    "committed": ("Ghi vào kho", "Committed"),
    "articles": ("Bài", "Articles"),
    "requests": ("Yêu cầu", "Requests"),
    "more": ("và {count} đợt khác", "and {count} more"),
    "vietnam": ("Thời gian theo giờ Việt Nam (UTC+7).", "Times are Vietnam's (UTC+7)."),
}

KINDS_VI: Mapping[str, str] = {
    "damaged": "bản ghi không đọc được",
    "changed": "bản ghi đã bị thay đổi",
    "lost": "bản ghi bị mất",
    "added": "bản ghi lạ",
    "doubled": "bản ghi bị nhân đôi",
    "order": "bản ghi bị đổi chỗ",
    "digest": "mã băm không đúng",
    "ledger": "sổ cái sai",
    "index": "chỉ mục sai",
    "id": "trùng số hiệu bản ghi",
    "revisit": "bản ghi lặp không có gốc",
    "manifest": "bản kê sai",
    "chain": "chuỗi bản kê đứt",
    "signature": "chữ ký sai",
    "key": "khóa lạ",
    "trust": "không có khóa đáng tin",
    "timestamp": "dấu thời gian sai",
    "head": "thiếu đầu chuỗi đã công bố",
    "missing": "thiếu tệp",
    "unnamed": "tệp không có trong bản kê",
    "log": "nhật ký sai",
    "table": "hàng trong bảng đã đổi",
    "crawl": "đợt thu thập thiếu",
    "capture": "hàng captures sai",
    "reading": "đọc lại cho nội dung khác",
    "link": "liên kết dẫn ra ngoài",
    "name": "tên tệp không hợp lệ",
}
"""The kinds of findings in Vietnamese; the English ones are archive.audit.finding.KINDS."""

CHECKS: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (
        ("damaged", "changed", "lost", "added", "doubled", "order", "digest"),
        "Từng bản ghi: nguyên vẹn, đúng chỗ, đúng mã băm",
        "Each record: whole, in its place, with its digests",
        "records",
    ),
    (
        ("ledger", "id", "revisit"),
        "Sổ cái và quan hệ giữa các bản ghi",
        "Ledgers, and what records say of one another",
        "files",
    ),
    (("index",), "Chỉ mục CDXJ khớp với tệp", "Indexes (CDXJ) say what the files say", "files"),
    (
        ("manifest", "chain", "head", "missing", "unnamed", "log"),
        "Chuỗi bản kê liền mạch và khớp với kho",
        "The chain of manifests is gapless and agrees with the store",
        "manifests",
    ),
    (
        ("signature", "key", "trust"),
        "Chữ ký và sự kế tục của khóa",
        "Signatures, and how keys follow one another",
        "signatures",
    ),
    (("timestamp",), "Dấu thời gian", "Timestamps", "timestamps"),
    (("table", "crawl"), "Các bảng khớp với bản kê", "Tables agree with the manifests", "rows"),
    (("capture",), "Bảng captures khớp với bản ghi", "Rows of captures agree with their records", "captures"),
    (("reading",), "Đọc lại trang cho cùng nội dung", "Pages read again give the same rows", "articles_read"),
    (
        ("link", "name"),
        "Không tên hay liên kết nào dẫn ra ngoài kho",
        "No name and no link leads out of the store",
        "files",
    ),
)
"""Kinds of findings, the check in Vietnamese and in English, and what of Checked tells how much was examined."""


def said(pair: tuple[str, str], language: str, **values: object) -> str:
    """A text in `vi` or `en`."""
    text = pair[0] if language == "vi" else pair[1]
    return text.format(**values) if values else text
