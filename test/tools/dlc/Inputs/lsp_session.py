"""Usage: lsp_session.py folder command... Runs a server through an editor's session; fails with what was not as expected."""
import json
import pathlib
import sys

from lsp_client import Server

folder = pathlib.Path(sys.argv[1]).resolve()
command = sys.argv[2:]

BLOCKS = """/// Twice dense.
layer twice(units: int)(x: T[..., n]) -> T[..., units] {
  x |> dense(units) |> dense(units)
}
fn doubled(x) = x + x
"""
MODEL = """import "blocks.dl"

const CLASSES = 3

/// Scales its input.
layer scaled(factor = 2.0)(x: T[..., n]) -> T[..., n] {
  param gain: T[n] = ones
  let activation = x * gain
  activation * factor
}

model Net(x: f32[batch, 4]) -> f32[batch, CLASSES] {
  x |> scaled(factor = 3.0) |> twice(8) |> dense(CLASSES, softmax)
}

train Net(y: i32[batch]) {
  loss = sparse_categorical_crossentropy
  optimizer = adam(learning_rate = 1e-3)
}
"""
model_path = folder / "model with space.dl"
model_uri = model_path.as_uri()
blocks_path = folder / "blocks.dl"
blocks_uri = blocks_path.as_uri()
blocks_path.write_text(BLOCKS)


def expect(condition, what, found):
    if not condition:
        sys.exit(f"expected {what}, found {json.dumps(found, indent=1, ensure_ascii=False)}")


