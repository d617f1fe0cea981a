#include "tools/driver/DlLanguageServer.h"
#include "tools/driver/DlAnswers.h"
#include "tools/driver/EditorInput.h"
#include <map>
#include <unistd.h>

using namespace dlc;
namespace lsp = llvm::lsp;
namespace json = llvm::json;
using lsp::Callback;
using lsp::ErrorCode;

namespace {

/// `textDocument/formatting` has options besides, which the one format ignores.
using DocumentFormattingParams = lsp::DocumentSymbolParams;

/// What the editor has open, by clean path.
class Workspace {
public:
  struct Document {
    lsp::URIForFile uri; // as the editor wrote it
    int64_t version = 0;
    std::string text;
    bool isStale = true;                // its diagnostics are to be sent
    std::unique_ptr<DlProgram> program; // null: to be parsed
  };

  std::map<std::string, Document> documents;

  /// The file at \p path, or all with an empty one, is no longer what it was: nor are the programs that read it.
  void invalidate(llvm::StringRef path) {
    for (auto &[name, document] : documents)
      if (path.empty() || name == path || (document.program && document.program->reads(path))) {
        document.program.reset();
        document.isStale = true;
      }
  }

  /// Null when the file is not open.
  const DlProgram *program(const lsp::URIForFile &uri) {
    auto it = documents.find(cleanPath(uri.file()));
    return it == documents.end() ? nullptr : &parsed(it->first, it->second);
  }
  DlProgram &parsed(const std::string &path, Document &document) {
    if (!document.program)
      document.program = std::make_unique<DlProgram>(
          path, document.text, [this](llvm::StringRef other, std::string &error) { return read(other, error); });
    return *document.program;
  }

  std::optional<lsp::URIForFile> uriOf(llvm::StringRef path) const {
    if (auto it = documents.find(path.str()); it != documents.end())
      return it->second.uri;
    if (llvm::Expected<lsp::URIForFile> uri = lsp::URIForFile::fromFile(path))
      return *uri;
    else
      llvm::consumeError(uri.takeError());
    return std::nullopt;
  }

private:
  /// What is open in the editor counts, saved or not.
  std::optional<std::string> read(llvm::StringRef path, std::string &error) const {
    if (auto it = documents.find(path.str()); it != documents.end())
      return it->second.text;
    return dsl::readSourceFile(path, error);
  }
};

class Server {
public:
  Server(int input, llvm::raw_ostream &output)
      : transport(std::make_unique<EditorInput>(input, events()), output), handler(transport) {
    addHandlers();
  }

  int run() {
    if (llvm::Error error = transport.run(handler))
      llvm::consumeError(std::move(error)); // the end of the input
    return state == State::Stopped ? 0 : 1;
  }

private:
  enum class State { Starting, Serving, Stopped };

  EditorInput::Events events() {
    return {[this] { sendDiagnostics(); },
            [this](json::Value id, ErrorCode code, std::string message) {
              transport.reply(std::move(id), llvm::make_error<lsp::LSPError>(std::move(message), code));
            }};
  }
  void addHandlers();

  /// Answers for a request that comes too early or too late.
  template <typename Result> bool refuses(Callback<Result> &reply) {
    if (state == State::Serving)
      return false;
    bool isEarly = state == State::Starting;
    reply(llvm::make_error<lsp::LSPError>(isEarly ? "expected initialize first" : "the server is shut down",
                                          isEarly ? ErrorCode::ServerNotInitialized : ErrorCode::InvalidRequest));
    return true;
  }
  template <typename Result>
  void answer(const lsp::URIForFile &uri, Callback<Result> &reply,
              llvm::function_ref<Result(const DlProgram &)> answerFor) {
    if (refuses(reply))
      return;
    const DlProgram *program = workspace.program(uri);
    reply(program ? answerFor(*program) : Result());
  }

  void onInitialize(const lsp::InitializeParams &params, Callback<json::Value> reply);
  void onInitialized(const lsp::InitializedParams &) {}
  void onShutdown(const lsp::NoParams &params, Callback<std::nullptr_t> reply);
  void onOpen(const lsp::DidOpenTextDocumentParams &params);
  void onChange(const lsp::DidChangeTextDocumentParams &params);
  void onClose(const lsp::DidCloseTextDocumentParams &params);
  void onFilesChanged(const lsp::NoParams &) { workspace.invalidate(""); }
  void onHover(const lsp::TextDocumentPositionParams &params, Callback<std::optional<lsp::Hover>> reply);
  void onDefinition(const lsp::TextDocumentPositionParams &params, Callback<std::vector<lsp::Location>> reply);
  void onSymbols(const lsp::DocumentSymbolParams &params, Callback<std::vector<lsp::DocumentSymbol>> reply);
  void onFormatting(const DocumentFormattingParams &params, Callback<std::vector<lsp::TextEdit>> reply);

  void sendDiagnostics();

  lsp::JSONTransport transport;
  lsp::MessageHandler handler;
  lsp::OutgoingNotification<lsp::PublishDiagnosticsParams> publish;
  Workspace workspace;
  State state = State::Starting;
};

} // namespace

