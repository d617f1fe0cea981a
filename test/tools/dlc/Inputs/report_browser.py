"""report_browser.py REPORT...: opens reports in Chromium without a window, 400 and 1200 pixels wide, and says what is
wrong with them: messages in the console, anything that is loaded, charts and pictures without a size, texts that are
cut off or too small to read, a page that must be scrolled sideways. One line for each report."""
import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile

WIDTHS = (400, 1200)
LEAST_TEXT = 8.5  # pixels
# What is not in the file itself is refused, and the refusal is written to the console.
POLICY = ("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
          "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">")
MEASURE = """<script>
addEventListener("load", () => {
  const round = value => Math.round(value * 10) / 10;
  const charts = [...document.querySelectorAll("svg")].map(svg => {
    const box = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")];
    const outside = texts.filter(text => {
      const r = text.getBoundingClientRect();
      return r.left < box.left - 2 || r.right > box.right + 2 || r.top < box.top - 2 || r.bottom > box.bottom + 2;
    });
    const scale = box.width / svg.viewBox.baseVal.width;
    return {title: svg.getAttribute("aria-label"), width: round(box.width), height: round(box.height),
            marks: svg.querySelectorAll("path, circle, rect, .mark").length, outside: outside.map(t => t.textContent),
            text: Math.min(99, ...texts.map(t => round(parseFloat(getComputedStyle(t).fontSize) * scale)))};
  });
  const pictures = [...document.images].map(image => ({
    name: image.alt, width: image.getBoundingClientRect().width, height: image.getBoundingClientRect().height,
    pixels: image.complete ? image.naturalWidth : 0}));
  parent.postMessage({name: window.name, charts, pictures, inner: innerWidth,
                      page: document.documentElement.scrollWidth,
                      loaded: performance.getEntriesByType("resource").map(entry => entry.name)}, "*");
});
</script>"""
OUTER = """<!doctype html><html><head><script>
const all = [];
addEventListener("message", event => {
  all.push(event.data);
  document.getElementById("all").textContent = JSON.stringify(all);
});
</script></head><body><pre id="all">[]</pre>%s</body></html>"""


def open_pages(reports, folder):
    """What is measured, by (report, width), and the lines of the console."""
    frames = []
    for number, report in enumerate(reports):
        page = pathlib.Path(report).read_text(encoding="utf-8").replace("<head>", "<head>" + POLICY, 1)
        (folder / f"{number}.html").write_text(page.replace("</body>", MEASURE + "</body>"), encoding="utf-8")
        frames += [f'<iframe name="{number} {width}" src="{number}.html" width="{width}" height="900" '
                   'style="border: none"></iframe>' for width in WIDTHS]
    (folder / "outer.html").write_text(OUTER % "".join(frames), encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
               "--hide-scrollbars", f"--user-data-dir={folder}/profile", "--host-resolver-rules=MAP * ~NOTFOUND",
               "--enable-logging=stderr", "--window-size=1600,1000", "--virtual-time-budget=20000",
               f"--screenshot={folder}/page.png", "--dump-dom", f"file://{folder}/outer.html"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found = re.search(r'<pre id="all">(.*?)</pre>', run.stdout, re.DOTALL)
    if not found or not (folder / "page.png").stat().st_size:
        sys.exit(f"chromium gave no page ({run.returncode}): {run.stderr[-2000:]}")
    measured = {tuple(map(int, one["name"].split())): one for one in json.loads(html.unescape(found.group(1)))}
    return measured, [line for line in run.stderr.splitlines() if "CONSOLE" in line]


def faults(number, measured, width):
    one = measured.get((number, width))
    if not one:
        return ["it was not drawn"]
    found = [f"loads {name}" for name in one["loaded"]]
    if one["inner"] != width or one["page"] > width:
        found.append(f"it is {one['page']} pixels wide")
    for chart in one["charts"]:
        if chart["width"] < 200 or chart["height"] < 100 or not chart["marks"]:
            found.append(f"the chart '{chart['title']}' is {chart['width']} x {chart['height']}, {chart['marks']} marks")
        if chart["text"] < LEAST_TEXT:
            found.append(f"the chart '{chart['title']}' has text of {chart['text']} pixels")
        found += [f"the chart '{chart['title']}' cuts off '{text}'" for text in chart["outside"]]
    found += [f"the picture '{picture['name']}' is not there" for picture in one["pictures"]
              if not (picture["pixels"] and picture["width"] and picture["height"])]
    return found


def main():
    reports = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        measured, console = open_pages(reports, pathlib.Path(folder))
    right = True
    for number, report in enumerate(reports):
        wrong = [f"{width} pixels: {fault}" for width in WIDTHS for fault in faults(number, measured, width)]
        wrong += [line for line in console if f"/{number}.html" in line]
        one = measured.get((number, WIDTHS[0]), {"charts": [], "pictures": []})
        print(f"{report}: {len(one['charts'])} charts, {len(one['pictures'])} pictures,", "; ".join(wrong) or "as it should be")
        right = right and not wrong
    sys.exit(0 if right else 1)


main()
