#include "tools/fit/ColumnOrder.h"
#include "tools/fit/Problem.h"

namespace dlc::fit {

int64_t columnOrder(const Dataset &data) {
  uint64_t hash = 0xcbf29ce484222325; // FNV-1a
  bool any = false;
  auto add = [&](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3; };
  for (const PortData &port : data.ports()) {
    if (port.role != 0 || port.values.columns.size() < 2)
      continue;
    if (!port.byPosition)
      return 0;
    any = true;
    for (const std::string &name : port.values.columns) {
      for (char c : name)
        add(static_cast<unsigned char>(c));
      add(0);
    }
  }
  return any ? static_cast<int64_t>(hash | 1) : 0;
}

int64_t trainedColumns(const Variables &variables) {
  return variables.has("columns") ? variables.integer("columns") : 0;
}

void checkColumnOrder(int64_t trained, const Dataset &data) {
  int64_t order = columnOrder(data);
  if (!trained || !order || order == trained)
    return;
  for (const PortData &port : data.ports())
    if (port.role == 0 && port.byPosition)
      throw Problem(ExitCode::BadInput, port.values.file,
                    "its columns are not those of the training table, or not in their order",
                    "reorder them; or name the columns in the recipe before training, " + port.name +
                        " = columns(\"FILE\", [...]): then their order does not matter");
}

} // namespace dlc::fit
