"""Illustrations of clinics, kitchens and workshops: each draws one scene on a canvas."""

from crawler.demo.draw_kit import (
    DARK,
    GOLD,
    RED,
    SHIRTS,
    SKINS,
    WHITE,
    WOOD,
    YOUTH,
    Canvas,
    Color,
    banner,
    dark,
    light,
    person,
    room,
    seated,
    window,
)

_COAT: Color = (238, 244, 246)
_METAL: Color = (178, 190, 200)


def clinic(c: Canvas) -> None:
    """A doctor and a nurse by a bed."""
    room(c, 270, c.pick([(204, 228, 228), (214, 226, 236), (222, 232, 214)]))
    window(c, 440, 46, 140, 120)
    c.rect(70, 60, 130, 120, WHITE, 6)
    c.rect(92, 70, 108, 110, RED)
    c.rect(80, 82, 120, 98, RED)
    person(c, 170 + c.dice.uniform(-20, 20), 390, 250, _COAT, (90, 110, 130), "front")
    person(c, 520, 384, 230, c.pick([(150, 206, 214), (240, 190, 200)]), (150, 206, 214), "front", "long hair")
    c.rect(220, 306, 486, 336, WHITE, 8)
    c.rect(220, 326, 486, 350, (130, 178, 200), 4)
    for x in (232, 468):
        c.rect(x, 346, x + 8, 412, _METAL)
    c.rect(214, 262, 224, 350, _METAL, 3)
    c.oval(262, 296, 19, 18, c.pick(SKINS))
    c.slice(258, 294, 20, 20, 120, 280, DARK)
    c.rect(284, 286, 470, 326, c.pick([(120, 170, 130), (110, 150, 196), (226, 190, 120)]), 18)


def ward(c: Canvas) -> None:
    """Medical machines and tanks."""
    room(c, 290, (216, 228, 232))
    for number, x in enumerate((40, 250, 460)):
        c.rect(x, 110, x + 130, 330, WHITE, 10)
        c.rect(x + 16, 128, x + 114, 190, (34, 62, 82), 5)
        points = [(x + 22 + step * 11, 160 + c.dice.uniform(-20, 20)) for step in range(9)]
        c.line(points, c.pick([(120, 230, 150), (240, 200, 90), (110, 210, 240)]), 2.5)
        for knob in range(4):
            c.oval(x + 28 + knob * 25, 214, 8, 8, c.pick(SHIRTS[1:]))
        c.rect(x + 46, 236, x + 84, 312, (190, 214, 224), 16)
        c.rect(x + 46, 272, x + 84, 312, c.pick([(206, 70, 70), (96, 160, 206), (230, 200, 120)]), 16)
        c.line([(x + 65, 312), (x + 65, 350), (x + 140 + number * 4, 350)], (150, 70, 70), 4)
    person(c, 414 + c.dice.uniform(-12, 12), 414, 240, _COAT, (90, 110, 130), "front")


def blood(c: Canvas) -> None:
    """People giving blood on recliners."""
    room(c, 280, (240, 226, 214))
    c.rect(190, 30, 450, 92, RED, 6)
    for x in (230, 320, 410):
        c.oval(x, 66, 12, 13, WHITE)
        c.poly([(x - 10, 60), (x + 10, 60), (x, 40)], WHITE)
    for x in (90, 370):
        c.poly([(x, 366), (x + 40, 270), (x + 70, 280), (x + 60, 330), (x + 200, 330), (x + 200, 366)], (92, 140, 170))
        shirt = c.pick(SHIRTS[1:])
        c.poly([(x + 46, 270), (x + 86, 282), (x + 96, 334), (x + 56, 334)], shirt)
        c.rect(x + 60, 310, x + 196, 336, (60, 70, 92), 12)
        c.oval(x + 54, 250, 20, 22, c.pick(SKINS))
        c.slice(x + 50, 246, 22, 22, 150, 330, DARK)
        c.line([(x + 74, 292), (x + 112, 300)], c.pick(SKINS), 9)
        c.line([(x + 112, 300), (x + 128, 226)], (186, 40, 40), 2.5)
        c.rect(x + 118, 176, x + 142, 226, (196, 48, 48), 7)
        c.line([(x + 130, 176), (x + 130, 150)], _METAL, 3)
        for leg in (x + 20, x + 186):
            c.rect(leg, 366, leg + 7, 404, _METAL)
    person(c, 320, 396, 226, YOUTH, arms="front", hat="cap")


def factory(c: Canvas) -> None:
    """Workers along a line, lamps above."""
    c.shaded(0, 427, (196, 208, 216), (148, 158, 166))
    for row in range(5):
        c.rect(0, 26 + row * 22, 640, 29 + row * 22, (170, 182, 192))
    for x in range(50, 640, 120):
        c.line([(x, 0), (x, 60)], DARK, 2)
        c.poly([(x - 36, 78), (x + 36, 78), (x + 20, 60), (x - 20, 60)], (250, 242, 206))
    uniform = c.pick([(92, 150, 196), (240, 150, 90), (110, 170, 140), (230, 226, 216)])
    goods = c.pick(SHIRTS[1:])
    for row, y in enumerate((210, 292, 392)):
        size = 17 + row * 8
        step = 96 + row * 26
        for number in range(8):
            x = 40 + number * step - row * 20
            seated(c, x, y, size, uniform)
            c.slice(x, y - 2.4 * size, 0.68 * size, 0.62 * size, 180, 360, dark(uniform))
        c.rect(0, y - 2, 640, y + 14 + row * 4, (120, 130, 140))
        for number in range(8):
            x = 40 + number * step - row * 20
            c.rect(x - size, y - size * 0.8, x + size * 0.2, y, DARK, 3)
            c.rect(x - size * 1.5, y - size * 0.3, x + size * 1.6, y + 2, goods, 4)


