"""What the demo portal's illustrations are drawn with: a canvas, colours, people, trees and houses.

Drawing needs Pillow, which luutru does not depend on; see `crawler.demo.draw`.
"""

import importlib
import math
from collections.abc import Sequence
from random import Random
from typing import Any, Literal

Color = tuple[int, int, int]
Point = tuple[float, float]
Arms = Literal["down", "up", "one up", "front"]
Hat = Literal["none", "cone", "cap", "long hair"]

WIDTH, HEIGHT = 640, 427
_FINE = 2  # drawn at twice the size and scaled down: smooth edges

WHITE: Color = (250, 249, 244)
RED: Color = (200, 38, 34)
GOLD: Color = (250, 205, 60)
YOUTH: Color = (28, 98, 170)
WOOD: Color = (139, 94, 60)
DARK: Color = (45, 42, 48)
HAIRS: tuple[Color, ...] = ((36, 30, 30), (48, 38, 34), (28, 26, 32), (62, 50, 44))
SKINS: tuple[Color, ...] = ((236, 190, 150), (224, 172, 128), (243, 205, 170), (206, 154, 112))
SHIRTS: tuple[Color, ...] = (
    (245, 244, 238),
    (70, 120, 180),
    (196, 72, 66),
    (232, 180, 76),
    (92, 150, 110),
    (130, 96, 160),
    (226, 140, 120),
    (60, 70, 92),
)


def pillow(module: str) -> Any:
    """A module of Pillow, loaded when something is drawn, never when luutru runs."""
    return importlib.import_module(f"PIL.{module}")


