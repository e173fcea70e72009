"""Colours as people see them: three colour blindnesses, CIELAB, and the difference CIEDE2000."""

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

Lab = tuple[float, float, float]
# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear light: protan, deutan, tritan.
BLINDNESS = (
    (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
)


def least_difference(colours: list[list[int]]) -> float:
    """The least CIEDE2000 difference among sRGB colours (0–255) with each colour blindness."""
    least = 1000.0
    for matrix in BLINDNESS:
        seen = [lab(matrix, colour) for colour in colours]
        for i, one in enumerate(seen):
            least = min([least, *(ciede2000(one, other) for other in seen[i + 1 :])])
    return least


def linear(colour: list[int]) -> list[float]:
    """An sRGB colour as linear light, 0 to 1."""
    light = [c / 255 for c in colour]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in light]


def contrast(one: list[int], other: list[int]) -> float:
    """The contrast of two sRGB colours as WCAG defines it, 1 to 21."""
    light = sorted(
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))
        for colour in (one, other)
    )
    return (light[1] + 0.05) / (light[0] + 0.05)


def lab(matrix: tuple[tuple[float, ...], ...], colour: list[int]) -> Lab:
    """CIELAB (D65) of an sRGB colour behind a colour blindness."""
    r, g, b = (
        min(1, max(0, sum(m * c for m, c in zip(row, linear(colour), strict=True))))
        for row in matrix
    )
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def ciede2000(one: Lab, other: Lab) -> float:
    """The difference of two CIELAB colours (Sharma, Wu, Dalal 2005; all weights 1)."""
    mean = (hypot(*one[1:]) + hypot(*other[1:])) / 2
    stretch = 1.5 - 0.5 * sqrt(mean**7 / (mean**7 + 25**7))
    (c1, h1), (c2, h2) = (
        (hypot(a * stretch, b), degrees(atan2(b, a * stretch)) % 360) for _, a, b in (one, other)
    )
    grey = c1 * c2 == 0
    turn = 0.0 if grey else (h2 - h1 + 180) % 360 - 180
    hue = h1 + h2 if grey else (h1 + turn / 2) % 360
    light, chroma = (one[0] + other[0]) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )
    dl = (other[0] - one[0]) / (1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * t)
    twist = 2 * sqrt(chroma**7 / (chroma**7 + 25**7))
    twist *= -sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    return sqrt(dl**2 + dc**2 + dh**2 + twist * dc * dh)
