"""Takes one chart out of an HTML report of `dlc`, as an SVG file of its own.

    report_chart.py REPORT.html "Predicted against true" OUT.svg
"""
import html
import pathlib
import re
import sys


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__.strip())
    report, title, out = sys.argv[1:]
    text = pathlib.Path(report).read_text(encoding="utf-8")
    charts = {html.unescape(label): (attributes, body) for attributes, label, body in
              re.findall(r'<svg([^>]*aria-label="([^"]*)"[^>]*)>(.*?)</svg>', text, re.DOTALL)}
    if title not in charts:
        sys.exit(f"{report}: no chart is called '{title}'; there are " + (", ".join(charts) or "none"))
    attributes, body = charts[title]
    x, y, width, height = re.search(r'viewBox="([^"]*)"', attributes)[1].split()
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    pathlib.Path(out).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"{attributes}>\n'
        f"<style>{style[1] if style else ''}\n"
        f".chart {{ width: {width}px; height: {height}px; }}</style>\n"
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="var(--card)"/>\n{body}\n</svg>\n',
        encoding="utf-8")


if __name__ == "__main__":
    main()
