"""Illustrations of halls, schools and stages: each draws one scene on a canvas."""

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
    audience,
    banner,
    curtain,
    dark,
    light,
    person,
    room,
    seated,
    window,
)


def hall(c: Canvas) -> None:
    """A meeting in a hall, seen from the last row."""
    velvet = c.pick([(164, 32, 40), (140, 28, 50), (30, 84, 140)])
    curtain(c, 0, 210, velvet)
    banner(c, 120, 24, 520, c.pick([(32, 92, 160), (178, 30, 34), (24, 110, 96)]))
    c.rect(0, 196, 640, 240, (150, 104, 70))
    c.rect(0, 232, 640, 427, (118, 84, 62))
    for x in range(150, 500, 62):
        seated(c, x + c.dice.uniform(-4, 4), 178, 17, c.pick([SHIRTS[0], SHIRTS[7], (92, 100, 116)]))
    c.rect(116, 172, 526, 212, (244, 238, 226), 3)
    c.rect(116, 172, 526, 178, c.pick([RED, YOUTH, (214, 168, 60)]))
    for x in range(140, 520, 62):
        c.oval(x, 168, 7, 6, (226, 110, 130))
        c.rect(x - 4, 168, x + 4, 174, (90, 150, 90))
    c.rect(548, 140, 604, 216, WOOD, 4)
    c.star(576, 176, 14, GOLD)
    audience(c, 232, 4, c.dice.choice([SHIRTS, (YOUTH, YOUTH, SHIRTS[0])]))


def speaker(c: Canvas) -> None:
    """Somebody at a lectern."""
    wall = c.pick([(168, 34, 42), (34, 92, 150), (26, 104, 100), (120, 40, 60)])
    curtain(c, 0, 330, wall)
    banner(c, 40, 30, 470, dark(wall, 0.3))
    c.star(556, 84, 46, GOLD)
    c.shaded(330, 427, (156, 112, 76), (124, 86, 58))
    x = c.dice.uniform(250, 360)
    person(c, x, 428, 320, c.pick([SHIRTS[0], (70, 78, 96), (58, 84, 120), (150, 60, 70)]), arms="front")
    c.poly([(x - 92, 270), (x + 92, 270), (x + 74, 427), (x - 74, 427)], dark(WOOD, 0.1))
    c.rect(x - 100, 258, x + 100, 274, WOOD, 4)
    c.star(x, 340, 26, GOLD)
    for dx in (-30, 30):
        c.line([(x + dx, 258), (x + dx * 0.5, 224)], DARK, 4)
        c.oval(x + dx * 0.5, 220, 6, 8, DARK)
    for flower in range(14):
        fx = x - 78 + flower * 12
        c.oval(fx, 256 + c.dice.uniform(-9, 3), 9, 9, c.pick([(230, 90, 110), (250, 200, 90), WHITE, (90, 160, 96)]))


def panel(c: Canvas) -> None:
    """People along a table: a jury, a board, a round of talks."""
    room(c, 250)
    window(c, 60, 50, 90, 110)
    window(c, 490, 50, 90, 110)
    c.rect(210, 44, 430, 160, c.pick([(40, 100, 150), (30, 120, 110), (170, 50, 50)]), 4)
    for row, wide in ((70, 150), (94, 110), (118, 130)):
        c.rect(320 - wide / 2, row, 320 + wide / 2, row + 9, light(GOLD, 0.4), 4)
    for number in range(5):
        seated(c, 84 + number * 118 + c.dice.uniform(-8, 8), 286, 36)
    c.shaded(282, 427, (176, 128, 88), (134, 92, 62))
    c.rect(0, 276, 640, 292, (204, 156, 110))
    for number in range(5):
        x = 84 + number * 118
        c.rect(x - 34, 296, x + 34, 318, WHITE, 2)
        c.rect(x - 24, 304, x + 24, 309, (140, 146, 160), 2)
        c.rect(x + 38, 258, x + 52, 280, (150, 200, 222), 3)


