"""Illustrations of fields, villages and roads: each draws one scene on a canvas."""

import math

from crawler.demo.draw_kit import (
    DARK,
    RED,
    SHIRTS,
    WHITE,
    WOOD,
    YOUTH,
    Arms,
    Canvas,
    Color,
    dark,
    day_sky,
    ground,
    hills,
    house,
    light,
    mix,
    palm,
    person,
    tree,
)

_GREENS: tuple[Color, ...] = ((110, 168, 78), (134, 180, 84), (94, 150, 80), (158, 188, 92))
_ROAD: Color = (112, 114, 120)


def _rows(c: Canvas, horizon: float, ripe: bool) -> None:
    """Fields whose rows run to one point."""
    base: Color = (214, 184, 86) if ripe else (122, 176, 82)
    ground(c, horizon, base)
    middle = c.dice.uniform(240, 400)
    for number in range(-16, 17):
        if number % 2:
            near = middle + number * 90
            c.poly(
                [(middle + number * 12, horizon), (middle + number * 12 + 8, horizon), (near + 56, 427), (near, 427)],
                mix(base, (90, 110, 40), 0.22),
            )


def field(c: Canvas) -> None:
    """A rice field with people in conical hats."""
    day_sky(c, 190)
    hills(c, 190, (120, 160, 150), 50)
    for x in (60, 130, 520, 590):
        tree(c, x, 200, c.dice.uniform(44, 66))
    _rows(c, 190, c.dice.random() < 0.5)
    for x in (110, 250, 400, 540):
        low = c.dice.uniform(300, 410)
        person(c, x + c.dice.uniform(-30, 30), low, 60 + (low - 190) * 0.45, hat="cone", arms="front")


def harvest(c: Canvas) -> None:
    """A combine on a ripe field."""
    day_sky(c, 180)
    hills(c, 180, (126, 164, 148), 44)
    house(c, 470, 192, 90)
    palm(c, 590, 196, 90)
    _rows(c, 180, True)
    body: Color = c.pick([(206, 64, 50), (60, 130, 90), (230, 130, 50)])
    x = c.dice.uniform(170, 260)
    c.rect(x, 222, x + 170, 312, body, 10)
    c.rect(x + 24, 166, x + 92, 232, body, 8)
    c.rect(x + 32, 176, x + 84, 216, (168, 212, 226), 4)
    c.rect(x + 100, 200, x + 164, 226, dark(body, 0.25), 4)
    c.rect(x - 12, 318, x + 176, 352, DARK, 17)
    for wheel in range(5):
        c.oval(x + 6 + wheel * 38, 335, 12, 12, (120, 118, 116))
    c.poly([(x, 280), (x - 76, 316), (x - 76, 350), (x, 330)], dark(body, 0.15))
    for tooth in range(9):
        angle = math.pi * tooth / 4.5
        tip = (x - 82 + 30 * math.cos(angle), 322 + 30 * math.sin(angle))
        c.line([(x - 82, 322), tip], (230, 210, 90), 4)
    for px in (430, 500, 576):
        person(c, px, 404, 130, hat="cone", arms="front")
        c.oval(px + 34, 392, 24, 22, (236, 222, 186))


def garden(c: Canvas) -> None:
    """Vegetables under arches of film."""
    x: float
    y: float
    day_sky(c, 160)
    ground(c, 160, (150, 120, 84))
    for number, x in enumerate((320, 320, 320)):
        wide = 330 - number * 80
        c.slice(x, 260 - number * 30, wide, 200 - number * 40, 180, 360, mix((206, 226, 226), WHITE, number * 0.3))
    for row in range(-4, 5):
        for step in range(9):
            depth = step / 8
            x, y = 320 + row * (26 + 62 * depth), 236 + 180 * depth
            size = 5 + 13 * depth
            green = c.pick(_GREENS)
            c.oval(x, y, size, size * 0.7, dark(green, 0.15))
            c.oval(x - size * 0.2, y - size * 0.4, size * 0.75, size * 0.6, green)
    for x in (60, 590):
        person(c, x, 420, 210, hat="cone", arms="front")
        c.rect(x - 34, 340, x + 34, 372, (200, 160, 96), 6)
        for leaf in range(5):
            c.oval(x - 24 + leaf * 12, 338, 11, 10, c.pick(_GREENS))


def planting(c: Canvas) -> None:
    """Young people plant trees on a dike."""
    x: float
    day_sky(c, 200)
    c.shaded(170, 250, (130, 180, 200), (170, 206, 214))
    hills(c, 172, (130, 168, 150), 40)
    c.poly([(0, 240), (640, 210), (640, 427), (0, 427)], (128, 172, 86))
    c.poly([(0, 300), (640, 250), (640, 274), (0, 330)], (196, 164, 112))
    for number in range(6):
        x = 60 + number * 104
        y = 352 - number * 8
        c.oval(x, y, 20, 7, (136, 98, 64))
        tree(c, x, y, 92, c.pick(_GREENS))
        c.line([(x - 14, y), (x + 8, y - 50)], WOOD, 3)
    for number in range(4):
        x = 110 + number * 140 + c.dice.uniform(-16, 16)
        person(c, x, 412 - number * 6, 160, YOUTH, arms="front", hat=c.dice.choice(("cap", "long hair")))
        c.line([(x + 14, 318), (x + 36, 410)], WOOD, 5)
        c.poly([(x + 28, 398), (x + 46, 396), (x + 40, 424)], (130, 136, 146))


