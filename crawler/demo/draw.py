"""Draws the demo portal's images and documents: `python -m crawler.demo.draw`.

The files are part of the repository; this is how they were made, and needs Pillow, which is no dependency of luutru:
install it where this is run (`pip install pillow`). Each image is drawn from its name alone, so that a second run
draws the same ones.
"""

import hashlib
import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

from crawler.demo import draw_gatherings as gatherings
from crawler.demo import draw_indoors as indoors
from crawler.demo import draw_outdoors as outdoors
from crawler.demo import draw_workplaces as workplaces
from crawler.demo.addresses import BARE_RENDITIONS, LINKED_RENDITIONS, rendition_name
from crawler.demo.draw_kit import Canvas, day_sky, hills, palm, pillow
from crawler.demo.texts import Text, load

Scene = Callable[[Canvas], None]

SCENES: Mapping[str, tuple[Scene, ...]] = {
    "hoi-nghi-doi-thoai-nam-2021": (indoors.hall, indoors.speaker, indoors.panel, indoors.speaker),
    "ao-xanh-tiep-suc-mua-thi-2015": (gatherings.group, gatherings.school),
    "boi-chai-song-chau-tet-doc-lap": (gatherings.boats, gatherings.boats),
    "cau-lac-bo-lap-trinh-tre-ly-nhan": (indoors.computers, outdoors.station, indoors.computers),
    "cham-diem-san-pham-ocop-cuoi-nam": (indoors.panel, workplaces.goods, gatherings.market),
    "chang-trai-tre-lam-giau-tu-nam-rom": (workplaces.mushrooms, workplaces.mushrooms, workplaces.goods),
    "chung-ket-bong-da-u13-tinh-2019": (indoors.award, gatherings.football, gatherings.football, gatherings.football),
    "chuyen-xe-thu-vien-ve-thanh-tam": (outdoors.bookbus, indoors.library),
    "dai-hoi-doan-huyen-binh-luc": (indoors.hall, indoors.award),
    "dem-hoi-den-long-pho-nui": (gatherings.lanterns, gatherings.lanterns, gatherings.lanterns, workplaces.workshop),
    "doi-thoai-doanh-nghiep-khu-cong-nghiep-dong-van": (indoors.hall, workplaces.factory),
    "don-hang-xuat-khau-det-may-dau-nam": (workplaces.factory, workplaces.factory),
    "giai-co-tuong-nguoi-cao-tuoi-2013": (indoors.chess,),
    "ha-giai-tu-bo-dinh-vinh-lac": (outdoors.temple, outdoors.temple, indoors.museum),
    "hoi-khoe-phu-dong-duy-tien-2015": (gatherings.sports, gatherings.sports, gatherings.school, gatherings.sports),
    "hoi-thi-co-nuoi-gioi-mam-non": (workplaces.kitchen, workplaces.kitchen),
    "hoi-thi-dieu-duong-ho-sinh-2014": (workplaces.clinic, workplaces.clinic, indoors.award),
    "hop-tac-xa-rau-an-toan-ven-song-chau": (outdoors.garden, outdoors.garden),
    "khanh-thanh-don-vi-than-nhan-tao": (workplaces.ward, workplaces.ward),
    "lien-hoan-dan-ca-kim-bang-2016": (indoors.show, indoors.show),
    "lop-boi-mien-phi-cho-tre-em-nong-thon": (gatherings.pool, gatherings.pool, gatherings.pool),
    "lop-cheo-he-o-ben-song-chau": (indoors.show, indoors.classroom),
    "ly-nhan-thu-hoach-lua-xuan-2018": (outdoors.harvest, outdoors.field, outdoors.drying),
    "ngay-hoi-hien-mau-giot-hong-phu-ly": (workplaces.clinic, workplaces.blood),
    "nghe-may-giang-dan-tim-huong-di-moi": (
        workplaces.workshop,
        workplaces.goods,
        workplaces.workshop,
        indoors.classroom,
    ),
    "soi-noi-hoi-vat-lang-dong-thuong": (gatherings.wrestling, gatherings.wrestling, gatherings.wrestling),
    "tet-trong-cay-tren-de-song-day": (outdoors.planting,),
    "thang-ba-bien-gioi-ky-su-dien-bien": (
        outdoors.mountains,
        outdoors.mountains,
        indoors.classroom,
        workplaces.clinic,
    ),
    "thanh-liem-ra-quan-mua-he-xanh": (gatherings.group, gatherings.group, outdoors.planting),
    "thap-nen-tri-an-nghia-trang-duy-tien": (gatherings.candles, gatherings.candles),
    "thong-xe-duong-noi-ha-nam-ninh-binh": (outdoors.road,),
    "thu-vien-xanh-truong-chuyen-ngoai": (indoors.library, outdoors.bookbus),
    "tiem-bo-sung-vac-xin-soi-rubella": (workplaces.clinic, workplaces.ward, indoors.panel),
    "trao-hoc-bong-chap-canh-uoc-mo": (indoors.award, outdoors.drying),
    "trung-bay-nep-xua-dong-chiem": (indoors.museum, indoors.museum),
    "tuyen-sinh-lop-10-nam-hoc-2022-2023": (gatherings.school, gatherings.group),
    "van-dong-bao-hiem-y-te-ho-gia-dinh": (indoors.panel,),
    "von-chinh-sach-giup-ho-ngheo-kim-bang": (indoors.panel,),
}
"""The scenes of an article's images, in their order."""