def classroom(c: Canvas) -> None:
    """Pupils before a blackboard."""
    room(c, 240, (240, 222, 176))
    c.rect(150, 48, 500, 188, (120, 84, 56), 4)
    c.rect(158, 56, 492, 180, (44, 92, 78))
    for row in range(3):
        c.rect(184, 80 + row * 28, 184 + c.dice.uniform(140, 270), 85 + row * 28, (214, 232, 222), 2)
    window(c, 30, 60, 84, 120)
    window(c, 534, 60, 84, 120)
    person(c, c.dice.uniform(180, 460), 262, 150, c.pick([SHIRTS[6], SHIRTS[5], (90, 160, 170)]), arms="one up")
    for row, y in enumerate((262, 320, 384)):
        size = 15 + row * 7
        for number in range(5 - row // 2):
            x = 60 + number * (128 + row * 14) - row * 6
            seated(c, x, y, size, SHIRTS[0])
            c.rect(x - size * 1.9, y, x + size * 1.9, y + size * 0.7, (206, 150, 96), 3)


def computers(c: Canvas) -> None:
    """Young people at a row of screens."""
    x: float
    room(c, 250, (206, 222, 232))
    for x in (40, 190, 340, 490):
        window(c, x, 34, 104, 88)
    for row, y in enumerate((238, 380)):
        size = 26 + row * 14
        for number in range(5 - row):
            x = 70 + number * (126 + row * 36)
            seated(c, x, y, size, c.pick(SHIRTS))
        c.rect(0, y - 4, 640, y + 20, (190, 140, 96))
        c.rect(0, y + 20, 640, y + 26, dark(WOOD, 0.2))
        for number in range(5 - row):
            x = 70 + number * (126 + row * 36) + size * 0.9
            c.rect(x, y - size * 1.5, x + size * 1.7, y - size * 0.2, DARK, 4)
            c.rect(x + 4, y - size * 1.5 + 4, x + size * 1.7 - 4, y - size * 0.2 - 4, (104, 178, 210), 2)
            for line in range(3):
                top = y - size * 1.3 + line * size * 0.32
                c.rect(x + 8, top, x + 8 + size * c.dice.uniform(0.5, 1.2), top + 3, WHITE, 1)
            c.rect(x + size * 0.7, y - size * 0.2, x + size, y, DARK)


def _shelf(c: Canvas, left: float, top: float, right: float, bottom: float) -> None:
    c.rect(left, top, right, bottom, dark(WOOD, 0.15), 3)
    boards = round((bottom - top) / 46)
    for board in range(boards):
        floor = top + (board + 1) * (bottom - top) / boards - 4
        x = left + 7
        while x < right - 16:
            wide, tall = c.dice.uniform(7, 14), c.dice.uniform(24, 37)
            c.rect(x, floor - tall, x + wide, floor, light(c.pick(SHIRTS[1:]), 0.1), 1)
            x += wide + 1.5
        c.rect(left + 4, floor, right - 4, floor + 4, light(WOOD, 0.2))


def library(c: Canvas) -> None:
    """Children among bookshelves."""
    x: float
    room(c, 300)
    _shelf(c, 20, 40, 230, 300)
    _shelf(c, 410, 40, 620, 300)
    window(c, 262, 60, 116, 130)
    for x in (110, 300, 500):
        person(c, x + c.dice.uniform(-30, 30), 388, 170, SHIRTS[0], arms="front", scarf=True)
    for _ in range(6):
        x = c.dice.uniform(40, 600)
        c.rect(x, 396, x + 44, 404, c.pick(SHIRTS[1:]), 2)
        c.rect(x + 4, 388, x + 40, 396, c.pick(SHIRTS[1:]), 2)


def show(c: Canvas) -> None:
    """Women dancing on a stage with fans."""
    back = c.pick([(60, 40, 92), (32, 58, 104), (96, 34, 60), (24, 84, 92)])
    c.shaded(0, 330, dark(back, 0.4), light(back, 0.15))
    for x in (110, 320, 530):
        c.poly([(x - 12, 0), (x + 12, 0), (x + 92, 330), (x - 92, 330)], light(back, 0.2))
    c.oval(320, 150, 96, 96, (250, 222, 150))
    c.oval(320, 150, 80, 80, (252, 234, 184))
    for side in (0, 1):
        for fold in range(4):
            left = side * 560 + fold * 20
            c.rect(left, 0, left + 21, 330, RED if fold % 2 else dark(RED, 0.2))
    c.shaded(330, 427, (150, 100, 66), (104, 68, 48))
    dress = [(206, 62, 70), (240, 176, 70), (96, 150, 110), (226, 130, 150), (120, 96, 170)]
    for number in range(5):
        x = 120 + number * 100
        low = 386 + (number % 2) * 16
        color = dress[(number + c.dice.randint(0, 1)) % 5]
        person(c, x, low, 196, color, arms="up", hat=c.dice.choice(("cone", "long hair")), skirt=True)
        for side in (-1, 1):
            c.slice(x + side * 40, low - 206, 30, 30, 200, 340, c.pick([(250, 210, 120), (250, 150, 160), WHITE]))


def award(c: Canvas) -> None:
    """People on a stage with a large sign or a cup."""
    velvet = c.pick([(168, 34, 42), (36, 84, 150), (96, 44, 110)])
    curtain(c, 0, 310, velvet)
    banner(c, 90, 26, 550, dark(velvet, 0.35))
    c.shaded(310, 427, (170, 122, 84), (128, 90, 62))
    for _ in range(36):
        x, y = c.dice.uniform(10, 630), c.dice.uniform(80, 260)
        c.rect(x, y, x + 5, y + 3, c.pick([GOLD, WHITE, (250, 130, 130), (130, 200, 240)]))
    for number, x in enumerate((80, 190, 320, 450, 560)):
        shirt = c.pick([SHIRTS[0], SHIRTS[1], SHIRTS[6]]) if number % 2 else c.pick([YOUTH, SHIRTS[7]])
        person(c, x, 404, 226 - (number % 2) * 22, shirt, arms="front", scarf=number % 2 == 1)
    if c.dice.random() < 0.5:
        c.rect(196, 262, 446, 346, WHITE, 4)
        c.rect(196, 262, 446, 276, GOLD, 4)
        for row, wide in ((292, 150), (314, 190)):
            c.rect(320 - wide / 2, row, 320 + wide / 2, row + 10, (190, 70, 70), 5)
    else:
        c.slice(320, 250, 34, 56, 0, 180, GOLD)
        c.rect(312, 300, 328, 330, GOLD)
        c.rect(296, 326, 344, 342, dark(GOLD, 0.3), 3)
        for side in (-1, 1):
            c.line([(320 + side * 32, 254), (320 + side * 50, 262), (320 + side * 26, 290)], GOLD, 6)


def museum(c: Canvas) -> None:
    """Old things on a wall and on plinths."""
    room(c, 300, c.pick([(206, 186, 158), (190, 180, 170)]))
    for x in (110, 320, 530):
        c.line([(x, 0), (x, 18)], DARK, 4)
        c.poly([(x - 14, 18), (x + 14, 18), (x + 80, 290), (x - 80, 290)], (236, 220, 186))
    for x, shape in zip((110, 320, 530), c.dice.sample(("basket", "trap", "jar"), 3), strict=True):
        straw = c.pick([(188, 146, 84), (160, 116, 70), (206, 170, 110)])
        if shape == "basket":
            c.slice(x, 200, 62, 92, 0, 180, straw)
            c.oval(x, 200, 62, 16, dark(straw, 0.25))
            for row in range(4):
                c.rect(x - 50 + row * 8, 222 + row * 16, x + 50 - row * 8, 225 + row * 16, dark(straw, 0.2))
        elif shape == "trap":
            c.poly([(x - 20, 150), (x + 20, 150), (x + 60, 288), (x - 60, 288)], straw)
            for rib in range(-4, 5):
                c.line([(x + rib * 5, 150), (x + rib * 14, 288)], dark(straw, 0.3), 2)
        else:
            c.oval(x, 240, 54, 50, (150, 92, 64))
            c.rect(x - 24, 176, x + 24, 206, (150, 92, 64), 6)
            c.oval(x, 178, 28, 9, dark((150, 92, 64), 0.35))
        c.rect(x - 72, 288, x + 72, 388, WHITE, 3)
        c.rect(x - 30, 312, x + 30, 330, (210, 206, 198), 2)
    for x in (40, 214, 430, 610):
        person(c, x + c.dice.uniform(-10, 10), 424, 150)


def chess(c: Canvas) -> None:
    """Two old players at a board, others watching."""
    x: float
    y: float
    room(c, 270, (222, 208, 178))
    window(c, 250, 40, 140, 110)
    for x in (230, 320, 414):
        person(c, x, 372, 220)
    grey: Color = (196, 196, 196)
    for x, side in ((120, 1), (520, -1)):
        c.rect(x - 52, 210, x + 52, 400, c.pick([SHIRTS[0], (110, 120, 96), (120, 90, 80)]), 30)
        c.oval(x + side * 12, 176, 34, 39, c.pick(SKINS))
        c.slice(x + side * 8, 168, 38, 38, 170, 370, grey)
        c.line([(x + side * 30, 250), (x + side * 80, 300), (x + side * 128, 296)], dark(SHIRTS[0], 0.15), 24)
    c.poly([(190, 296), (450, 296), (500, 350), (140, 350)], (226, 186, 120))
    for step in range(1, 8):
        share = step / 8
        c.line([(190 + 260 * share, 296), (140 + 360 * share, 350)], dark(WOOD), 1.5)
    for step in range(1, 5):
        y = 296 + 54 * step / 5
        c.line([(190 - 50 * step / 5, y), (450 + 50 * step / 5, y)], dark(WOOD), 1.5)
    for _ in range(18):
        x, y = c.dice.uniform(180, 460), c.dice.uniform(302, 344)
        c.oval(x, y + 3, 11, 7, dark(WOOD, 0.3))
        c.oval(x, y, 11, 7, (246, 230, 190))
        c.oval(x, y, 5, 3, c.pick([RED, DARK]))
    c.rect(140, 350, 500, 366, WOOD)
    for x in (156, 470):
        c.rect(x, 366, x + 16, 427, dark(WOOD))
