"""What a statement says, in Vietnamese and in English, sentence for sentence."""

from __future__ import annotations

VI = {
    "title": "Bản xác nhận về bản lưu một trang tin điện tử",
    "what": "Đối tượng",
    "article": "Tiêu đề",
    "address": "Địa chỉ",
    "portal": "Cổng thông tin",
    "captured": "Thời điểm thu (giờ Việt Nam)",
    "captured_utc": "Thời điểm thu (UTC)",
    "record": "Mã bản ghi WARC",
    "crawl": "Lần thu",
    "operator": "Bên thu",
    "software": "Phần mềm",
    "unknown": "không rõ",
    "process": "Cách thu",
    "process_text": (
        "Phần mềm gửi yêu cầu HTTP tới máy chủ theo địa chỉ trên và ghi nguyên văn từng byte của yêu cầu và câu trả lời vào "
        "tệp WARC (ISO 28500) trước khi đọc nội dung. Mỗi bản ghi được ghi thêm một dòng vào sổ cái kèm giá trị băm SHA-256; "
        "các dòng nối với nhau bằng giá trị băm. Cuối lần thu, một bản kê gồm gốc Merkle của sổ cái được nối vào chuỗi bản "
        "kê của kho lưu trữ. Các byte trong hồ sơ này được chép nguyên trạng từ kho, không nén lại, không sửa đổi."
    ),
    "resources": "Các bản ghi trong hồ sơ và thời điểm thu riêng của từng bản ghi",
    "resources_text": (
        "Một trang được hiển thị từ nhiều thành phần. Mỗi thành phần có thời điểm thu riêng; cột “cách trang” cho biết nó "
        "được thu trước (−) hay sau (+) trang bao lâu. “Lặp lại” nghĩa là máy chủ trả lời y như lần thu trước, và lần thu "
        "trước đó cũng có trong hồ sơ."
    ),
    "columns": ("Địa chỉ", "Loại", "Thời điểm thu (giờ Việt Nam)", "Cách trang", "SHA-256 của bản ghi (đã nén)"),
    "response": "trả lời",
    "revisit": "lặp lại",
    "time": "Cơ sở của thời gian",
    "synced": "Hệ điều hành cho biết đồng hồ của máy thu được đồng bộ khi kết thúc lần thu.",
    "unsynced": "Hệ điều hành không cho biết đồng hồ của máy thu được đồng bộ.",
    "skew": "Trung vị chênh lệch giữa đồng hồ các máy chủ (tiêu đề Date) và đồng hồ máy thu: {0} giây.",
    "no_skew": "Không có máy chủ nào cho biết giờ để so sánh.",
    "stamped": "Bản kê số {0} có dấu thời gian RFC 3161 của một bên thứ ba kèm theo (tệp {1}).",
    "unstamped": "Không có dấu thời gian của bên thứ ba: thời gian dựa trên đồng hồ của chính bên thu.",
    "chain": "Bản kê, chữ ký và chuỗi",
    "chain_columns": ("Số", "Loại", "Lập lúc", "SHA-256"),
    "keys": "Khóa công khai đã ký (ed25519):",
    "unsigned": "Các bản kê KHÔNG được ký: người có quyền ghi vào kho có thể tự tạo ra toàn bộ.",
    "head": "Khi lập hồ sơ, đầu chuỗi là bản kê số {0}: {1}.",
    "picture": "Hình ảnh hiển thị",
    "picture_text": (
        "Hình dưới đây được trình duyệt dựng lại từ các bản ghi trong hồ sơ này khi lập hồ sơ. Đây là hình được dựng, không "
        "phải là nội dung được thu; trình duyệt khác có thể hiển thị khác."
    ),
    "no_picture": "Hồ sơ này không kèm hình ảnh hiển thị.",
    "limits": "Giới hạn",
    "limits_items": (
        "Hồ sơ cho thấy máy chủ ở địa chỉ đó đã trả lời máy thu như vậy; nó không cho thấy nội dung là đúng sự thật, ai là tác "
        "giả, hay người khác cũng nhận được câu trả lời như vậy.",
        "Phần đọc (article.json: tiêu đề, lời dẫn, chú thích, ngày) do phần mềm đọc từ các byte; giá trị chứng minh nằm ở các "
        "byte.",
        "Nội dung do mã lệnh của trang tải về sau khi mở trang có thể không được thu.",
        "Người giữ khóa ký và kho có thể ký lại toàn bộ nếu không có dấu thời gian của bên thứ ba hoặc giá trị đầu chuỗi đã "
        "công bố ở nơi khác.",
    ),
    "verify": "Cách kiểm tra",
    "verify_text": (
        "Chạy: python3 verify.py (cần Python và gói cryptography; không cần phần mềm của bên thu). Thay đổi một byte bất kỳ "
        "trong hồ sơ thì phép kiểm tra thất bại. So khóa công khai với khóa mà kho lưu trữ công bố."
    ),
    "sign": "Người xác nhận",
    "sign_text": "Tôi xác nhận hồ sơ này được lập theo cách nêu trên.",
    "sign_items": ("Họ và tên", "Chức vụ, cơ quan", "Địa điểm, ngày", "Chữ ký, dấu"),
}