def place(text, word, after=""):
    """The position of the first `word` behind `after`; columns in UTF-16 units."""
    before = text[: text.index(word, text.index(after))]
    return {"line": before.count("\n"), "character": len(before.rsplit("\n", 1)[-1].encode("utf-16-le")) // 2}


def covered(text, span):
    """The text of a range within one line."""
    expect(span["start"]["line"] == span["end"]["line"], "a range in one line", span)
    line = text.split("\n")[span["start"]["line"]].encode("utf-16-le")
    return line[2 * span["start"]["character"] : 2 * span["end"]["character"]].decode("utf-16-le")


def applied(text, edits):
    for edit in edits:
        lines = text.split("\n")
        offset = lambda at: len("\n".join(lines[: at["line"]] + [lines[at["line"]][: at["character"]]]))
        text = text[: offset(edit["range"]["start"])] + edit["newText"] + text[offset(edit["range"]["end"]) :]
    return text


def started():
    server = Server(command)
    early = server.request("textDocument/hover", textDocument={"uri": model_uri}, position={"line": 0, "character": 0})
    expect(early and early.get("code") == -32002, "ServerNotInitialized before initialize", early)
    capabilities = server.request("initialize", processId=None, rootUri=None, capabilities={})["capabilities"]
    expect(capabilities["hoverProvider"] and capabilities["textDocumentSync"]["change"] == 1, "capabilities", capabilities)
    server.notify("initialized")
    return server


class Editor:
    """One open document."""

    def __init__(self, server, uri):
        self.server, self.uri, self.version, self.text = server, uri, 1, ""

    def open(self, text):
        self.text = text
        item = {"uri": self.uri, "languageId": "dl", "version": self.version, "text": text}
        self.server.notify("textDocument/didOpen", textDocument=item)
        return self.server.published(self.uri)

    def change(self, text):
        self.version, self.text = self.version + 1, text
        self.server.notify(
            "textDocument/didChange",
            textDocument={"uri": self.uri, "version": self.version},
            contentChanges=[{"text": text}],
        )
        return self.server.published(self.uri)

    def ask(self, what, **params):
        return self.server.request("textDocument/" + what, textDocument={"uri": self.uri}, **params)

    def hover(self, word, after=""):
        hover = self.ask("hover", position=place(self.text, word, after))
        expect(hover, f"a hover for {word}", hover)
        expect(covered(self.text, hover["range"]) == word, f"the range of {word}", hover)
        return hover["contents"]["value"]

    def definition(self, word, after=""):
        return self.ask("definition", position=place(self.text, word, after))


def check_diagnostics(editor):
    parse = editor.open(MODEL.replace("factor = 3.0)", "factor = 3.0"))
    expect(len(parse) == 1 and parse[0]["severity"] == 1 and "')'" in parse[0]["message"], "one parse error", parse)
    unknown = editor.change(MODEL.replace("dense(CLASSES", "denze(CLASSES"))
    expect(len(unknown) == 1 and "did you mean 'dense'" in unknown[0]["message"], "an unknown name", unknown)
    expect(covered(editor.text, unknown[0]["range"]) == "denze", "the range of denze", unknown)
    # The column counts UTF-16 units: the emoji has 4 bytes and 2 units.
    wide = 'fn wide(x) = ("😀é", denze(2))\nmodel M(x: f32[batch, 4]) -> f32[batch, 4] { wide(x) }\n'
    unknown = editor.change(wide)
    expect(len(unknown) == 1 and covered(wide, unknown[0]["range"]) == "denze", "denze behind an emoji", unknown)
    shape = editor.change(MODEL.replace("x * gain", "x @ gain[none, :]"))
    expect(shape and "[" in shape[0]["message"], "a shape error", shape)
    expect(covered(editor.text, shape[0]["range"]) == "x @ gain[none, :]", "the range of the product", shape)
    expect("relatedInformation" in shape[0], "the trace of calls", shape)
    return editor.change(MODEL)


def check_imports(server, editor):
    """What is open counts, not what is on the disk; a fault in an import shows where it is used."""
    blocks = Editor(server, blocks_uri)
    expect(blocks.open(BLOCKS) == [], "no errors in a file without models", server.diagnostics)
    broken = BLOCKS.replace("x |> dense(units) |>", "x |> dense(units + 1) |> denze(units) |>")
    expect(blocks.change(broken) == [], "no errors: nothing elaborates the layer", server.diagnostics)
    found = server.published(editor.uri)
    expect(len(found) == 1 and "blocks.dl:3" in found[0]["message"], "the import's fault", found)
    expect(covered(editor.text, found[0]["range"]) == "twice(8)", "the call", found)
    expect(found[0]["relatedInformation"][0]["location"]["uri"] == blocks_uri, "its place", found)
    found = blocks.change("layer twice(")
    expect(len(found) == 1, "a parse error", found)
    found = server.published(editor.uri)
    expect(len(found) == 1 and covered(editor.text, found[0]["range"]) == '"blocks.dl"', "a fault of the import", found)
    server.notify("textDocument/didClose", textDocument={"uri": blocks_uri})
    expect(server.published(blocks_uri) == [], "diagnostics of the closed file removed", server.diagnostics)
    expect(server.published(editor.uri) == [], "the file on the disk used again", server.diagnostics)


def check_hover(editor):
    dense = editor.hover("dense", after="twice(8)")
    expect("layer dense(units: int" in dense and "Fully connected" in dense and "std/" in dense, "dense", dense)
    scaled = editor.hover("scaled", after="model Net")
    expect("layer scaled(factor = 2.0)(x: T[..., n]) -> T[..., n]" in scaled and "Scales its input" in scaled, "scaled", scaled)
    expect("Twice dense" in editor.hover("twice"), "an imported layer", scaled)
    expect("optimizer adam(" in editor.hover("adam"), "an optimizer", scaled)
    # A local name hides the library's layer of that name.
    local = editor.hover("activation", after="gain\n")
    expect("let activation = x * gain" in local, "a local name", local)
    expect("const CLASSES = 3" in editor.hover("CLASSES", after="twice(8)"), "a const", local)
    expect("factor = 2.0" in editor.hover("factor", after="model Net"), "an argument's name", local)
    for nothing in ({"line": 1, "character": 0}, {"line": 10**6, "character": 7}, {"line": 3, "character": 10**6},
                    {"line": -5, "character": -5}):
        hover = editor.ask("hover", position=nothing)
        expect(hover is None, f"no hover at {nothing}", hover)


def check_definition(editor):
    for word, after, uri, text in (("scaled", "model Net", editor.uri, MODEL), ("twice", "", blocks_uri, BLOCKS),
                                   ("gain", "let ", editor.uri, MODEL), ("Net", "train", editor.uri, MODEL)):
        found = editor.definition(word, after)
        expect(len(found) == 1 and found[0]["uri"] == uri, f"the definition of {word}", found)
        expect(covered(text, found[0]["range"]) == word, f"the range of {word}", found)
    expect(editor.definition("adam") == [], "no definition in the library", None)
    found = editor.definition("blocks.dl")
    expect(len(found) == 1 and found[0]["uri"] == blocks_uri, "the imported file", found)


def check_symbols_and_format(editor):
    symbols = editor.ask("documentSymbol")
    names = [symbol["name"] for symbol in symbols]
    expect(names == ["CLASSES", "scaled", "Net", "train Net"], "symbols", names)
    expect([child["name"] for child in symbols[1]["children"]] == ["gain"], "children", symbols[1])
    expect([child["name"] for child in symbols[3]["children"]] == ["loss", "optimizer"], "settings", symbols[3])
    options = {"tabSize": 2, "insertSpaces": True}
    edits = editor.ask("formatting", options=options)
    expect(len(edits) == 1 and edits[0]["range"]["start"]["line"] == 16, "an edit of one line", edits)
    formatted = applied(editor.text, edits)
    expect("  loss      = sparse" in formatted, "aligned settings", formatted)
    editor.change(formatted)
    expect(editor.ask("formatting", options=options) == [], "nothing more to format", formatted)
    editor.change("model (\n")
    expect(editor.ask("formatting", options=options) == [], "a broken file left alone", None)
    expect(editor.ask("documentSymbol") == [], "no symbols", None)


def check_malformed(server, editor):
    for body in (b"[]", b"{}", b"null", b"{", b"\xff\xfe", b'{"jsonrpc":"2.0"}', b'{"jsonrpc":"2.0","id":[],"method":3}',
                 b"[" * 100000, b'{"jsonrpc":"2.0","id":7,"result":null}', b'{"jsonrpc":"1.0","id":"a","method":"x"}',
                 b'{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":5}}',
                 b'{"jsonrpc":"2.0","method":"textDocument/didChange","params":[]}',
                 b'{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":'
                 b'{"uri":"untitled:1","languageId":"dl","version":1,"text":""}}}'):
        server.send_bytes(body)
    server.process.stdin.write(b"garbage\r\nContent-Length: -4\r\n\r\nContent-Length: x\r\n\r\n")
    unknown = server.request("textDocument/unknown")
    expect(unknown["code"] == -32601, "method not found", unknown)
    bad = server.request("textDocument/hover", textDocument=[])
    expect(bad["code"] == -32602, "invalid parameters", bad)
    closed = server.request("textDocument/hover", textDocument={"uri": "file:///not/open.dl"}, position={"line": 0, "character": 0})
    expect(closed is None, "no hover in a file that is not open", closed)
    editor.change("model M(x: f32[batch, 4]) -> f32[batch, 4] { " + "(" * 5000)
    editor.change("\x00\ud7ff\r\u2028" * 100)


server = started()
editor = Editor(server, model_uri)
expect(check_diagnostics(editor) == [], "no errors in the whole file", server.diagnostics)
check_hover(editor)
check_definition(editor)
check_imports(server, editor)
check_symbols_and_format(editor)
check_malformed(server, editor)
expect(server.request("shutdown") is None, "an answer to shutdown", None)
server.notify("exit")
expect(server.finish() == 0, "exit code 0 after shutdown", None)

server = started()
expect(server.finish() == 1, "exit code 1 when the input ends before shutdown", None)
