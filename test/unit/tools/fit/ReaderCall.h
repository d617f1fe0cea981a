// One call of a reader: ports that are made by hand, options as a recipe says them.
#ifndef DLC_TEST_UNIT_TOOLS_FIT_READERCALL_H
#define DLC_TEST_UNIT_TOOLS_FIT_READERCALL_H

#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include "tools/fit/ExampleReader.h"
#include <deque>

namespace dlc::test {

/// Without the batch; -1: a size that is open.
inline const dlc_port *portOf(const char *name, dlc_dtype dtype, std::vector<int64_t> sizes, uint32_t role = 0) {
  struct Port {
    std::string name;
    std::vector<std::string> formulas;
    std::vector<dlc_dim> dims;
    dlc_port port;
  };
  static std::deque<Port> all; // tests end soon
  Port &made = all.emplace_back();
  made.name = name;
  sizes.insert(sizes.begin(), -1);
  for (int64_t size : sizes)
    made.formulas.push_back(size < 0 ? made.formulas.empty() ? "batch" : "n" : std::to_string(size));
  for (size_t i = 0; i < sizes.size(); ++i)
    made.dims.push_back({sizes[i], made.formulas[i].c_str()});
  made.port = {};
  made.port.name = made.name.c_str();
  made.port.dtype = dtype;
  made.port.role = role;
  made.port.rank = static_cast<uint32_t>(sizes.size());
  made.port.dims = made.dims.data();
  return &made.port;
}

struct ReaderCall {
  fit::ExampleReader reader;
  fit::DataSpec spec = {};
  fit::Dataset::Options options = {};

  ReaderCall(fit::ExampleReader reader, const std::string &name,
             const nlohmann::json &values = nlohmann::json::object())
      : reader(reader) {
    spec.name = "data";
    spec.reader = name;
    spec.options = values;
  }
  fit::ReaderOutput read(const std::string &file, const std::vector<const dlc_port *> &ports,
                         std::vector<std::string> further = {}) const {
    fit::ReaderInput input = {{file, {}, false, std::move(further)}, {}, spec, options};
    for (const dlc_port *port : ports)
      input.ports.push_back({port, {}});
    return reader(input);
  }
  Complaint complaint(const std::string &file, const std::vector<const dlc_port *> &ports) const {
    return complaintOf([&] { read(file, ports); });
  }
};

/// A row of a port.
inline std::vector<double> rowOf(const fit::PortData &port, int64_t row) {
  std::vector<double> values;
  for (int64_t i = 0; i < port.values.width(); ++i)
    values.push_back(port.values.at(row, i));
  return values;
}

} // namespace dlc::test

#endif
