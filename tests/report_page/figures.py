"""What a page says beside the JSON report of the same result. Each function returns what differs.

Both round: the page to three digits, or two behind the point, and Artillery's JSON to tenths of a
millisecond. Two figures are the same when one number can have become both.
"""

import re

BY_ENDPOINT = "plugins.metrics-by-endpoint."
RESPONSE_TIME = BY_ENDPOINT + "response_time."
LATENCY = "pcx.latency.endpoint."
# The page has signs for what XML has no character for; so has the JSON for bytes that are no UTF-8.
NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
KIND = re.compile(re.escape(BY_ENDPOINT) + r"(.*)\.(codes|errors)\.(.*)", re.DOTALL)
NOT_MEASURED = "\u2013"
KEYS = {"p99.9": "p999"}  # where a title is not the key


def plain(text: str) -> str:
    return NO_CHARACTER.sub("\ufffd", text)


def count_of(text: str) -> int:
    return int(text.replace(",", ""))


def is_same_time(text: str, json_ms: float) -> bool:
    """text: "0.41", "14.2", "1,001"."""
    rounded_by = 10 ** -len(text.partition(".")[2]) / 2
    return abs(float(text.replace(",", "")) - json_ms) <= rounded_by + .05 + 1e-9


def is_of_endpoint(name: str) -> bool:
    return name.startswith((BY_ENDPOINT, LATENCY))


def compared(what: str, on_page, in_json) -> list[str]:
    return [] if on_page == in_json else [f"{what}: {on_page} on the page, {in_json} in the JSON"]


def compared_time(what: str, on_page: str, summary: dict, key: str) -> list[str]:
    if summary is None:
        return compared(what, on_page, NOT_MEASURED)
    if on_page != NOT_MEASURED and is_same_time(on_page, summary[key]):
        return []
    return compared(what, on_page, summary[key])


def table_of(content: dict, name: str) -> list[dict]:
    """Rows by title. Two columns may have no title, but not the same one."""
    table = content["tables"].get(name, {"titles": [], "rows": []})
    return [dict(zip(table["titles"], row, strict=True)) for row in table["rows"]]


def times_faults(content: dict, report: dict) -> list[str]:
    summaries = {plain(name): summary for name, summary in report["aggregate"]["summaries"].items()
                 if not is_of_endpoint(name)}
    rows = {row["milliseconds"]: row for row in table_of(content, "times")}
    faults = compared("times", sorted(rows), sorted(summaries))
    for name in rows.keys() & summaries.keys():
        for title, cell in rows[name].items():
            if title == "milliseconds":
                continue
            if title == "count":
                faults += compared(f"{name}.count", count_of(cell), summaries[name]["count"])
            else:
                faults += compared_time(f"{name}.{title}", cell, summaries[name],
                                        KEYS.get(title, title))
    return faults


def endpoints_of(aggregate: dict) -> dict:
    """By name: its codes, its errors, and its times."""
    endpoints = {}

    def endpoint(name: str) -> dict:
        return endpoints.setdefault(plain(name), {"codes": {}, "errors": {}, "times": None,
                                                  "latency": None})
    for name, count in aggregate["counters"].items():
        match = KIND.fullmatch(name)
        if match:
            endpoint(match[1])[match[2]][plain(match[3])] = count
    for name, summary in aggregate["summaries"].items():
        if name.startswith(RESPONSE_TIME):
            endpoint(name.removeprefix(RESPONSE_TIME))["times"] = summary
        elif name.startswith(LATENCY):
            endpoint(name.removeprefix(LATENCY))["latency"] = summary
    return endpoints


def kinds_of(cell: list[str]) -> dict:
    pairs = [text.rpartition(": ") for text in cell]
    return {name: count_of(count) for name, _, count in pairs}


def endpoint_faults(content: dict, report: dict) -> list[str]:
    endpoints = endpoints_of(report["aggregate"])
    rows = {row["milliseconds"]: row for row in table_of(content, "endpoints")}
    faults = compared("endpoints", sorted(rows), sorted(endpoints))
    for name in rows.keys() & endpoints.keys():
        row, endpoint = rows[name], endpoints[name]
        faults += compared(f"answers of {name}", count_of(row["answers"]),
                           sum(endpoint["codes"].values()))
        for what in ("codes", "errors"):
            faults += compared(f"{what} of {name}", kinds_of(row[what]), endpoint[what])
        for title in ("p50", "p95", "p99", "max"):
            faults += compared_time(f"{title} of {name}", row[title], endpoint["times"], title)
        faults += compared_time(f"latency of {name}", row["p99 of latency"], endpoint["latency"],
                                "p99")
    return faults


def counter_faults(content: dict, report: dict) -> list[str]:
    on_page = {row["counter"]: count_of(row["count"]) for row in table_of(content, "counters")}
    in_json = {plain(name): count for name, count in report["aggregate"]["counters"].items()
               if not is_of_endpoint(name)}
    return compared("counters", on_page, in_json)


def phase_faults(content: dict, report: dict) -> list[str]:
    rows = table_of(content, "phases")
    planned = sum(count_of(row["planned"]) for row in rows)
    started = sum(count_of(row["started"]) for row in rows)
    created = report["aggregate"]["counters"]["vusers.created"]
    return (compared("planned in phases", planned, report["pcx"]["planned"]) +
            compared("started in phases", started, created))