void Server::addHandlers() {
  handler.method("initialize", this, &Server::onInitialize);
  handler.notification("initialized", this, &Server::onInitialized);
  handler.method("shutdown", this, &Server::onShutdown);
  handler.notification("textDocument/didOpen", this, &Server::onOpen);
  handler.notification("textDocument/didChange", this, &Server::onChange);
  handler.notification("textDocument/didClose", this, &Server::onClose);
  handler.notification("workspace/didChangeWatchedFiles", this, &Server::onFilesChanged);
  handler.method("textDocument/hover", this, &Server::onHover);
  handler.method("textDocument/definition", this, &Server::onDefinition);
  handler.method("textDocument/documentSymbol", this, &Server::onSymbols);
  handler.method("textDocument/formatting", this, &Server::onFormatting);
  publish = handler.outgoingNotification<lsp::PublishDiagnosticsParams>("textDocument/publishDiagnostics");
}

// ---- the session ----

void Server::onInitialize(const lsp::InitializeParams &, Callback<json::Value> reply) {
  if (state != State::Starting)
    return reply(llvm::make_error<lsp::LSPError>("the server is initialized already", ErrorCode::InvalidRequest));
  state = State::Serving;
  json::Object sync{{"openClose", true}, {"change", static_cast<int>(lsp::TextDocumentSyncKind::Full)}};
  json::Object capabilities{
      {"positionEncoding", "utf-16"},     {"textDocumentSync", std::move(sync)},
      {"hoverProvider", true},            {"definitionProvider", true},
      {"documentSymbolProvider", true},   {"documentFormattingProvider", true},
  };
  reply(json::Object{{"capabilities", std::move(capabilities)}, {"serverInfo", json::Object{{"name", "dlc"}}}});
}

void Server::onShutdown(const lsp::NoParams &, Callback<std::nullptr_t> reply) {
  if (refuses(reply))
    return;
  sendDiagnostics();
  state = State::Stopped;
  reply(nullptr);
}

// ---- documents ----

void Server::onOpen(const lsp::DidOpenTextDocumentParams &params) {
  if (state != State::Serving)
    return;
  const lsp::TextDocumentItem &item = params.textDocument;
  std::string path = cleanPath(item.uri.file());
  workspace.invalidate(path);
  workspace.documents[path] = {item.uri, item.version, item.text, true, nullptr};
}

void Server::onChange(const lsp::DidChangeTextDocumentParams &params) {
  std::string path = cleanPath(params.textDocument.uri.file());
  auto it = workspace.documents.find(path);
  if (it == workspace.documents.end())
    return lsp::Logger::error("{0} changed, but is not open", path);
  Workspace::Document &document = it->second;
  document.version = params.textDocument.version;
  for (const lsp::TextDocumentContentChangeEvent &change : params.contentChanges) {
    if (!change.range) {
      document.text = change.text;
      continue;
    }
    TextPositions positions(document.text);
    uint32_t begin = positions.offset(change.range->start);
    uint32_t end = std::max(begin, positions.offset(change.range->end));
    document.text.replace(begin, end - begin, change.text);
  }
  workspace.invalidate(path);
}

void Server::onClose(const lsp::DidCloseTextDocumentParams &params) {
  std::string path = cleanPath(params.textDocument.uri.file());
  auto it = workspace.documents.find(path);
  if (it == workspace.documents.end())
    return;
  publish(lsp::PublishDiagnosticsParams(it->second.uri, it->second.version));
  workspace.documents.erase(it);
  workspace.invalidate(path);
}

/// Run when the editor has nothing else to say: while somebody types, only the last state is elaborated.
void Server::sendDiagnostics() {
  for (auto &[path, document] : workspace.documents) {
    if (!document.isStale)
      continue;
    document.isStale = false;
    lsp::PublishDiagnosticsParams params(document.uri, document.version);
    params.diagnostics = diagnose(workspace.parsed(path, document),
                                  [this](llvm::StringRef other) { return workspace.uriOf(other); });
    publish(params);
  }
}

// ---- questions ----

void Server::onHover(const lsp::TextDocumentPositionParams &params, Callback<std::optional<lsp::Hover>> reply) {
  answer<std::optional<lsp::Hover>>(params.textDocument.uri, reply, [&](const DlProgram &program) {
    return hoverAt(program, params.position);
  });
}

void Server::onDefinition(const lsp::TextDocumentPositionParams &params, Callback<std::vector<lsp::Location>> reply) {
  answer<std::vector<lsp::Location>>(params.textDocument.uri, reply, [&](const DlProgram &program) {
    return definitionAt(program, params.position, [this](llvm::StringRef path) { return workspace.uriOf(path); });
  });
}

void Server::onSymbols(const lsp::DocumentSymbolParams &params, Callback<std::vector<lsp::DocumentSymbol>> reply) {
  answer<std::vector<lsp::DocumentSymbol>>(params.textDocument.uri, reply, symbolsOf);
}

void Server::onFormatting(const DocumentFormattingParams &params, Callback<std::vector<lsp::TextEdit>> reply) {
  answer<std::vector<lsp::TextEdit>>(params.textDocument.uri, reply, [](const DlProgram &program) {
    return formattingOf(program.mainText());
  });
}

int dlc::runDlLanguageServer() {
  llvm::raw_fd_ostream output(STDOUT_FILENO, /*shouldClose=*/false);
  int code = Server(STDIN_FILENO, output).run();
  output.clear_error(); // the editor is gone
  return code;
}
