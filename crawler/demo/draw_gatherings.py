"""Illustrations of what brings people together outdoors: each draws one scene on a canvas."""

from crawler.demo.draw_kit import (
    DARK,
    GOLD,
    RED,
    SHIRTS,
    WHITE,
    WOOD,
    YOUTH,
    Arms,
    Canvas,
    Color,
    audience,
    dark,
    day_sky,
    flag,
    ground,
    hills,
    house,
    light,
    mix,
    palm,
    person,
    tree,
)


def group(c: Canvas) -> None:
    """Young people in blue shirts with flags."""
    x: float
    day_sky(c, 238)
    for x in range(20, 640, 80):
        tree(c, x + c.dice.uniform(-14, 14), 246, c.dice.uniform(90, 130))
    ground(c, 236, c.pick([(170, 190, 120), (206, 186, 146), (150, 176, 110)]))
    for x in (90, 250, 400, 560):
        flag(c, x, 330, 210, c.pick([RED, RED, YOUTH]), True)
    for row, low in enumerate((330, 404)):
        for number in range(8 - row):
            x = 50 + number * (78 + row * 12) + c.dice.uniform(-6, 6)
            person(c, x, low, 130 + row * 36, YOUTH, arms=c.dice.choice(("down", "one up", "front")))


def school(c: Canvas) -> None:
    """A yellow school and its yard."""
    x: float
    day_sky(c, 240)
    wall: Color = c.pick([(244, 208, 110), (240, 222, 160), (236, 190, 120)])
    c.rect(60, 110, 580, 300, wall)
    c.poly([(40, 112), (90, 66), (550, 66), (600, 112)], (178, 78, 56))
    for floor in (126, 216):
        for column in range(8):
            x = 78 + column * 62
            c.rect(x, floor, x + 44, floor + 56, (116, 160, 176), 2)
            c.rect(x + 20, floor, x + 24, floor + 56, WHITE)
        c.rect(60, floor + 66, 580, floor + 74, dark(wall, 0.18))
    c.rect(286, 222, 354, 300, dark(WOOD, 0.1))
    ground(c, 298, (206, 190, 160))
    for x in (30, 610):
        tree(c, x, 316, 150)
    flag(c, 468, 330, 230)
    for number in range(9):
        x = 44 + number * 68 + c.dice.uniform(-12, 12)
        low = c.dice.uniform(360, 416)
        skirt = c.dice.random() < 0.4
        person(c, x, low, 118, SHIRTS[0], (40, 60, 120), c.dice.choice(("down", "one up")), skirt=skirt, scarf=True)


