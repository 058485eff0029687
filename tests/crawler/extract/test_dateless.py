"""Pages that tell no publishing date, full of other dates: none of those is taken for it."""

from __future__ import annotations

from datetime import UTC, datetime

from archive.article import Moment
from archive.capture import Capture
from crawler import portals

STORIES = (
    "Sáng ngày 12/3/2021, Ủy ban nhân dân huyện tổ chức hội nghị tổng kết công tác quốc phòng của địa phương",
    "Lễ hội đền Trần diễn ra từ ngày 05 tháng 02 năm 2020 đến ngày 10 tháng 02 năm 2020 tại phường Tiên Tân",
    "Quyết định số 1234/QĐ-UBND ngày 30/6/2019 phê duyệt kế hoạch sử dụng đất của các xã trên địa bàn",
    "Hạn nộp hồ sơ dự tuyển viên chức là trước 17 giờ ngày 28/02/2022, nộp trực tiếp tại Phòng Nội vụ",
    "Kỷ niệm 90 năm ngày thành lập Đoàn (26/3/1931 - 26/3/2021), tuổi trẻ toàn tỉnh ra quân trồng cây",
    "Bảo tàng mở cửa trở lại; trưng bày hiện vật khai quật năm 1998 và những bức ảnh chụp ngày 30-04-1975",
    "Nghị định 45/2020/NĐ-CP có hiệu lực từ ngày 22/5/2020 và thay thế những quy định trước đây về thủ tục",
    "Trận bão đổ bộ lúc 19 giờ 30 ngày 18.10.2017 làm tốc mái hàng trăm ngôi nhà, gây ngập nhiều tuyến phố",
    "Đại biểu sinh ngày 01/01/1970, vào Đảng ngày 19/5/1995, hiện công tác tại Hội Nông dân của thành phố",
    "Lịch tiếp công dân của lãnh đạo: 08:00 ngày 05/07/2021 và 14:00 ngày 19/07/2021 tại trụ sở Ban Tiếp dân",
)
REST = (
    "Nhân dân các thôn, tổ dân phố đã tích cực hưởng ứng, đóng góp ngày công và vật liệu để sửa sang đường làng, ngõ xóm.",
    "Các đơn vị liên quan có trách nhiệm phối hợp chặt chẽ, kịp thời báo cáo những khó khăn, vướng mắc trong khi thực hiện.",
    "Trong thời gian tới, địa phương tiếp tục đẩy mạnh tuyên truyền, vận động, đồng thời chú trọng kiểm tra, giám sát ở cơ sở.",
    "Công tác chuẩn bị được phân công cụ thể cho từng thành viên; kinh phí lấy từ ngân sách và nguồn xã hội hóa hợp pháp khác.",
    "Bà con phấn khởi cho biết đời sống ngày một khá hơn, con em được học hành, đường sá khang trang, an ninh được giữ vững.",
    "Trạm y tế, trường học và nhà văn hóa được quan tâm đầu tư, đáp ứng nhu cầu khám chữa bệnh, học tập và vui chơi giải trí.",
    "Mặt trận Tổ quốc và các đoàn thể vận động đoàn viên, hội viên giúp đỡ những gia đình khó khăn ổn định cuộc sống.",
    "Phát biểu tại buổi làm việc, lãnh đạo địa phương ghi nhận những kết quả đã đạt được và biểu dương các tập thể, cá nhân.",
)
CLOCK = "<div class='top-date' id='server-time'>Hôm nay: Thứ Ba, 24/11/2026 08:15:02</div>"
CALENDAR = (
    "<table class='calendar'><caption>Tháng 11/2026</caption><tr><th>T2</th><th>T3</th></tr>"
    "<tr><td>23</td><td class='today'><a href='/lich?d=24/11/2026'>24</a></td></tr></table>"
)
RELATED = (
    "<div class='tin-lien-quan'><h4>Tin liên quan</h4><ul>"
    "<li><a href='/tin/1.html'>Hội nghị giao ban công tác tháng của Hội Cựu chiến binh</a>"
    " <span class='date'>(20/11/2026)</span></li>"
    "<li><a href='/tin/2.html'>Ra quân tổng vệ sinh môi trường tại các khu dân cư</a>"
    " <span class='date'>(19/11/2026)</span></li>"
    "<li><a href='/tin/3.html'>Tập huấn kỹ thuật trồng lúa cho bà con nông dân</a>"
    " <span class='date'>(18/11/2026)</span></li></ul></div>"
)
FOOTER = (
    "<footer><p>© 2009 - 2026 Cổng thông tin điện tử. Giấy phép số 15/GP-TTĐT ngày 03/02/2016.</p>"
    "<p>Số lượt truy cập từ 01/01/2010: 1.234.567</p></footer>"
)
COMMENTS = (
    "<div class='comments'><p class='comment'>Bạn đọc: rất hay"
    " <time datetime='2026-11-22T07:00:00+07:00'>22/11/2026</time></p></div>"
)
AROUND = (
    (CLOCK, FOOTER),
    (CALENDAR, RELATED + FOOTER),
    (CLOCK + "<script>var now = new Date('2026-11-24T08:15:02+07:00');</script>", RELATED + COMMENTS + FOOTER),
)


def _page(number: int) -> str:
    story, (above, below) = STORIES[number % len(STORIES)], AROUND[number // len(STORIES)]
    title = story.split(",")[-1].strip().capitalize()
    rest = "".join(f"<p>{text} ({at + 1})</p>" for at, text in enumerate(REST))
    picture = f"<p><img src='/upload/2018/0{number % 9 + 1}/17/anh-{number}.jpg'></p>"
    return (
        f"<html><head><title>{title} | Cổng thông tin</title></head><body>{above}<div class='khung'><h1>{title}</h1>"
        f"<div class='noi-dung'><p>{story}.</p>{picture}{rest}</div></div>{below}</body></html>"
    )


def _date(number: int) -> Moment | None:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Last-Modified", "Mon, 23 Nov 2026 01:00:00 GMT"))
    url = f"http://xa-{number}.portal.example/tin-tuc/bai-{number}.html"
    reading = portals.extract(
        Capture(url, datetime(2026, 11, 24, 1, 15, tzinfo=UTC), 200, headers, _page(number).encode()), None
    )
    assert reading.article is not None, reading.verdict
    return reading.article.published


def test_no_page_without_a_publishing_date_is_given_one() -> None:
    assert [number for number in range(30) if _date(number) is not None] == []
