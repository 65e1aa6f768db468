"""Screenshots beside those in a folder of tests/golden.

Limits: a pixel differs when one of its colours does by more than 16 of 255; in the whole picture
0.5 % of the pixels may, and in each field of 64 x 64 pixels 3 %, so that a line that is gone is
seen on the largest page. Chromium 150 and 156 differ in one pixel of a million.
PCX_UPDATE_GOLDEN=1 writes the pictures anew: look at them.
"""

import io
import os
import pathlib

from PIL import Image, ImageChops

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden"
COLOUR_MAX = 16
SHARE_MAX = 0.005
FIELD = 64
FIELD_SHARE_MAX = 0.03


def differing(one: Image.Image, other: Image.Image) -> Image.Image:
    """255 where they differ, 0 elsewhere."""
    bands = ImageChops.difference(one, other).split()
    most = bands[0]
    for band in bands[1:]:
        most = ImageChops.lighter(most, band)
    return most.point(lambda value: 255 if value > COLOUR_MAX else 0)


def share_of(mask: Image.Image) -> float:
    return mask.histogram()[255] / (mask.width * mask.height)


def worst_field(mask: Image.Image) -> tuple[float, tuple[int, int]]:
    """The share that differs in the worst field, and where that begins."""
    fields = [(share_of(mask.crop((x, y, x + FIELD, y + FIELD))), (x, y))
              for y in range(0, mask.height, FIELD) for x in range(0, mask.width, FIELD)]
    return max(fields)


def fault_of(one: Image.Image, other: Image.Image) -> str:
    """Empty when they are alike."""
    if one.size != other.size:
        return f"is {one.size} pixels large, and was {other.size}"
    mask = differing(one, other)
    if mask.getbbox() is None:
        return ""
    share, (field_share, place) = share_of(mask), worst_field(mask)
    if share <= SHARE_MAX and field_share <= FIELD_SHARE_MAX:
        return ""
    return (f"{share:.2%} of the pixels differ ({SHARE_MAX:.1%} may), "
            f"{field_share:.0%} in the field at {place} ({FIELD_SHARE_MAX:.0%} may)")


def check(page: str, name: str, png: bytes, failed: pathlib.Path) -> str:
    """Empty, or what is wrong with NAME.png of tests/golden/PAGE. What does not fit is left in the
    folder `failed`."""
    path = GOLDEN / page / f"{name}.png"
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if os.environ.get("PCX_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        # A third of the bytes; the colours stay within a fraction of the limit.
        reduced = picture.quantize(128, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        reduced.save(path, optimize=True)
        return ""
    if not path.exists():
        return f"{path} is missing: PCX_UPDATE_GOLDEN=1 writes it"
    expected = Image.open(path).convert("RGB")
    fault = fault_of(picture, expected)
    if not fault:
        return ""
    failed.mkdir(parents=True, exist_ok=True)
    picture.save(failed / f"{name}.png")
    if picture.size == expected.size:
        differing(picture, expected).save(failed / f"{name}-difference.png")
    return f"{name}.png {fault}; see {failed}"
