// `dlc lsp`: the language server protocol for .dl files.
#ifndef DLC_TOOLS_DRIVER_DLLANGUAGESERVER_H
#define DLC_TOOLS_DRIVER_DLLANGUAGESERVER_H

namespace dlc {

/// Serves stdin and stdout until `exit` or the end of the input; what goes wrong is logged to stderr. Returns the
/// process's exit code: 0 if the editor sent `shutdown` before, else 1.
int runDlLanguageServer();

} // namespace dlc

#endif