def mix(one: Color, other: Color, share: float) -> Color:
    """`share` 0 is one colour, 1 the other."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def dark(color: Color, share: float = 0.2) -> Color:
    """The colour in shadow."""
    return mix(color, (20, 20, 40), share)


def light(color: Color, share: float = 0.25) -> Color:
    """The colour in light."""
    return mix(color, (255, 255, 250), share)


class Canvas:
    """A picture of 640 x 427 units, (0, 0) top left, with the dice that vary it."""

    def __init__(self, dice: Random, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.dice = dice
        self.width, self.height = width, height
        self._image = pillow("Image").new("RGB", (width * _FINE, height * _FINE), WHITE)
        self._draw = pillow("ImageDraw").Draw(self._image)

    def finished(self, width: int, mirrored: bool = False) -> Any:
        """The picture so many pixels wide, as a Pillow image."""
        size = (width, round(self.height * width / self.width))
        image = self._image.resize(size, pillow("Image").Resampling.LANCZOS)
        return pillow("ImageOps").mirror(image) if mirrored else image

    def rect(self, left: float, top: float, right: float, bottom: float, color: Color, round_by: float = 0) -> None:
        """A rectangle, its corners rounded by so many units."""
        box = tuple(round(value * _FINE) for value in (left, top, right, bottom))
        self._draw.rounded_rectangle(box, round_by * _FINE, fill=color)

    def oval(self, x: float, y: float, rx: float, ry: float, color: Color) -> None:
        """An ellipse about (x, y)."""
        self._draw.ellipse(tuple(v * _FINE for v in (x - rx, y - ry, x + rx, y + ry)), fill=color)

    def slice(self, x: float, y: float, rx: float, ry: float, start: float, end: float, color: Color) -> None:
        """A slice of an ellipse, degrees clockwise from the right."""
        self._draw.pieslice(tuple(v * _FINE for v in (x - rx, y - ry, x + rx, y + ry)), start, end, fill=color)

    def poly(self, points: Sequence[Point], color: Color) -> None:
        """A polygon."""
        self._draw.polygon([(x * _FINE, y * _FINE) for x, y in points], fill=color)

    def line(self, points: Sequence[Point], color: Color, width: float = 2) -> None:
        """A line through the points, with round joints and ends."""
        self._draw.line([(x * _FINE, y * _FINE) for x, y in points], color, round(width * _FINE), joint="curve")
        if width > 2:
            for x, y in (points[0], points[-1]):
                self.oval(x, y, width / 2, width / 2, color)

    def shaded(self, top: float, bottom: float, above: Color, below: Color) -> None:
        """A band over the whole width whose colour runs from one to the other."""
        for row in range(round(top * _FINE), round(bottom * _FINE) + 1):
            share = (row / _FINE - top) / max(1.0, bottom - top)
            self._draw.line([(0, row), (self.width * _FINE, row)], mix(above, below, share))

    def star(self, x: float, y: float, radius: float, color: Color) -> None:
        """A five-pointed star."""
        points = []
        for corner in range(10):
            reach = radius if corner % 2 == 0 else radius * 0.39
            angle = math.pi * (corner / 5 - 0.5)
            points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
        self.poly(points, color)

    def pick(self, colors: Sequence[Color]) -> Color:
        """One of the colours."""
        return self.dice.choice(colors)


def day_sky(c: Canvas, horizon: float) -> None:
    """Sky, sun and clouds down to the horizon."""
    above = c.pick([(122, 184, 226), (150, 202, 232), (108, 170, 214), (246, 196, 140), (170, 206, 222)])
    c.shaded(0, horizon, above, light(above, 0.65))
    x, y = c.dice.uniform(80, 560), c.dice.uniform(40, 90)
    c.oval(x, y, 26, 26, (255, 240, 196))
    for _ in range(c.dice.randint(2, 4)):
        cloud(c, c.dice.uniform(40, 600), c.dice.uniform(30, horizon * 0.5), c.dice.uniform(14, 26))


def cloud(c: Canvas, x: float, y: float, size: float) -> None:
    """A flat white cloud."""
    for dx, dy, part in ((-1.5, 0.2, 0.7), (-0.6, -0.3, 1.0), (0.5, -0.1, 0.85), (1.4, 0.25, 0.6)):
        c.oval(x + dx * size, y + dy * size, size * part, size * part * 0.7, WHITE)


def hills(c: Canvas, horizon: float, color: Color, height: float = 60, count: int = 4) -> None:
    """A row of rounded hills that stand on the horizon."""
    for number in range(count):
        x = (number + c.dice.uniform(0.1, 0.9)) * c.width / count
        tall = height * c.dice.uniform(0.5, 1.0)
        c.slice(x, horizon, c.dice.uniform(110, 190), tall, 180, 360, mix(color, WHITE, c.dice.uniform(0.0, 0.25)))


def tree(c: Canvas, x: float, ground: float, height: float, green: Color | None = None) -> None:
    """A round tree."""
    leaf = green or c.pick([(74, 140, 84), (96, 158, 80), (58, 122, 86), (120, 166, 72)])
    c.rect(x - height * 0.035, ground - height * 0.5, x + height * 0.035, ground, WOOD)
    for dx, dy, part in ((-0.17, 0.0, 0.21), (0.17, -0.02, 0.22), (0.0, -0.16, 0.26)):
        c.oval(x + dx * height, ground - height * 0.62 + dy * height, height * part, height * part, leaf)
    c.oval(x - 0.06 * height, ground - height * 0.84, height * 0.12, height * 0.1, light(leaf, 0.18))


def palm(c: Canvas, x: float, ground: float, height: float) -> None:
    """An areca palm: a slim trunk and a crown of fronds."""
    top = ground - height
    c.line([(x, ground), (x + height * 0.03, top)], (150, 134, 110), max(3.0, height * 0.035))
    for angle in range(-80, 261, 38):
        turn = math.radians(angle)
        tip = (x + height * 0.3 * math.cos(turn), top - height * 0.12 * math.sin(turn) + height * 0.08)
        bend = (x + height * 0.16 * math.cos(turn), top - height * 0.16 * math.sin(turn))
        c.line([(x + height * 0.03, top), bend, tip], (70, 130, 72), max(3.0, height * 0.035))


def flag(c: Canvas, x: float, ground: float, height: float, color: Color = RED, star: bool = True) -> None:
    """A flag on a pole."""
    top = ground - height
    c.line([(x, ground), (x, top)], (120, 112, 104), 2.5)
    wide, tall = height * 0.34, height * 0.22
    c.poly([(x, top), (x + wide, top + tall * 0.12), (x + wide * 0.96, top + tall * 1.1), (x, top + tall)], color)
    if star:
        c.star(x + wide * 0.48, top + tall * 0.56, tall * 0.32, GOLD)


def house(c: Canvas, x: float, ground: float, width: float, wall: Color | None = None) -> None:
    """A low house with a tiled roof, a door and a window; `x` is its left edge."""
    color = wall or c.pick([(240, 216, 160), (226, 200, 176), (214, 222, 214), (236, 188, 150)])
    tall = width * 0.42
    c.rect(x, ground - tall, x + width, ground, color)
    eave = ground - tall
    c.poly(
        [
            (x - width * 0.08, eave),
            (x + width * 0.12, eave - tall * 0.7),
            (x + width * 0.88, eave - tall * 0.7),
            (x + width * 1.08, eave),
        ],
        (176, 82, 58),
    )
    c.rect(x + width * 0.42, ground - tall * 0.7, x + width * 0.58, ground, dark(WOOD))
    for left in (0.12, 0.7):
        c.rect(x + width * left, ground - tall * 0.72, x + width * (left + 0.18), ground - tall * 0.3, (112, 150, 166))


def person(
    c: Canvas,
    x: float,
    feet: float,
    height: float,
    shirt: Color | None = None,
    trousers: Color = (52, 56, 72),
    arms: Arms = "down",
    hat: Hat | None = None,
    skirt: bool = False,
    scarf: bool = False,
) -> None:
    """Somebody standing, seen from the front, without a face; `x` is the middle, `feet` the ground."""
    coat = shirt or c.pick(SHIRTS)
    skin, hair = c.pick(SKINS), c.pick(HAIRS)
    covered = hat or c.dice.choice(("none", "none", "long hair"))
    u = height / 8
    hip, neck = feet - 3.6 * u, feet - 6.5 * u
    head = feet - 7.2 * u
    if covered == "long hair":
        c.rect(x - 0.72 * u, head - 0.4 * u, x + 0.72 * u, head + 1.7 * u, hair, 0.6 * u)
    if skirt:
        c.poly([(x - 0.8 * u, hip - u), (x + 0.8 * u, hip - u), (x + 1.5 * u, feet), (x - 1.5 * u, feet)], coat)
    else:
        c.rect(x - 0.95 * u, hip - 0.3 * u, x - 0.08 * u, feet, trousers, 0.3 * u)
        c.rect(x + 0.08 * u, hip - 0.3 * u, x + 0.95 * u, feet, trousers, 0.3 * u)
    sleeve = dark(coat, 0.12)
    shoulder = neck + 0.45 * u
    for side in (-1, 1):
        raised = arms == "up" or (arms == "one up" and side == 1)
        if raised:
            reach = [(x + side * 1.15 * u, shoulder), (x + side * 1.7 * u, neck - 0.8 * u)]
            hand = (x + side * 1.55 * u, neck - 1.9 * u)
        elif arms == "front":
            reach = [(x + side * 1.2 * u, shoulder), (x + side * 1.45 * u, neck + 1.6 * u)]
            hand = (x + side * 0.5 * u, neck + 1.8 * u)
        else:
            reach = [(x + side * 1.2 * u, shoulder), (x + side * 1.5 * u, neck + 1.7 * u)]
            hand = (x + side * 1.5 * u, hip + 0.3 * u)
        c.line([*reach, hand], sleeve, 0.55 * u)
        c.oval(*hand, 0.32 * u, 0.32 * u, skin)
    c.rect(x - 1.25 * u, neck, x + 1.25 * u, hip, coat, 0.6 * u)
    c.rect(x - 0.3 * u, neck - 0.4 * u, x + 0.3 * u, neck + 0.25 * u, dark(skin, 0.1))
    if scarf:
        c.poly([(x - 0.6 * u, neck), (x + 0.6 * u, neck), (x, neck + 1.3 * u)], RED)
    c.oval(x, head, 0.68 * u, 0.78 * u, skin)
    c.slice(x, head - 0.12 * u, 0.74 * u, 0.78 * u, 180, 360, hair)
    if covered == "cone":
        c.poly([(x - 1.4 * u, head - 0.1 * u), (x, head - 1.5 * u), (x + 1.4 * u, head - 0.1 * u)], (232, 212, 160))
    if covered == "cap":
        c.slice(x, head - 0.2 * u, 0.8 * u, 0.75 * u, 180, 360, coat)
        c.rect(x - 0.9 * u, head - 0.32 * u, x + 0.9 * u, head - 0.12 * u, dark(coat))


def seated(c: Canvas, x: float, desk: float, size: float, shirt: Color | None = None) -> None:
    """The upper half of somebody behind a desk; `desk` is where the table top hides the rest."""
    coat = shirt or c.pick(SHIRTS)
    skin, hair = c.pick(SKINS), c.pick(HAIRS)
    if c.dice.random() < 0.4:
        c.rect(x - 0.6 * size, desk - 2.9 * size, x + 0.6 * size, desk - 1.1 * size, hair, 0.5 * size)
    c.rect(x - size, desk - 1.6 * size, x + size, desk + size * 0.3, coat, 0.6 * size)
    c.poly(
        [(x - 0.35 * size, desk - 1.6 * size), (x + 0.35 * size, desk - 1.6 * size), (x, desk - 0.9 * size)],
        light(coat, 0.6),
    )
    c.oval(x, desk - 2.25 * size, 0.55 * size, 0.64 * size, skin)
    c.slice(x, desk - 2.35 * size, 0.6 * size, 0.64 * size, 180, 360, hair)


def audience(c: Canvas, top: float, rows: int, shirts: Sequence[Color] = SHIRTS) -> None:
    """Rows of people seen from behind, larger towards the viewer."""
    for row in range(rows):
        size = 9 + row * 6.5
        y = top + (c.height + 14 - top) * (row + 0.6) / rows
        x = -size + c.dice.uniform(0, size * 2)
        while x < c.width + size:
            coat = dark(c.pick(shirts), 0.1 + 0.08 * (rows - row - 1))
            c.slice(x, y + size * 2.2, size * 1.35, size * 1.5, 180, 360, coat)
            c.oval(x, y, size * 0.72, size * 0.86, c.pick(HAIRS))
            c.rect(x - size * 0.25, y + size * 0.6, x + size * 0.25, y + size, c.pick(SKINS))
            x += size * c.dice.uniform(2.7, 3.2)


def room(c: Canvas, floor: float, wall: Color | None = None) -> Color:
    """A room: a wall down to the floor, and the floor; the wall's colour."""
    color = wall or c.pick([(226, 216, 196), (206, 222, 226), (232, 208, 184), (214, 226, 208), (222, 214, 228)])
    c.shaded(0, floor, light(color, 0.3), color)
    c.shaded(floor, c.height, mix(color, WOOD, 0.55), mix(color, WOOD, 0.8))
    c.rect(0, floor - 5, c.width, floor, dark(color, 0.18))
    return color


