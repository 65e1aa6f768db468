"""What the pictures of a report of KPIs say beside its tables. Each function returns what differs.

A picture is read twice: the digits in its attributes, and its shapes, whose lengths are shares of the
largest one.
"""

import re

# Of each section with pictures: these with their lengths, and the table of their numbers.
CHARTS = """(() => [...document.querySelectorAll('section')].filter(
    (section) => section.querySelector('svg')).map((section) => ({
  charts: [...section.querySelectorAll('svg')].map((svg) => ({
    kpi: svg.dataset.kpi, days: svg.dataset.days.split(' '), values: svg.dataset.values.split(' '),
    title: svg.closest('article').querySelector('h3').textContent,
    figure: svg.closest('article').querySelector('.figure').textContent,
    article: svg.closest('article').dataset.value,
    bars: [...svg.querySelectorAll('.past, .now')].map((path) => path.getAttribute('d')).join(''),
    lines: [...svg.querySelectorAll('.course')].map((path) => path.getAttribute('d')),
    dots: [...svg.querySelectorAll('circle')].map((dot) =>
      [dot.getAttribute('cx'), dot.getAttribute('cy')].map(Number)),
    base: svg.querySelector('.base').getAttribute('d'),
  })),
  titles: [...section.querySelectorAll('thead th')].map((cell) => cell.textContent),
  rows: [...section.querySelectorAll('tbody tr')].map((row) =>
    [...row.cells].map((cell) => cell.textContent)),
})))()"""

STATES = {"n/a": "no_data", "not kept": "not_kept", "failed": "failed", "": "no_data"}
PIXELS = 0.11  # places are rounded to tenths


def number_of(text: str) -> float:
    """Of "-1,250.50 USD", "12 min 32 s", "12.5 %" in base units."""
    units = {"h": 3600, "min": 60, "s": 1, "%": .01}
    sum, sign = 0.0, -1 if text.startswith("-") else 1
    for digits, unit in re.findall(r"([\d,.]+) ?([A-Za-z%]*)", text):
        sum += float(digits.replace(",", "")) * units.get(unit, 1)
    return sign * sum


def cells_of(section: dict, chart: dict) -> list[tuple[str, str]]:
    """(day, cell) of the table: KPIs are its rows, or its columns when days are."""
    if section["titles"][0] == "day":
        column = section["titles"].index(chart["title"])
        return [(row[0], row[column]) for row in section["rows"]]
    row = next(row for row in section["rows"] if row[0] == chart["title"])
    return list(zip(section["titles"][1:], row[1:], strict=True))


def digit_faults(section: dict, chart: dict) -> list[str]:
    cells = cells_of(section, chart)
    faults = []
    if [cells[0][0], cells[-1][0]] != chart["days"]:
        faults.append(f"{chart['kpi']}: days {chart['days']}, in the table {cells[0][0]} to ...")
    if len(cells) != len(chart["values"]):
        return faults + [f"{chart['kpi']}: {len(chart['values'])} values, {len(cells)} cells"]
    for (day, cell), value in zip(cells, chart["values"]):
        told = STATES.get(cell)
        is_same = told == value if told else abs(number_of(cell) - float(value)) < 1e-9
        if not is_same:
            faults.append(f"{chart['kpi']}, {day}: '{value}' in the picture, '{cell}' in the table")
    if chart["values"][-1] != (chart["article"] or chart["values"][-1]):
        faults.append(f"{chart['kpi']}: {chart['article']} is not the last of its picture")
    return faults


def points_of(chart: dict) -> list[tuple[float, float]]:
    """(x, height above the base) of everything that is drawn, from left to right."""
    base = float(chart["base"].split()[1].split("L")[0])
    points = []
    for x, y, _, height in re.findall(r"M([-\d.]+) ([-\d.]+)h([-\d.]+)v([-\d.]+)", chart["bars"]):
        top, bottom = base - float(y), base - float(y) - float(height)
        points.append((float(x), top if abs(top) > abs(bottom) else bottom))
    for line in chart["lines"]:
        points += [(float(x), base - float(y)) for x, y in
                   re.findall(r"[ML]([-\d.]+) ([-\d.]+)", line)]
    points += [(x, base - y) for x, y in chart["dots"]]
    return sorted(points)


def shape_faults(section: dict, chart: dict) -> list[str]:
    values = [number_of(cell) for _, cell in cells_of(section, chart) if cell not in STATES]
    heights = [height for _, height in points_of(chart)]
    if len(values) != len(heights):
        return [f"{chart['kpi']}: {len(heights)} shapes for {len(values)} numbers"]
    most = max(values, key=abs)
    tallest = heights[values.index(most)]
    return [f"{chart['kpi']}: a shape {height} high for {value}, {tallest} for {most}"
            for value, height in zip(values, heights)
            if abs(height * most - tallest * value) > PIXELS * 2 * abs(most)]


def faults_of(section: dict) -> list[str]:
    return [fault for chart in section["charts"]
            for fault in digit_faults(section, chart) + shape_faults(section, chart)]