def road(c: Canvas) -> None:
    """A new road with the first cars, over a bridge to the hills."""
    day_sky(c, 200)
    hills(c, 202, (116, 150, 142), 90, 5)
    ground(c, 200, (136, 174, 92))
    middle = c.dice.uniform(280, 360)
    c.poly([(middle - 14, 200), (middle + 14, 200), (590, 427), (50, 427)], _ROAD)
    for step in range(8):
        top = 208 + 219 * (step / 8) ** 1.6
        low = top + 4 + step * 4
        wide = 1 + step * 0.9
        c.rect(middle - wide, top, middle + wide, low, WHITE)
    for side in (-1, 1):
        c.line([(middle + side * 15, 200), (320 + side * 282, 427)], WHITE, 5)
        for step in range(1, 7):
            share = (step / 7) ** 1.7
            x, y = middle + side * (22 + 300 * share), 200 + 215 * share
            c.line([(x, y), (x, y - 26 - 90 * share)], (120, 126, 134), 2 + 3 * share)
            c.oval(x - side * 8 * (1 + share), y - 28 - 90 * share, 5 + 6 * share, 3 + 2 * share, (250, 236, 160))
    for share, side in ((0.12, -1), (0.32, 1), (0.72, -1)):
        x, y, size = middle + side * (6 + 130 * share), 206 + 214 * share, 12 + 62 * share
        color = c.pick(SHIRTS[1:])
        c.rect(x - size * 0.62, y - size * 1.25, x + size * 0.62, y - size * 0.5, light(color, 0.1), size * 0.2)
        c.rect(x - size * 0.48, y - size * 1.12, x + size * 0.48, y - size * 0.72, (164, 206, 222), size * 0.1)
        c.rect(x - size * 0.8, y - size * 0.66, x + size * 0.8, y - size * 0.1, color, size * 0.16)
        for wheel in (-0.55, 0.55):
            c.rect(x + (wheel - 0.14) * size, y - size * 0.2, x + (wheel + 0.14) * size, y + size * 0.06, DARK, 2)
            c.oval(x + wheel * size, y - size * 0.42, size * 0.11, size * 0.1, (250, 240, 190))


def temple(c: Canvas) -> None:
    """A communal house with curved eaves under repair."""
    day_sky(c, 292)
    for x in (40, 610):
        tree(c, x, 320, 210)
    ground(c, 290, (206, 190, 160))
    roof: Color = c.pick([(158, 70, 50), (142, 78, 58), (120, 84, 70)])
    for level, (wide, low, tall) in enumerate(((250, 210, 84), (170, 130, 56))):
        c.poly(
            [
                (320 - wide, low - 16),
                (320 - wide * 0.62, low - tall),
                (320 + wide * 0.62, low - tall),
                (320 + wide, low - 16),
                (320 + wide * 0.88, low),
                (320 - wide * 0.88, low),
            ],
            mix(roof, WHITE, level * 0.1),
        )
        for step in range(1, 8):
            y = low - tall + tall * step / 8
            c.line([(320 - wide * 0.72, y), (320 + wide * 0.72, y)], dark(roof, 0.2), 1.5)
    c.rect(320 - 206, 208, 320 + 206, 310, (206, 160, 110))
    for x in range(126, 530, 52):
        c.rect(x, 208, x + 14, 310, dark(WOOD, 0.05))
    c.rect(100, 304, 540, 326, (186, 178, 166))
    if c.dice.random() < 0.7:
        for x in range(90, 570, 80):
            c.line([(x, 330), (x, 70)], (206, 176, 110), 4)
        for y in (110, 180, 250):
            c.line([(80, y), (560, y)], (206, 176, 110), 4)
        for x in (170, 330, 470):
            person(c, x + c.dice.uniform(-14, 14), 180, 66, hat="cone", arms="front")
    for number in range(4):
        x = 90 + number * 150
        c.rect(x, 372, x + 86, 384, WOOD, 3)
        c.rect(x + 8, 360, x + 78, 372, light(WOOD, 0.15), 3)
        person(c, x + 44, 420, 120, hat="cone", arms="front")