EN = {
    "title": "Statement about the archived copy of a web page",
    "what": "What this is about",
    "article": "Title",
    "address": "Address",
    "portal": "Portal",
    "captured": "Time of capture (Vietnam)",
    "captured_utc": "Time of capture (UTC)",
    "record": "WARC record",
    "crawl": "Crawl",
    "operator": "Captured by",
    "software": "Software",
    "unknown": "not known",
    "process": "How it was captured",
    "process_text": (
        "The software sent HTTP requests to the server at this address and wrote every byte of each request and answer, as "
        "it crossed the wire, to a WARC file (ISO 28500) before anything was read from it. For each record a line with its "
        "SHA-256 was added to a ledger whose lines are linked by hashes. At the end of the crawl a manifest with the Merkle "
        "root of that ledger joined the archive's chain of manifests. The bytes in this proof were copied from the archive "
        "as they stand, neither compressed anew nor changed."
    ),
    "resources": "The records in this proof, each with its own time of capture",
    "resources_text": (
        "A page is shown from several parts. Each was captured at a time of its own; the column “from the page” says how "
        "long before (−) or after (+) the page. “Repeats” means that the server answered as at an earlier capture, and that "
        "one is in this proof as well."
    ),
    "columns": ("Address", "Kind", "Captured (Vietnam)", "From the page", "SHA-256 of the record (compressed)"),
    "response": "answer",
    "revisit": "repeats",
    "time": "What the times rest on",
    "synced": "The operating system held the crawling machine's clock to be synchronised when the crawl ended.",
    "unsynced": "The operating system did not hold the crawling machine's clock to be synchronised.",
    "skew": "Median difference between servers' clocks (Date header) and the crawling machine's: {0} seconds.",
    "no_skew": "No server told its time for comparison.",
    "stamped": "Manifest {0} has an RFC 3161 timestamp of a third party with it (file {1}).",
    "unstamped": "There is no third party's timestamp: the times are those of the crawler's own clock.",
    "chain": "Manifests, signatures and chain",
    "chain_columns": ("Number", "Kind", "Made at", "SHA-256"),
    "keys": "Public keys that signed (ed25519):",
    "unsigned": "The manifests are NOT signed: who may write to the archive could have made all of it.",
    "head": "When this proof was made, the head of the chain was manifest {0}: {1}.",
    "picture": "How it looks",
    "picture_text": (
        "A browser rendered this picture from the records in this proof when the proof was made. It is rendered, not "
        "captured; another browser may show it otherwise."
    ),
    "no_picture": "This proof has no picture with it.",
    "limits": "Limits",
    "limits_items": (
        "The proof shows that the server at this address answered the crawler so; not that what it says is true, who wrote "
        "it, or that others were given the same answer.",
        "The reading (article.json: title, lead, captions, dates) was made by software from these bytes; what proves are "
        "the bytes.",
        "What the page's scripts load after it was opened may not have been captured.",
        "Who holds the signing key and the archive could have signed all of it anew, unless there is a third party's "
        "timestamp or a head of the chain that was published elsewhere.",
    ),
    "verify": "How to check it",
    "verify_text": (
        "Run: python3 verify.py (it needs Python and the package cryptography, not the software that captured). With any "
        "byte of this proof changed, it fails. Compare the public key with the one that the archive publishes."
    ),
    "sign": "Who states this",
    "sign_text": "I state that this proof was made as described above.",
    "sign_items": ("Name", "Position, institution", "Place, date", "Signature, seal"),
}