_WIDTH, _THUMBNAIL, _WEB_SIZE = 560, 160, 320  # pixels: a full image, SharePoint's `_t` and `_w` copies of it
_POOREST = 36  # JPEG quality a busy picture may fall to


def _dice(name: str) -> Random:
    return Random(hashlib.sha256(name.encode()).digest())  # noqa: S311 - it draws, it guards nothing


def _jpeg(image: Any, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=False)
    return out.getvalue()


def _fitted(image: Any, largest: int) -> bytes:
    """The best JPEG of so many bytes at most, or a larger one at the poorest quality."""
    smaller = (_jpeg(image, quality) for quality in range(90, _POOREST, -2))
    return next((data for data in smaller if len(data) <= largest), None) or _jpeg(image, _POOREST)


def _smaller(image: Any, width: int) -> Any:
    height = round(image.height * width / image.width)
    return image.resize((width, height), pillow("Image").Resampling.LANCZOS)


def pictures(text: Text) -> Iterator[tuple[str, Any]]:
    """(file name, Pillow image) of each image of an article."""
    for number, picture in enumerate(text.pictures):
        canvas = Canvas(_dice(picture.file))
        SCENES[text.slug][number](canvas)
        yield picture.file, canvas.finished(_WIDTH, canvas.dice.random() < 0.5)


def banner() -> Any:
    """The wide picture at the head of every page: rice fields before limestone hills."""
    canvas = Canvas(_dice("banner"), 1060, 150)
    day_sky(canvas, 96)
    hills(canvas, 98, (96, 146, 150), 66, 9)
    canvas.shaded(96, 150, (168, 196, 96), (104, 152, 70))
    for number in range(-14, 15):
        near = 530 + number * 120
        canvas.poly([(530 + number * 36, 97), (544 + number * 36, 97), (near + 40, 150), (near, 150)], (122, 166, 74))
    for x in (720, 790, 930, 1010):
        palm(canvas, x, 122, 82)
    return canvas.finished(canvas.width)


def pdf(line: str) -> bytes:
    """A one-page PDF with one line of ASCII text."""
    words = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    stream = f"BT /F1 14 Tf 72 770 Td ({words}) Tj ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def main() -> None:
    """Draws everything anew, next to this file."""
    here = Path(__file__).parent
    images, documents = here / "images", here / "documents"
    for folder in (images, documents):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in (images / "_t", images / "_w", documents):
        folder.mkdir(parents=True)
    (images / "banner.jpg").write_bytes(_fitted(banner(), 14_000))
    for text in load():
        for number, (name, image) in enumerate(pictures(text)):
            (images / name).write_bytes(_fitted(image, 10_000))
            if number == 0:
                (images / "_t" / rendition_name(name)).write_bytes(_fitted(_smaller(image, _THUMBNAIL), 2_400))
            if text.slug in LINKED_RENDITIONS | BARE_RENDITIONS:
                (images / "_w" / rendition_name(name)).write_bytes(_fitted(_smaller(image, _WEB_SIZE), 5_000))
        if text.attachment:
            line = f"{text.attachment.file} - a rebuild made to demonstrate luutru, not an official document"
            (documents / text.attachment.file).write_bytes(pdf(line))


if __name__ == "__main__":
    main()