def demand_faults(content: dict, report: dict) -> list[str]:
    def word(one: dict) -> str:
        return "met" if one["met"] else "MISSED" if one["strict"] else "missed"
    on_page = [(row["demand"], row[""], row["found"], row["place"])
               for row in table_of(content, "demands")]
    in_json = [(plain(one["what"]), word(one), plain(one["found"]), plain(one["place"]))
               for one in report["pcx"]["ensure"]]
    return compared("demands", on_page, in_json)


def head_faults(content: dict, report: dict) -> list[str]:
    own = report["pcx"]
    missed = [one for one in own["ensure"] if not one["met"]]
    is_failed = any(one["strict"] for one in missed)
    judged = "FAILED" if is_failed else "PASSED" if own["ensure"] else "NOT JUDGED"
    words = [judged, own["verdict"]]
    if own["verdict"] == "INVALID":
        words.reverse()
    boxes = {box["word"]: box["lines"] for box in content["verdicts"]}
    faults = compared("verdicts", [box["word"] for box in content["verdicts"]], words)
    for one in missed[:4]:
        line = plain(one["what"]) + ("" if one["strict"] else " (not strict)")
        line += "; found " + plain(one["found"])
        if line not in boxes.get(judged, []):
            faults.append(f"'{line}' is not in the box")
    if own["causes"]:
        faults += compared("causes", boxes.get(own["verdict"]),
                           [plain(cause) for cause in own["causes"]])
    faults += compared("script", content["h1"], plain(own["script"]))
    if own["target"]:
        faults += compared("target", content["head"][0], "against " + plain(own["target"]))
    if not content["head"][-1].endswith(f"; seed {own['seed']}"):
        faults.append(f"seed {own['seed']} is not in '{content['head'][-1]}'")
    return faults + compared("notes", content["notes"], [plain(note) for note in own["notes"]])


def tile_faults(content: dict, report: dict) -> list[str]:
    aggregate, faults = report["aggregate"], []
    latency = aggregate["summaries"].get("pcx.latency")
    response_time = aggregate["summaries"].get("http.response_time")
    tiles = dict(content["tiles"])
    for key in ("p50", "p95", "p99"):
        value, more = tiles.pop(f"pcx.latency.{key}")
        faults += compared_time(f"{key} of the latency", value.removesuffix(" ms"), latency, key)
        if response_time:
            answered = more.removeprefix("answered in ").removesuffix(" ms")
            faults += compared_time(f"{key} of the response time", answered, response_time, key)
    counters = aggregate["counters"]
    errors = sum(count for name, count in counters.items() if name.startswith("errors."))
    refused = sum(count for name, count in counters.items()
                  if name.startswith("http.codes.") and name.removeprefix("http.codes.") >= "400")
    seconds = max(report["pcx"]["duration_ms"] / 1000, 1)
    value, more = tiles.pop("pcx.pace")
    pace = counters.get("http.requests", 0) / seconds
    faults += compared("pace", value, f"{pace:,.0f}" if pace >= 10 else f"{pace:.2g}")
    faults += compared("requests", count_of(more.partition(" ")[0]), counters.get("http.requests", 0))
    expected = {
        "vusers.created": (counters.get("vusers.created", 0), [report["pcx"]["planned"]]),
        "errors": (errors, [refused, 400, counters.get("vusers.failed", 0)]),
    }
    faults += compared("tiles", sorted(tiles), sorted(expected))
    for name, (value, more) in expected.items():
        faults += compared(name, count_of(tiles[name][0]), value)
        counts = [count_of(text) for text in re.findall(r"\d[\d,]*", tiles[name][1])]
        faults += compared(f"{name}, in small type", counts[:len(more)], more)
    return faults


def bar_faults(content: dict, report: dict) -> list[str]:
    """Names are cut there; counts are not."""
    counters = report["aggregate"]["counters"]
    in_json = {}
    for prefix, mark in (("errors.", ""), ("http.codes.", "HTTP ")):
        for name, count in counters.items():
            kind = name.removeprefix(prefix)
            if name.startswith(prefix) and (not mark or kind >= "400"):
                in_json[mark + plain(kind)] = count
    names, counts = content["bars"][::2], content["bars"][1::2]
    on_page = [(name, count_of(count.partition(" ")[0])) for name, count in zip(names, counts)]
    faults = compared("bars", sorted(count for _, count in on_page), sorted(in_json.values()))
    for name, count in on_page:
        start = name.removesuffix("\u2026")
        if not any(kind.startswith(start) and count == other for kind, other in in_json.items()):
            faults.append(f"no error is called '{name}' and has {count}")
    return faults


def curve_faults(content: dict, report: dict) -> list[str]:
    """The description of the percentiles, for those who do not see the curve."""
    faults = []
    description = "\n".join(content["descriptions"])
    for name in ("pcx.latency", "http.response_time"):
        summary = report["aggregate"]["summaries"][name]
        match = re.search(re.escape(name) + r": (p50 .*?, max \S+ ms)\.", description)
        if match is None:
            faults.append(f"no description of {name}")
            continue
        for part in match[1].split(", "):
            title, value, _ = part.split(" ")
            faults += compared_time(f"{name}.{title}", value, summary, KEYS.get(title, title))
    return faults