def bookbus(c: Canvas) -> None:
    """A library van and children choosing books."""
    day_sky(c, 230)
    tree(c, 560, 290, 250, (206, 90, 70))
    house(c, 30, 250, 140)
    ground(c, 250, (196, 182, 146))
    body = c.pick([(70, 150, 100), (60, 140, 170), (230, 150, 70)])
    c.rect(120, 130, 470, 320, body, 12)
    c.rect(470, 190, 556, 320, body, 14)
    c.rect(484, 202, 540, 254, (176, 218, 230), 6)
    c.rect(140, 150, 450, 276, (120, 84, 56), 4)
    for shelf in (192, 234, 276):
        x = 146.0
        while x < 436:
            wide = c.dice.uniform(6, 12)
            c.rect(x, shelf - c.dice.uniform(22, 34), x + wide, shelf - 3, light(c.pick(SHIRTS[1:]), 0.1), 1)
            x += wide + 1.5
        c.rect(140, shelf - 3, 450, shelf, light(WOOD, 0.3))
    for x in (190, 500):
        c.oval(x, 322, 32, 32, DARK)
        c.oval(x, 322, 14, 14, (170, 172, 178))
    for number in range(6):
        arms: Arms = c.dice.choice(("front", "one up"))
        person(c, 110 + number * 82 + c.dice.uniform(-12, 12), 416, 140, SHIRTS[0], (40, 60, 120), arms, scarf=True)


def mountains(c: Canvas) -> None:
    """A hamlet in the mountains and its visitors."""
    day_sky(c, 240)
    for base, color in ((250, (132, 160, 176)), (280, (104, 146, 130)), (320, (94, 140, 92))):
        points = [(0.0, 427.0)]
        x = -20.0
        while x < 660:
            points.append((x, base - c.dice.uniform(20, 150) * (340 - base) / 90 - 20))
            x += c.dice.uniform(60, 120)
        c.poly([*points, (680, 300), (640, 427)], color)
    ground(c, 316, (150, 170, 92))
    for number in range(5):
        c.slice(90, 360 + number * 16, 300 - number * 22, 60 - number * 7, 180, 360, (164 + number * 10, 186, 96))
    for x in (410, 520):
        c.rect(x, 262, x + 96, 300, (150, 104, 66))
        c.poly([(x - 16, 264), (x + 20, 216), (x + 76, 216), (x + 112, 264)], (186, 150, 92))
        for leg in (x + 6, x + 44, x + 84):
            c.rect(leg, 300, leg + 7, 334, dark(WOOD))
    for number in range(7):
        x = 50 + number * 90 + c.dice.uniform(-16, 16)
        shirt = YOUTH if number % 2 else c.pick([(60, 50, 90), (190, 50, 80), (40, 110, 110)])
        arms: Arms = c.dice.choice(("one up", "front", "down"))
        person(c, x, c.dice.uniform(396, 420), 150 if number % 2 else 112, shirt, arms=arms)


def drying(c: Canvas) -> None:
    """Rice spread to dry in a village yard."""
    day_sky(c, 216)
    tree(c, 90, 210, 170)
    house(c, 200, 220, 240, (226, 196, 150))
    palm(c, 560, 224, 170)
    ground(c, 214, (196, 168, 130))
    c.poly([(60, 250), (580, 250), (680, 427), (-40, 427)], (232, 196, 96))
    for step in range(12):
        share = step / 11
        c.line([(60 + 520 * share, 250), (-40 + 720 * share, 427)], (214, 174, 76), 3)
    for x in (130, 300, 470):
        low = c.dice.uniform(340, 404)
        person(c, x, low, 130, hat="cone", arms="front")
        c.line([(x + 10, low - 70), (x + 66, low - 4)], WOOD, 5)
        c.rect(x + 50, low - 8, x + 88, low + 2, dark(WOOD), 2)


def station(c: Canvas) -> None:
    """A home-made weather station on a roof."""
    day_sky(c, 330)
    hills(c, 330, (126, 164, 150), 70)
    for x in (60, 150, 480, 580):
        tree(c, x, 346, c.dice.uniform(80, 120))
    c.poly([(0, 330), (640, 330), (640, 427), (0, 427)], (176, 84, 62))
    for row in range(5):
        c.line([(0, 344 + row * 18), (640, 344 + row * 18)], (150, 66, 50), 3)
    c.line([(320, 400), (320, 90)], (120, 126, 134), 9)
    c.line([(230, 140), (410, 140)], (120, 126, 134), 6)
    for x in (210, 250, 230):
        c.slice(x, 132, 17, 17, 90, 270, RED)
    c.poly([(392, 122), (440, 140), (392, 158)], YOUTH)
    c.rect(270, 190, 370, 286, WHITE, 8)
    for row in range(4):
        c.rect(280, 204 + row * 20, 360, 212 + row * 20, (200, 206, 212), 3)
    c.poly([(390, 230), (500, 206), (516, 262), (406, 290)], (40, 62, 110))
    c.line([(408, 258), (508, 234)], (150, 180, 220), 2)
    c.line([(446, 218), (460, 276)], (150, 180, 220), 2)
    c.oval(290, 262, 4, 4, (90, 200, 110))
    for x in (110, 560):
        person(c, x, 430, 190, SHIRTS[0], (40, 60, 120), "one up", scarf=True)