def kitchen(c: Canvas) -> None:
    """Cooks behind a table of dishes."""
    room(c, 230, (246, 226, 190))
    for row in range(4):
        for column in range(13):
            tone = light((246, 226, 190), 0.4) if (row + column) % 2 else (236, 210, 170)
            c.rect(column * 50, row * 44, column * 50 + 48, row * 44 + 42, tone, 2)
    for x in (90, 240, 400, 550):
        person(c, x, 400, 260, c.pick([_COAT, SHIRTS[6], SHIRTS[3]]), arms="front")
        c.rect(x - 22, 118, x + 22, 140, WHITE, 4)
        c.oval(x, 116, 27, 15, WHITE)
    c.shaded(296, 427, (196, 140, 96), (150, 102, 70))
    c.rect(0, 286, 640, 304, (226, 176, 126))
    for number in range(7):
        x = 50 + number * 90
        c.oval(x, 330 + (number % 2) * 44, 40, 20, WHITE)
        c.oval(
            x, 327 + (number % 2) * 44, 30, 13, c.pick([(120, 180, 90), (232, 120, 70), (246, 206, 96), (160, 90, 60)])
        )
        c.oval(x + 6, 323 + (number % 2) * 44, 12, 6, c.pick([(96, 150, 70), (220, 70, 60), WHITE]))


def workshop(c: Canvas) -> None:
    """Woven things on racks, craftspeople in front."""
    room(c, 300, (230, 206, 166))
    for shelf in (92, 190, 286):
        x = 30.0
        while x < 600:
            straw = c.pick([(212, 168, 96), (186, 136, 76), (230, 196, 130), (160, 108, 66)])
            size = c.dice.uniform(26, 40)
            if c.dice.random() < 0.5:
                c.slice(x + size, shelf - size * 1.1, size, size * 1.1, 0, 180, straw)
                c.oval(x + size, shelf - size * 1.1, size, size * 0.25, dark(straw, 0.25))
            else:
                c.oval(x + size, shelf - size * 0.8, size, size * 0.8, straw)
                for band in (-0.4, 0.0, 0.4):
                    middle = shelf - size * (0.8 - band)
                    c.rect(x + size * 0.2, middle - 1.5, x + size * 1.8, middle + 1.5, dark(straw, 0.2))
            x += size * 2 + 10
        c.rect(14, shelf, 626, shelf + 8, WOOD)
    for x in (130, 330, 520):
        person(c, x + c.dice.uniform(-30, 30), 440, 210, arms="front")
        c.oval(x, 388, 52, 16, (226, 190, 120))
        c.oval(x, 386, 40, 11, (196, 150, 86))


def mushrooms(c: Canvas) -> None:
    """Racks of mushrooms under a thatched roof."""
    c.shaded(0, 427, (96, 78, 60), (60, 50, 42))
    for number in range(17):
        c.poly([(number * 40 - 20, 0), (number * 40 + 26, 0), (320 + (number * 40 - 320) * 0.4, 110)], (176, 140, 84))
    for row, y in enumerate((170, 250, 340)):
        tall = 26 + row * 10
        c.rect(0, y, 640, y + tall, (196, 164, 96), 6)
        for _ in range(70):
            x = c.dice.uniform(0, 640)
            c.line([(x, y + 4), (x + c.dice.uniform(-12, 12), y + tall)], (170, 136, 72), 1.5)
        x = 10.0
        while x < 640:
            size = c.dice.uniform(7, 10) + row * 3
            c.rect(x - size * 0.4, y - size * 0.7, x + size * 0.4, y + 3, (240, 232, 216), 3)
            c.slice(
                x,
                y - size * 0.5,
                size,
                size * 1.1,
                180,
                360,
                c.pick([(170, 150, 134), (206, 190, 170), (134, 116, 102)]),
            )
            x += size * c.dice.uniform(2.1, 3.4)
    person(c, c.dice.uniform(180, 460), 430, 250, arms="front", hat="cap")


def goods(c: Canvas) -> None:
    """Boxes, jars and packets on a stand."""
    room(c, 290, c.pick([(238, 226, 200), (218, 230, 220)]))
    banner(c, 150, 20, 490, c.pick([(40, 120, 80), (190, 60, 50), (40, 100, 160)]))
    for row, y in enumerate((180, 280, 386)):
        x = 26.0
        while x < 580:
            color = light(c.pick(SHIRTS[1:]), 0.1)
            kind = c.dice.choice(("box", "jar", "packet"))
            wide = c.dice.uniform(38, 58)
            tall = c.dice.uniform(46, 76)
            if kind == "jar":
                c.rect(x, y - tall, x + wide, y, (236, 214, 150), 12)
                c.rect(x + 3, y - tall - 8, x + wide - 3, y - tall + 4, color, 3)
            else:
                c.rect(x, y - tall, x + wide, y, color, 3 if kind == "box" else 10)
            c.rect(x + 6, y - tall * 0.62, x + wide - 6, y - tall * 0.28, WHITE, 4)
            c.oval(x + wide / 2, y - tall * 0.45, 7, 7, c.pick([RED, GOLD, (90, 150, 96)]))
            x += wide + 9
        c.rect(10, y, 630, y + 12, WOOD)
        if row < 2:
            c.rect(10, y + 12, 630, y + 16, dark(WOOD, 0.3))
