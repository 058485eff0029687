"""What the pages of our own say: news that never happened, of places and people that are made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """A picture of the body: its file, and the caption under it."""

    file: str
    caption: str


@dataclass(frozen=True)
class Text:
    """One article.  `date` is as its page shows it; `body` has paragraphs and pictures in order."""

    slug: str
    title: str
    date: str
    lead: str
    body: tuple[str | Picture, ...]
    author: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()


P = Picture

HANAM = (
    Text(
        "ra-quan-lam-sach-kenh-den",
        "Ra quân làm sạch kênh Đen trước mùa tưới",
        "12/10/2026 08:15",
        "Ba trăm đoàn viên của sáu xã cùng vớt bèo, nạo bùn trên bốn cây số kênh.",
        (
            "Sáng Chủ nhật, khi sương còn phủ mặt nước, những chiếc thuyền nan đầu tiên đã rời bến đò Cầu Gừng.",
            P("/PublishingImages/2026/kenh-den.jpg", "Đoàn viên vớt bèo trên kênh Đen"),
            "Theo chị Đào Thị Vui, Bí thư Đoàn xã, mỗi nhóm nhận một đoạn năm trăm mét và tự chia ca để kịp xong trước trưa.",
            "Bùn nạo lên được phơi khô, dùng đắp bờ cho hai cánh đồng màu.",
        ),
        source="Ban Thanh niên",
    ),
    Text(
        "hoc-nghe-may-mui-o-nha-van-hoa-thon",
        "Học nghề may ngay tại nhà văn hóa thôn",
        "05/10/2026",
        "",
        (
            "Từ đầu tháng 10, nhà văn hóa thôn Trại mở cửa cả buổi tối: hai mươi máy may xếp thành ba hàng, tiếng máy chạy rì rì.",
            "Lớp học kéo dài ba tháng, không thu học phí; người học xong được xưởng may của xã nhận thử việc.",
            P("/PublishingImages/2026/lop-may.jpg", "Buổi học thứ ba của lớp may thôn Trại"),
            P("/PublishingImages/2026/may-may.jpg", "Máy may do các gia đình góp lại"),
            "“Tôi chỉ mong các cháu có nghề mà không phải xa nhà”, bà Lương Thị Tẻo, người dạy, nói.",
        ),
    ),
)
MOC = (
    Text(
        "thu-nghiem-gach-khong-nung",
        "Thử nghiệm gạch không nung từ tro bếp lò",
        "Thứ Ba, 17/11/2026 15:32",
        "Viên gạch mới nhẹ hơn một phần tư và chịu được mưa gió qua hai mùa thử.",
        (
            "Phòng thí nghiệm của Viện công bố kết quả sau mười tám tháng phơi mẫu ngoài trời.",
            P("/Images/2026/gach.jpg", "Mẫu gạch phơi trên sân thượng phòng thí nghiệm"),
            "Tro được lấy từ bảy làng nghề, sàng ba lần rồi trộn với cát sông theo tỷ lệ một phần ba.",
            "Giá thành dự kiến bằng tám phần mười gạch đất nung cùng cỡ.",
        ),
        author="Trần Khắc Kiệm",
        source="Tạp chí Vật liệu",
        tags=("gạch không nung", "vật liệu"),
        files=(("Báo cáo thử nghiệm", "/Lists/tep/Attachments/5/bao-cao-gach.docx"),),
    ),
    Text(
        "sua-quy-chuan-cau-thang-bo",
        "Lấy ý kiến sửa quy chuẩn cầu thang bộ trong nhà tập thể cũ",
        "Thứ Sáu, 13/11/2026 09:05",
        "Bậc thang thấp hơn, tay vịn hai bên và đèn tự sáng là ba điều được đề nghị.",
        (
            "Dự thảo được gửi tới các hội nghề nghiệp trong tuần này và nhận ý kiến đến hết tháng 12.",
            "Một khảo sát ở bốn mươi khu nhà cho thấy cứ mười người già thì bốn người ngại đi thang vào buổi tối.",
            "Ban soạn thảo nói rằng nhà đã xây không buộc phải phá thang cũ.",
        ),
        author="Ngô Thị Mùi",
    ),
)
MOET = (
    Text(
        "101",
        "Hướng dẫn nghỉ học những ngày rét đậm",
        "20/11/2026",
        "Học sinh tiểu học nghỉ khi nhiệt độ xuống dưới 10 độ, trung học dưới 7 độ.",
        (
            "Nhà trường báo cho gia đình trước 6 giờ sáng bằng tin nhắn và loa của xã.",
            P("/PublishingImages/2026/ret-dam.jpg", "Học sinh điểm trường bản Pó nhóm lửa đầu giờ"),
            "Những ngày nghỉ được học bù vào thứ bảy, không quá hai buổi một tháng.",
            "Các điểm trường bán trú vẫn nấu ăn cho học sinh ở lại.",
        ),
        author="Vụ Giáo dục Tiểu học",
        files=(("Văn bản hướng dẫn", "/tep/2026/huong-dan-ret-dam.pdf"),),
    ),
    Text(
        "97",
        "Cuộc thi viết thư tay dành cho học sinh vùng cao",
        "09/11/2026",
        "Hơn bốn nghìn lá thư đã gửi về trong ba tuần đầu.",
        (
            "Ban tổ chức nhận thư đến hết ngày 15/12/2026, tính theo dấu bưu điện.",
            "Mỗi trường chọn không quá hai mươi lá thư; thư viết bằng tiếng dân tộc được kèm bản dịch.",
        ),
        source="Báo Nhà giáo",
    ),
)
MOH = (
    Text(
        "753365",
        "Mùa cúm đến sớm, trạm y tế xã tăng giờ trực",
        "15/11/2026 | 08:30",
        "Cúm mùa đến sớm hơn mọi năm gần một tháng ở các tỉnh phía Bắc.",
        (
            "Các trạm y tế xã đã có đủ thuốc và mở cửa thêm hai giờ buổi tối, kể cả ngày nghỉ.",
            P("/documents/20182/77/tram-y-te.jpg", "Người dân chờ khám ở trạm y tế xã Hạ"),
            "Người già và người có bệnh nền nên tiêm nhắc trước cuối tháng.",
            "Ai sốt quá ba ngày cần đến trạm, không tự mua kháng sinh.",
        ),
    ),
    Text(
        "753377",
        "Lớp học nấu cháo cho mẹ có con nhỏ",
        "11/11/2026 | 14:00",
        "Mỗi thôn một buổi, mỗi buổi ba loại cháo từ rau vườn nhà.",
        (
            "Cô đỡ thôn bản Lò Thị Pâng dạy bằng hai thứ tiếng và chỉ dùng nồi niêu sẵn có trong bếp.",
            "Sau sáu buổi, số trẻ nhẹ cân trong thôn giảm từ mười một xuống bảy.",
        ),
    ),
)
MOST = (
    Text(
        "ban-do-tieng-on",
        "Sinh viên vẽ bản đồ tiếng ồn của thành phố bằng điện thoại cũ",
        "Thứ Tư, 18/11/2026 10:20",
        "Hai trăm chiếc điện thoại bỏ đi được treo lên cột đèn để nghe phố xá suốt một năm.",
        (
            "Nhóm của Vi Thị Hạnh, sinh viên năm cuối, tự viết phần mềm chỉ ghi độ to mà không ghi lời.",
            P("/Images/2026/ban-do.jpg", "Bản đồ tiếng ồn lúc tám giờ sáng"),
            "Ồn nhất là ngã tư chợ Gạo, yên nhất là vườn ươm bên sông.",
        ),
        author="Phạm Tố Nga",
        source="Phòng Truyền thông",
        tags=("tiếng ồn", "sinh viên"),
    ),
    Text(
        "may-say-long-nhan-chay-bang-nang",
        "Máy sấy long nhãn chạy bằng nắng",
        "Thứ Hai, 16/11/2026 07:45",
        "Mẻ nhãn khô sau hai ngày, nhanh gấp đôi phơi nong.",
        (
            "Máy do một thợ hàn ở xã làm, vỏ bằng cửa kính cũ, quạt lấy từ máy tính hỏng.",
            "Ba mươi hộ đã đặt làm; bản vẽ được chia sẻ không lấy tiền.",
        ),
    ),
)
NAMDINH = (
    Text(
        "2026-11-3/le-mo-bien-o-lang-chai",
        "Lễ mở biển ở làng chài Xóm Mũi",
        "03/11/2026 09:30",
        "Ba mươi thuyền ra khơi ngay sau ba hồi trống.",
        (
            "Sáng sớm, dân làng chất lưới mới lên thuyền và buộc vải đỏ ở mũi.",
            P("/portal/Photos/2026-11/thuyen.jpg", "Thuyền rời bến Xóm Mũi"),
            "Chuyến đầu về lúc xế chiều, khoang đầy cá trích.",
            "Năm nay làng có thêm bốn thuyền do người trẻ đóng góp vốn.",
        ),
        source="Ban Văn hóa",
    ),
    Text(
        "2026-10-29/cho-phien-hoa-kieng",
        "Chợ phiên cây cảnh mở lại sau bảy năm",
        "",
        "",
        (
            "Chợ họp ngày mồng năm và hai mươi âm lịch, trên bãi đất cạnh đình.",
            "Phiên đầu có hơn trăm người bán, xa nhất đến từ huyện bên kia sông.",
        ),
    ),
)
NINHBINH = (
    Text(
        "gat-lua-som-o-dong-cham-8",
        "Gặt lúa sớm ở đồng Chằm",
        "Thứ hai, 23/11/2026 - 14:05",
        "Bà con thôn Chằm gặt xong ba mươi héc-ta lúa sớm trước đợt rét đầu mùa.",
        (
            "Sáng 23/11, máy gặt chạy suốt từ đầu làng tới chân đê.",
            P("https://storage-vnportal.vnpt.vn/nbh-ubnd/12/anhbai/gat.jpg", "Máy gặt trên đồng Chằm"),
            "Năng suất đạt sáu tạ một sào, cao hơn vụ trước nửa tạ.",
            "Rơm được cuộn lại bán cho trại nấm ở xã bên.",
        ),
        author="Hoàng Thị Lụa",
        source="Đài truyền thanh xã",
        tags=("lúa", "gặt"),
        files=(("Lịch gặt các thôn", "https://storage-vnportal.vnpt.vn/nbh-ubnd/12/tep/lich-gat"),),
    ),
    Text(
        "khoi-cong-cau-ben-lau-7",
        "Khởi công cầu bến Lau",
        "Thứ sáu, 20/11/2026 - 09:10",
        "Cầu dài một trăm hai mươi mét thay cho con đò ngang đã chạy bốn đời.",
        (
            "Cầu có hai làn xe và một lối đi bộ, dự kiến xong trong mười bốn tháng.",
            P("https://storage-vnportal.vnpt.vn/nbh-ubnd/12/anhbai/ben-lau.jpg", "Bến Lau sáng ngày khởi công"),
            "Ông Đinh Văn Rạng, người chèo đò, được mời đóng chiếc cọc đầu tiên.",
        ),
        author="Phạm Vũ",
    ),
)
SOTTTT = (
    Text(
        "9001-phat-luong-huu-tan-nha",
        "Bưu tá phường mang lương hưu tới tận nhà",
        "18/03/2022 | 04:01 PM",
        "Từ tháng ba, bưu tá của mười hai phường phát lương hưu tại nhà cho người già yếu.",
        (
            "Mỗi sáng thứ tư, anh Bảy đạp xe qua bốn khu tập thể ven hồ.",
            P("/documents/20182/77/xe-dap.jpg", "Anh Bảy ở khu tập thể Đầm Trấu"),
            "Cả quận có 212 người nhận theo cách này; số tiền được đếm hai lần trước mặt người nhận.",
        ),
    ),
    Text(
        "9002-tong-dai-tieng-viet-ky-hieu",
        "Mở tổng đài bằng ngôn ngữ ký hiệu",
        "02/06/2022 | 09:15 AM",
        "Người điếc gọi video và được trả lời bằng tay trong giờ hành chính.",
        (
            "Tổng đài có sáu người trực, trong đó bốn người là người điếc.",
            "Tháng đầu tiên có 340 cuộc gọi, phần lớn hỏi về giấy tờ cư trú.",
        ),
    ),
)
TRALINH = (
    Text(
        "4370/mo-duong-len-nop-tac-ta",
        "Mở đường lên nóp Tắc Tá sau mùa mưa",
        "21/11/2026",
        "Dân ba nóp góp hơn chín trăm ngày công.",
        (
            "Con đường rộng hai mét rưỡi, men theo sườn núi, thay cho lối mòn bị sạt hồi tháng mười.",
            P("/Portals/0/2026/mo-duong.jpg", "Dân nóp Tắc Tá khiêng đá kè đường"),
            "Xã hỗ trợ xi măng và dây thép; cát lấy từ suối gần đó.",
        ),
        author="Hồ Văn Đế",
        source="Văn phòng xã",
    ),
    Text(
        "4362/phien-cho-sam-thang-muoi-mot",
        "Phiên chợ sâm tháng mười một",
        "14/11/2026",
        "Chợ họp hai ngày, có quầy kiểm giống không lấy tiền.",
        (
            "Ba mươi hai hộ mang sâm củ và cây giống tới bán.",
            "Mỗi củ được dán tem ghi tên vườn và năm trồng.",
        ),
    ),
)
VPCP = (
    Text(
        "hop-ban-viec-dap-ke-song-lau-115261121080500123",
        "Họp bàn việc đắp kè sông Lau",
        "21/11/2026 08:05",
        "Các bộ thống nhất đắp hai kè trước mùa lũ năm sau.",
        (
            "Cuộc họp diễn ra chiều 20/11 tại Hà Nội.",
            P("https://bcp.cdnchinhphu.vn/zoom/670_420/334/2026/11/21/ke.jpg", "Phòng họp chiều 20/11"),
            "Kè thứ nhất dài chín trăm mét, ở khúc cong dưới chân cầu cũ.",
            P("https://bcp.cdnchinhphu.vn/thumb_w/640/334/2026/11/21/song.png", "Bờ sông Lau cuối tháng 11"),
            "Việc đắp kè xong trước tháng 6.",
        ),
        author="Lê Hải",
        tags=("kè", "sông Lau"),
    ),
    Text(
        "ngay-hoi-doc-sach-co-quan-115261118093000456",
        "Ngày hội đọc sách của cán bộ trẻ",
        "18/11/2026 09:30",
        "Mỗi người mang một cuốn sách đến và đổi lấy một cuốn khác.",
        (
            "Hơn hai trăm cuốn đã đổi chủ trong buổi sáng.",
            "Cuốn được hỏi nhiều nhất là tập truyện ngắn về miền sông nước.",
        ),
        author="Vũ Thị Nhài",
    ),
)
VQA = (
    Text(
        "tap-huan-so-cuu-cho-giao-vien-12",
        "Tập huấn sơ cứu cho giáo viên",
        "Thứ hai - 19/10/2026 07:45",
        "Sáu mươi giáo viên học cách sơ cứu trong hai buổi.",
        (
            P("/assets/news/2026_10/so-cuu.jpg", "Thực hành băng bó"),
            "Lớp học mở tại hội trường trường trung học cơ sở số hai.",
            P("/uploads/news/2026_10/lop.jpg", "Buổi học sáng thứ hai"),
            "Mỗi người được cấp một cuốn sổ tay.",
        ),
        author="Trần Văn Thời",
        source="Phòng Giáo dục",
        tags=("sơ cứu", "giáo viên"),
        files=(("so-tay.pdf", "/vi/news/download/?id=7"),),
    ),
    Text(
        "lich-danh-gia-ngoai-quy-bon-11",
        "Lịch đánh giá ngoài quý bốn",
        "Thứ năm - 15/10/2026 16:00",
        "Chín trường được đánh giá từ nay đến cuối năm.",
        (
            "Đoàn đánh giá làm việc ba ngày ở mỗi trường, không báo trước lịch dự giờ.",
            "Kết quả được công bố trong vòng ba mươi ngày.",
        ),
    ),
)
PCCC = (
    Text(
        "dien-tap-chua-chay-cho-dem-31",
        "Diễn tập chữa cháy ở chợ đêm",
        "Thứ bảy - 14/11/2026 21:10",
        "Tám mươi tiểu thương cùng tập dùng bình chữa cháy trong bốn mươi phút.",
        (
            P("/assets/news/2026_11/cho-dem.jpg", "Tiểu thương tập dập lửa trên khay xăng"),
            "Tình huống giả định là một bếp gas mi-ni phát nổ ở dãy hàng ăn.",
            "Xe chữa cháy vào tới nơi sau sáu phút vì lối giữa đã được dọn trống.",
        ),
        author="Đội Tuyên truyền",
        tags=("diễn tập",),
    ),
    Text(
        "tang-binh-chua-chay-cho-xom-tro-30",
        "Tặng bình chữa cháy cho xóm trọ",
        "Thứ tư - 11/11/2026 10:00",
        "Một nghìn bình được đặt ở lối đi chung của các dãy trọ.",
        (
            "Mỗi dãy chọn một người giữ chìa khóa cửa thoát hiểm.",
            "Bình được kiểm tra lại sau sáu tháng.",
        ),
        source="Công an phường",
    ),
)
DDL = (
    Text(
        "khai-mac-trung-bay-xe-co.aspx",
        "Khai mạc trưng bày xe cổ trong sân dinh",
        "09-03-2018 - 04:51",
        "Trưng bày mở cửa đến hết mùa hè, không thu thêm vé.",
        (
            "Sáng nay, mười một chiếc xe được đẩy ra sân cỏ phía trước.",
            P("/getattachment/Tin-tuc/xe-co.jpg?width=600", "Chiếc xe hai chỗ đời 1952"),
            "Người xem được nghe kể về từng chiếc qua điện thoại.",
        ),
        source="Báo Sài Gòn trẻ",
    ),
    Text(
        "lop-ve-mau-nuoc-cuoi-tuan.aspx",
        "Lớp vẽ màu nước cuối tuần trong vườn dinh",
        "04-04-2018 - 09:34",
        "Ba mươi em nhỏ vẽ hàng cây sao trước cổng.",
        (
            "Lớp mở vào sáng thứ bảy, giấy và màu có sẵn.",
            P("/getattachment/Tin-tuc/lop-ve.jpg?maxsidesize=500", "Một góc lớp vẽ dưới gốc sao"),
            "Tranh đẹp được treo ở hành lang tầng một.",
        ),
    ),
)
