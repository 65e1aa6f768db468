"""A page in a browser, and all that it does besides being looked at."""

import base64
import json
import pathlib

from browser import Browser

# Widths in CSS pixels: a notebook, a telephone, and A4 between margins of a centimetre.
WIDTHS = {"wide": 1280, "phone": 390, "print": 718}

# Where the letters of the pictures are, and how large, in CSS pixels.
LETTERS = """(() => [...document.querySelectorAll('section svg:not(.legend svg)')].map((svg) => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].map((node) => {
    const box = node.getBoundingClientRect();
    return {text: node.textContent, left: box.left - frame.left, right: box.right - frame.left,
      top: box.top - frame.top, bottom: box.bottom - frame.top, width: frame.width,
      height: frame.height,
      size: parseFloat(getComputedStyle(node).fontSize) * svg.getScreenCTM().a};
  });
}))()"""

# The colour of every text that can be seen, with the background of the page.
COLOURS = """(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = {};
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest('title, desc')) continue;
    const style = getComputedStyle(parent);
    seen[parent instanceof SVGElement ? style.fill : style.color] ??= node.data.trim().slice(0, 40);
  }
  return {background: getComputedStyle(document.body).backgroundColor, texts: seen};
})()"""


class Page:
    """Events are taken from before the page is asked for, so that nothing it does is missed."""

    def __init__(self, browser: Browser, has_scripts: bool = True):
        self.browser = browser
        self.requests, self.faults, self.marks = [], [], set()
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank",
                              browserContextId=self.context)
        self.session = browser.call("Target.attachToTarget", targetId=target["targetId"],
                                    flatten=True)["sessionId"]
        browser.listeners[self.session] = self.take
        for domain in ("Page", "Runtime", "Log", "Network", "Audits", "DOM", "CSS"):
            self.call(f"{domain}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)
        self.call("Emulation.setScriptExecutionDisabled", value=not has_scripts)
        self.show("wide")

    def show(self, view: str, scheme: str = "light") -> "Page":
        """As it is seen on a notebook, a telephone or paper, by who likes it light or dark."""
        self.call("Emulation.setDeviceMetricsOverride", width=WIDTHS[view], height=800,
                  deviceScaleFactor=1, mobile=view == "phone")
        self.call("Emulation.setEmulatedMedia", media="print" if view == "print" else "screen",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        return self

    def call(self, method: str, **params) -> dict:
        return self.browser.call(method, self.session, **params)

    def take(self, method: str, params: dict) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.lifecycleEvent":
            self.marks.add((params["loaderId"], params["name"]))
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded",
                        "Audits.issueAdded", "Page.javascriptDialogOpening"):
            self.faults.append(f"{method}: {json.dumps(params)[:400]}")

    def open(self, path: pathlib.Path) -> "Page":
        answer = self.call("Page.navigate", url=path.as_uri())
        if "errorText" in answer:
            raise FileNotFoundError(f"{path}: {answer['errorText']}")
        self.loader = answer["loaderId"]
        return self

    def wait_for(self, mark: str) -> "Page":
        """A lifecycle event: networkIdle comes after half a second without a request."""
        self.browser.wait_for(lambda: (self.loader, mark) in self.marks)
        return self

    def close(self) -> None:
        del self.browser.listeners[self.session]
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)

    def evaluate(self, expression: str):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise ValueError(answer["exceptionDetails"])
        return answer["result"]["value"]

    def size(self) -> tuple[int, int]:
        content = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return content["width"], content["height"]

    def screenshot(self) -> bytes:
        """All of the page, as PNG."""
        width, height = self.size()
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        return base64.b64decode(self.call("Page.captureScreenshot", clip=clip,
                                          captureBeyondViewport=True)["data"])

    def paper(self) -> bytes:
        """As PDF, on A4."""
        self.show("print")
        return base64.b64decode(self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69,
                                          marginTop=.4, marginBottom=.4, marginLeft=.4,
                                          marginRight=.4)["data"])

    def fonts(self) -> set[str]:
        """The families that its letters are really taken from."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        body = self.call("DOM.querySelector", nodeId=root, selector="body")["nodeId"]
        texts = self.call("DOM.querySelectorAll", nodeId=body, selector="h1,p,td,th,dd,strong,text")
        return {font["familyName"] for node in texts["nodeIds"]
                for font in self.call("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]}

    def accessible_nodes(self) -> list[dict]:
        """(role, name, description) of what a screen reader is told."""
        def text(node, what):
            return node.get(what, {}).get("value", "")
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [{what: text(node, what) for what in ("role", "name", "description")}
                for node in nodes if not node["ignored"]]
