#include "backends/package/HeaderBuilder.h"

#include "backends/package/ElementBytes.h"
#include "backends/package/JsonText.h"
#include "runtime/abi/FileFormat.h"
#include "runtime/abi/ProgramNumbers.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::package;

// Offsets inside a flatbuffer have 32 bits and the builder does not check them, so what could be large is looked at
// before it is built.
LogicalResult HeaderBuilder::checkSizes() {
  uint64_t bytes = 0;
  for (const auto &[name, text] : input.sources)
    bytes += name.size() + text.size();
  for (const auto &[key, value] : input.metadata)
    bytes += key.size() + value.size();
  if (bytes > abi::kMaxHeaderBytes)
    return program.emitError("sources and metadata have ")
           << bytes << " bytes, a program holds at most " << abi::kMaxHeaderBytes;
  return success();
}

LogicalResult HeaderBuilder::checkProgram() {
  if (program.getSymbols().size() > abi::kMaxSymbols)
    return program.emitError("the program has ")
           << program.getSymbols().size() << " symbols, at most " << abi::kMaxSymbols << " are allowed";
  for (auto [i, symbol] : llvm::enumerate(program.getSymbols().getAsValueRange<StringAttr>()))
    symbolIndices[symbol] = i;
  for (const auto &[path, text] : input.sources) {
    if (!sourceIndices.try_emplace(path, sourceTexts.size()).second)
      return program.emitError("two sources are called ") << path;
    sourceTexts.emplace_back(path, text);
  }
  return success();
}

auto HeaderBuilder::symbols() -> Offset<flatbuffers::Vector<Offset<flatbuffers::String>>> {
  Offsets<flatbuffers::String> names;
  for (StringRef symbol : program.getSymbols().getAsValueRange<StringAttr>())
    names.push_back(text(symbol));
  return builder.CreateVector(names);
}

static uint32_t variableKind(StringRef name) {
  constexpr llvm::StringLiteral names[] = {"param", "state", "slot", "metric", "hyper", "session"};
  return uint32_t(abi::VariableKind::Param) + (llvm::find(names, name) - std::begin(names)); // ProgramOp verified it
}

auto HeaderBuilder::variable(DictionaryAttr entry) -> Offset<schema::Variable> {
  auto type = cast<RankedTensorType>(entry.getAs<TypeAttr>("type").getValue());
  StringRef name = entry.getAs<StringAttr>("name").getValue();
  if (type.getRank() > abi::kMaxRank)
    report("variable " + name + " has rank " + Twine(type.getRank()) + ", at most " + Twine(abi::kMaxRank) +
           " is allowed");
  plan::SourcePlace where;
  where.file = entry.getAs<StringAttr>("file").getValue();
  where.line = entry.getAs<IntegerAttr>("line").getInt();
  where.column = entry.getAs<IntegerAttr>("column").getInt();
  auto nameText = text(name);
  auto shape = builder.CreateVector(type.getShape().data(), type.getShape().size());
  auto owner = text(entry.getAs<StringAttr>("owner").getValue());
  auto location = place(where);
  schema::VariableBuilder table(builder);
  table.add_name(nameText);
  table.add_kind(variableKind(entry.getAs<StringAttr>("kind").getValue()));
  table.add_dtype(dataType(type.getElementType()));
  table.add_shape(shape);
  table.add_offset(entry.getAs<IntegerAttr>("offset").getInt());
  table.add_bytes(entry.getAs<IntegerAttr>("bytes").getInt());
  table.add_trainable(entry.getAs<BoolAttr>("trainable").getValue());
  table.add_owner(owner);
  table.add_location(location);
  return table.Finish();
}

auto HeaderBuilder::variables() -> Offsets<schema::Variable> {
  Offsets<schema::Variable> result;
  for (auto entry : program.getVariables().getAsRange<DictionaryAttr>())
    result.push_back(variable(entry));
  return result;
}