def window(c: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A window onto green."""
    c.rect(x - 5, y - 5, x + width + 5, y + height + 5, WHITE)
    c.rect(x, y, x + width, y + height, (160, 206, 224))
    c.slice(x + width * 0.6, y + height, width * 0.35, height * 0.5, 180, 360, (122, 176, 116))
    c.rect(x + width / 2 - 2, y, x + width / 2 + 2, y + height, WHITE)
    c.rect(x, y + height / 2 - 2, x + width, y + height / 2 + 2, WHITE)


def curtain(c: Canvas, top: float, bottom: float, color: Color) -> None:
    """A stage curtain over the whole width."""
    folds = 32
    for fold in range(folds):
        left = fold * c.width / folds
        shade = color if fold % 2 else dark(color, 0.12)
        c.rect(left, top, left + c.width / folds + 1, bottom, shade)


def banner(c: Canvas, left: float, top: float, right: float, color: Color) -> None:
    """A banner with bars where its words would be."""
    c.rect(left, top, right, top + 44, color, 3)
    middle = (left + right) / 2
    for row, share in ((12, 0.28), (28, 0.4)):
        half = (right - left) * share
        c.rect(middle - half, top + row, middle + half, top + row + 6, GOLD, 3)


def ground(c: Canvas, horizon: float, color: Color) -> None:
    """The ground from the horizon down."""
    c.shaded(horizon, c.height, light(color, 0.2), dark(color, 0.08))