def market(c: Canvas) -> None:
    """Stalls with striped awnings."""
    day_sky(c, 190)
    for x in (10, 180, 350, 520):
        house(c, x, 220, 130)
    ground(c, 216, (204, 178, 140))
    for stall, x in enumerate((20, 226, 432)):
        color = c.pick([(206, 70, 60), (50, 130, 130), (232, 150, 60), (70, 110, 180)])
        for pole in (x + 6, x + 182):
            c.rect(pole, 200, pole + 5, 350, WOOD)
        for stripe in range(8):
            left = x - 8 + stripe * 26
            c.poly([(left + 8, 172), (left + 30, 172), (left + 26, 214), (left, 214)], color if stripe % 2 else WHITE)
            c.oval(left + 13, 214, 13, 9, color if stripe % 2 else WHITE)
        person(c, x + 60 + stall * 30, 372, 170, hat=c.dice.choice(("cone", "long hair")), arms="front")
        c.rect(x - 4, 320, x + 196, 372, (176, 128, 84), 4)
        for number in range(22):
            px, py = x + 8 + (number % 11) * 17, 318 - (number // 11) * 12
            c.oval(px, py, 10, 9, c.pick([(226, 80, 60), (250, 180, 60), (120, 176, 80), (240, 220, 120)]))
    for number in range(4):
        person(c, 70 + number * 165, 424, 150, hat=c.dice.choice(("none", "cone", "long hair")))


def lanterns(c: Canvas) -> None:
    """Lanterns over a lake by night."""
    c.shaded(0, 240, (18, 24, 62), (66, 52, 110))
    c.oval(530, 70, 34, 34, (252, 240, 200))
    for _ in range(40):
        x, y = c.dice.uniform(0, 640), c.dice.uniform(0, 170)
        c.oval(x, y, 1.3, 1.3, (230, 226, 250))
    hills(c, 240, (40, 44, 84), 60)
    c.shaded(238, 427, (46, 48, 100), (18, 22, 56))
    for row, y in enumerate((50, 96, 150)):
        c.line([(0, y - 8), (320, y + 14), (640, y - 8)], (90, 80, 110), 1.5)
        for number in range(7 + row):
            x = 40 + number * 600 / (6 + row)
            size = 13 + row * 4
            y0 = y + 16 - abs(x - 320) / 20 + size
            color = c.pick([(246, 96, 70), (250, 190, 70), (240, 120, 160), (110, 200, 160), (120, 160, 240)])
            c.oval(x, y0, size + 5, size + 4, mix(color, (40, 36, 80), 0.6))
            c.oval(x, y0, size, size * 0.92, color)
            c.oval(x, y0, size * 0.5, size * 0.86, light(color, 0.35))
            c.rect(x - size * 0.4, y0 + size * 0.85, x + size * 0.4, y0 + size * 1.1, GOLD)
            c.line([(x, y0 + size), (x, y0 + size * 1.8)], RED, 2)
    for _ in range(34):
        x, y = c.dice.uniform(0, 640), c.dice.uniform(250, 340)
        color = c.pick([(246, 120, 80), (250, 200, 90), (240, 140, 170)])
        c.rect(x - 12, y, x + 12, y + 2.5, mix(color, (30, 32, 80), 0.35), 1)
    audience(c, 352, 2, ((60, 50, 80), (80, 60, 90), (50, 60, 100)))


def football(c: Canvas) -> None:
    """A match before full stands."""
    x: float
    day_sky(c, 110)
    c.rect(0, 90, 640, 190, (150, 150, 160))
    for row in range(4):
        for number in range(48):
            c.oval(number * 13.6 + (row % 2) * 6, 104 + row * 22, 6, 7, c.pick(SHIRTS))
    c.rect(0, 184, 640, 196, c.pick([(40, 100, 170), (190, 60, 50)]))
    for stripe in range(8):
        c.poly(
            [(stripe * 80, 196), (stripe * 80 + 80, 196), (stripe * 110 - 40, 427), (stripe * 110 - 150, 427)],
            (98, 162, 72) if stripe % 2 else (112, 176, 80),
        )
    c.line([(0, 250), (640, 250)], WHITE, 2.5)
    c.oval(320, 250, 0.1, 0.1, WHITE)
    c.line([(540, 226), (540, 150), (636, 150), (636, 226)], WHITE, 4)
    for x in range(548, 636, 12):
        c.line([(x, 152), (x, 226)], (226, 230, 236), 1)
    one, other = c.dice.sample([RED, YOUTH, (240, 200, 70), WHITE], 2)
    for number in range(7):
        x, low = 50 + number * 88 + c.dice.uniform(-20, 20), c.dice.uniform(310, 412)
        shirt = one if number % 2 else other
        arms: Arms = c.dice.choice(("one up", "front", "up"))
        person(c, x, low, 60 + (low - 196) * 0.42, shirt, dark(shirt, 0.5), arms, "none")
    c.oval(c.dice.uniform(220, 420), 396, 10, 10, WHITE)


def boats(c: Canvas) -> None:
    """Dragon boats racing on a river."""
    x: float
    y: float
    day_sky(c, 150)
    for x in range(10, 640, 56):
        tree(c, x + c.dice.uniform(-10, 10), 168, c.dice.uniform(50, 84))
    c.rect(0, 160, 640, 182, (150, 176, 96))
    for number in range(52):
        c.oval(number * 12.6, 160 + c.dice.uniform(-5, 3), 5, 6, c.pick(SHIRTS))
    c.shaded(180, 427, (134, 186, 200), (76, 134, 160))
    for _ in range(50):
        x, y = c.dice.uniform(0, 640), c.dice.uniform(190, 420)
        c.rect(x, y, x + c.dice.uniform(20, 50), y + 2, (176, 214, 222), 1)
    for number, y in enumerate((226, 296, 376)):
        color = c.pick([RED, (40, 130, 90), (230, 150, 50), YOUTH, (150, 60, 120)])
        left, size = c.dice.uniform(-20, 90), 13 + number * 4
        long = size * 24
        for rower in range(11):
            x = left + long * (0.12 + rower * 0.07)
            c.line([(x + size * 0.3, y - size * 0.4), (x - size * 0.9, y + size * 1.6)], WOOD, 3)
            c.rect(x - size * 0.5, y - size * 1.7, x + size * 0.5, y, mix(color, WHITE, 0.5), size * 0.4)
            c.oval(x + size * 0.2, y - size * 2.1, size * 0.5, size * 0.55, (214, 164, 122))
            c.slice(x + size * 0.2, y - size * 2.2, size * 0.54, size * 0.5, 180, 360, color)
        c.poly(
            [
                (left, y - size * 1.1),
                (left + size * 2, y),
                (left + long, y),
                (left + long + size * 2, y - size * 1.2),
                (left + long, y + size),
                (left + size * 2, y + size),
            ],
            color,
        )
        c.rect(left + size * 2, y + size * 0.3, left + long, y + size * 0.55, GOLD, 2)
        c.oval(left + long + size * 2, y - size * 1.4, size, size * 0.7, GOLD)


def wrestling(c: Canvas) -> None:
    """Two wrestlers on a round mat in a village yard."""
    day_sky(c, 188)
    c.poly([(180, 130), (210, 92), (430, 92), (460, 130)], (160, 72, 52))
    c.poly([(170, 136), (150, 116), (200, 128)], (160, 72, 52))
    c.poly([(470, 136), (490, 116), (440, 128)], (160, 72, 52))
    c.rect(204, 128, 436, 190, (196, 150, 100))
    for x in (220, 280, 350, 410):
        c.rect(x, 128, x + 10, 190, dark(WOOD))
    for x in (50, 130, 510, 590):
        c.line([(x, 200), (x, 60)], (120, 110, 100), 3)
        for side, color in enumerate((RED, GOLD, (60, 130, 90), YOUTH)):
            inset = side * 6
            c.rect(x + inset, 62 + inset, x + 58 - inset, 106 - inset, color)
    ground(c, 186, (212, 186, 140))
    for number in range(44):
        c.oval(number * 15, 196 + (number % 3) * 9, 9, 11, c.pick(SHIRTS))
        c.oval(number * 15, 184 + (number % 3) * 9, 6, 7, (60, 48, 44))
    c.oval(320, 322, 250, 76, (236, 210, 150))
    c.oval(320, 318, 232, 66, (206, 90, 70))
    c.oval(320, 318, 190, 52, (232, 196, 120))
    lean = c.dice.uniform(24, 40)
    for side, trunks in ((-1, RED), (1, YOUTH)):
        hip = (320 + side * (lean + 34), 288)
        neck = (320 + side * 20, 232)
        c.line([hip, (hip[0] + side * 26, 326), (hip[0] + side * 14, 352)], (206, 154, 112), 17)
        c.line([hip, (hip[0] - side * 6, 330), (hip[0] - side * 16, 352)], (196, 144, 104), 17)
        c.line([hip, neck], (214, 164, 122), 36)
        c.oval(hip[0], hip[1] + 4, 25, 20, trunks)
        c.line([neck, (320 - side * 30, 262), (320 - side * 52, 276)], (206, 154, 112), 13)
        c.oval(neck[0] - side * 8, neck[1] - 20, 17, 19, (220, 170, 128))
        c.slice(neck[0] - side * 8, neck[1] - 23, 18, 19, 180, 360, DARK)
    audience(c, 392, 1)


def candles(c: Canvas) -> None:
    """Candles on rows of graves by night."""
    c.shaded(0, 200, (20, 24, 54), (70, 58, 96))
    for _ in range(40):
        x, y = c.dice.uniform(0, 640), c.dice.uniform(0, 130)
        c.oval(x, y, 1.2, 1.2, (226, 224, 244))
    for x in (30, 110, 530, 610):
        tree(c, x, 204, 120, (36, 56, 62))
    c.poly([(296, 196), (308, 60), (332, 60), (344, 196)], (150, 146, 160))
    c.star(320, 90, 12, GOLD)
    c.shaded(196, 427, (52, 60, 66), (24, 28, 40))
    for row in range(5):
        scale = 0.5 + row * 0.28
        y = 214 + row * row * 9 + row * 12
        count = 11 - row
        for number in range(count):
            x = 320 + (number - (count - 1) / 2) * 78 * scale
            c.rect(x - 18 * scale, y, x + 18 * scale, y + 30 * scale, (156, 152, 160), 3)
            c.star(x, y + 12 * scale, 6 * scale, RED)
            c.oval(x, y - 10 * scale, 15 * scale, 17 * scale, (110, 84, 70))
            c.oval(x, y - 10 * scale, 9 * scale, 11 * scale, (190, 130, 70))
            c.rect(x - 2 * scale, y - 8 * scale, x + 2 * scale, y, WHITE)
            c.oval(x, y - 13 * scale, 3 * scale, 6 * scale, (255, 232, 150))
    for x in (70, 180, 470, 580):
        person(c, x + c.dice.uniform(-20, 20), 424, 150, dark(YOUTH, 0.3), (30, 32, 50), "front")


def pool(c: Canvas) -> None:
    """Children learn to swim in a pond."""
    x: float
    y: float
    day_sky(c, 172)
    for x in (30, 90, 560, 610):
        palm(c, x, 190, 140)
    house(c, 240, 176, 150)
    ground(c, 170, (176, 178, 120))
    c.poly([(70, 196), (570, 196), (700, 427), (-60, 427)], (206, 196, 170))
    c.poly([(90, 206), (550, 206), (660, 427), (-20, 427)], (92, 178, 206))
    for lane in range(1, 4):
        c.line([(90 + 460 * lane / 4, 206), (-20 + 680 * lane / 4, 427)], c.pick([RED, WHITE, GOLD]), 3)
    for _ in range(40):
        x, y = c.dice.uniform(40, 600), c.dice.uniform(220, 420)
        c.rect(x, y, x + c.dice.uniform(14, 34), y + 2, (160, 216, 230), 1)
    for number in range(8):
        x, y = 110 + (number % 4) * 140 + c.dice.uniform(-30, 30), 250 + (number // 4) * 90 + c.dice.uniform(-10, 10)
        size = 9 + (y - 200) * 0.07
        c.oval(x, y + size * 1.3, size * 2.2, size * 0.7, WHITE)
        c.oval(x, y + size, size * 1.5, size, c.pick([(246, 130, 50), (240, 200, 60)]))
        c.oval(x, y - size * 0.3, size * 0.85, size * 0.95, (222, 172, 130))
        c.slice(x, y - size * 0.45, size * 0.9, size * 0.9, 180, 360, c.pick([DARK, RED, YOUTH]))
    person(c, c.dice.uniform(560, 604), 300, 150, WHITE, YOUTH, "one up", "cap")


def sports(c: Canvas) -> None:
    """A school sports day: runners, a torch, a crowd."""
    x: float
    day_sky(c, 150)
    c.rect(0, 130, 640, 186, (156, 160, 170))
    for row in range(3):
        for number in range(46):
            c.oval(number * 14.4 + (row % 2) * 7, 140 + row * 17, 6, 7, c.pick([SHIRTS[0], SHIRTS[0], YOUTH, RED]))
    ground(c, 184, (110, 168, 84))
    c.poly([(0, 240), (640, 240), (640, 427), (0, 427)], (196, 92, 66))
    for line in (240, 278, 326, 384):
        c.line([(0, line), (640, line)], WHITE, 3)
    for x in (60, 220, 400, 570):
        flag(c, x, 232, 120, c.pick([RED, GOLD, YOUTH, (60, 150, 90)]), False)
    shirt = c.pick([WHITE, RED, GOLD])
    for number in range(6):
        x, low = 70 + number * 100, 300 + (number % 3) * 52
        person(c, x, low, 130 + (number % 3) * 20, shirt, (40, 60, 120), c.dice.choice(("one up", "up", "front")))
    x = c.dice.uniform(290, 350)
    person(c, x, 418, 196, SHIRTS[0], SHIRTS[0], "one up", "long hair")
    c.line([(x + 38, 214), (x + 40, 178)], WOOD, 8)
    c.oval(x + 40, 162, 11, 19, (250, 150, 50))
    c.oval(x + 40, 168, 6, 11, (255, 226, 120))
