"""Contrast of colours as WCAG 2.2 reckons it."""

import re

MIN = 4.5  # success criterion 1.4.3, level AA


def luminance(colour: str) -> float:
    """Of "rgb(1, 2, 3)": relative luminance."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = [part / 12.92 if part <= .04045 else ((part + .055) / 1.055) ** 2.4
                        for part in parts]
    return .2126 * red + .7152 * green + .0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + .05) / (low + .05)


def faults_of(colours: dict) -> list[str]:
    """Of page.COLOURS: texts that are too faint on the page's background."""
    background = colours["background"]
    return [f"{text}: {colour} on {background}" for colour, text in colours["texts"].items()
            if contrast(colour, background) < MIN]