auto HeaderBuilder::kernelTables() -> Offsets<schema::Kernel> {
  Offsets<schema::Kernel> result;
  for (auto [i, kernel] : llvm::enumerate(kernels.kernels)) {
    location = kernel.location;
    auto name = text(kernel.facts.name), kind = text(kernel.facts.kind);
    auto parallel = formula(kernel.facts.parallel), flops = formula(kernel.flops), bytes = formula(kernel.bytes);
    auto where = place(plan::sourceOf(kernel.location));
    schema::KernelBuilder table(builder);
    table.add_name(name);
    table.add_kind(kind);
    table.add_entry(i);
    table.add_parallel(parallel);
    table.add_grain(kernel.facts.grain);
    table.add_flops(flops);
    table.add_bytes(bytes);
    table.add_outputs_from(kernel.outputsFrom);
    table.add_location(where);
    result.push_back(table.Finish());
  }
  location = program.getLoc();
  return result;
}

auto HeaderBuilder::targets(unsigned firstImageSegment) -> Offsets<schema::Target> {
  Offsets<schema::Target> result;
  for (auto [i, image] : llvm::enumerate(input.images))
    result.push_back(schema::CreateTarget(builder, text(image.level), image.vectorBits, firstImageSegment + i));
  return result;
}

auto HeaderBuilder::sources() -> Offsets<schema::Source> {
  Offsets<schema::Source> result;
  for (const auto &[path, contents] : sourceTexts) {
    auto pathText = text(path);
    result.push_back(schema::CreateSource(builder, pathText, text(contents)));
  }
  return result;
}

auto HeaderBuilder::jsonEntry(StringRef key, StringRef attribute) -> FailureOr<Offset<schema::Metadata>> {
  FailureOr<std::string> value = jsonText(input.plan->getAttr(attribute));
  if (mlir::failed(value))
    return input.plan->emitError() << attribute << " holds something that is no plain value";
  auto keyText = text(key);
  return schema::CreateMetadata(builder, keyText, text(*value));
}

auto HeaderBuilder::metadata() -> FailureOr<Offsets<schema::Metadata>> {
  Offsets<schema::Metadata> result;
  for (auto [key, attribute] : {std::pair("recipe", "graph.recipe"), std::pair("layers", "graph.layers")}) {
    if (!input.plan->hasAttr(attribute))
      continue;
    FailureOr<Offset<schema::Metadata>> entry = jsonEntry(key, attribute);
    if (mlir::failed(entry))
      return failure();
    result.push_back(*entry);
  }
  for (const auto &[key, value] : input.metadata) {
    auto keyText = text(key);
    result.push_back(schema::CreateMetadata(builder, keyText, text(value)));
  }
  return result;
}

FailureOr<std::vector<char>> HeaderBuilder::build(unsigned firstImageSegment) {
  if (mlir::failed(checkSizes()) || mlir::failed(checkProgram()))
    return failure();
  auto name = text(program.getSymName());
  auto symbolTable = symbols();
  auto variableTables = builder.CreateVector(variables());
  Offsets<schema::Function> functions;
  for (auto op : program.getOps<plan::FunctionOp>())
    functions.push_back(function(op));
  auto functionTables = builder.CreateVector(functions);
  auto kernelVector = builder.CreateVector(kernelTables());
  auto targetTables = builder.CreateVector(targets(firstImageSegment));
  FailureOr<Offsets<schema::Metadata>> entries = metadata();
  if (mlir::failed(entries))
    return failure();
  auto metadataTables = builder.CreateVector(*entries);
  auto sourceTables = builder.CreateVector(sources()); // last: places may have named more of them
  schema::ProgramBuilder table(builder);
  table.add_version(abi::kFormatVersion);
  table.add_name(name);
  table.add_symbols(symbolTable);
  table.add_variables(variableTables);
  table.add_variables_bytes(program.getVariablesBytes());
  table.add_functions(functionTables);
  table.add_kernels(kernelVector);
  table.add_targets(targetTables);
  table.add_sources(sourceTables);
  table.add_metadata(metadataTables);
  builder.Finish(table.Finish(), schema::ProgramIdentifier());
  if (failed)
    return failure();
  if (builder.GetSize() > abi::kMaxHeaderBytes)
    return program.emitError("the header has ")
           << builder.GetSize() << " bytes, at most " << abi::kMaxHeaderBytes << " are allowed";
  auto *bytes = reinterpret_cast<const char *>(builder.GetBufferPointer());
  return std::vector<char>(bytes, bytes + builder.GetSize());
}
