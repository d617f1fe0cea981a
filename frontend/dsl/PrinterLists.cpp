// What stands in brackets, one item after another; types, parameters, patterns.
#include "frontend/dsl/PrinterCore.h"

using namespace dlc::dsl;
using namespace dlc::dsl::ast;

/// As many items on a line as fit, aligned behind the bracket; but when an item holds a block that is spread
/// over lines, nothing is aligned, so that the block is indented like one outside of brackets.
Format Printer::list(llvm::StringRef opening, llvm::StringRef closing, llvm::ArrayRef<ListItem> items) {
  if (items.empty())
    return word(opening.str() + closing.str());
  bool isNested = false;
  for (const ListItem &item : items)
    isNested |= item.hasBlock;
  std::vector<Format> parts;
  Format first = nullptr;
  std::vector<Format> before = separatorBefore(items.front(), items.front().range.begin, first, isNested);
  // A comment behind the bracket; the items begin on the next line.
  Format head = first ? cat({first, cat(before)}) : nullptr;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) {
      std::vector<Format> separator = separatorBefore(items[i], items[i - 1].range.end, parts.back(), isNested);
      parts.back() = doc.group(parts.back());
      parts.push_back(cat(separator));
    }
    Format item = items[i].print();
    parts.push_back(i + 1 < items.size() ? cat({item, word(",")}) : item);
  }
  Format tail = nullptr;
  uint32_t end = items.back().range.end;
  Format last = nullptr;
  if (hasComment(end, closingBracketAfter(end)))
    tail = cat(separatorBefore({{module.file, closingBracketAfter(end), 0}, nullptr}, end, last, isNested));
  parts.back() = doc.group(cat({parts.back(), last}));
  Format inner = cat({head, doc.fill(std::move(parts)), tail});
  return cat({word(opening), isNested ? inner : doc.align(inner), word(closing)});
}

/// What is between two items: a break that may be taken, or the comments there. A comment on the line of the
/// previous item is appended to \p previous.
std::vector<Format> Printer::separatorBefore(const ListItem &item, uint32_t previousEnd, Format &previous,
                                             bool isNested) {
  auto indented = [&](Format line) { return isNested ? doc.nest(4, line) : line; };
  if (nextComment == module.comments.size() || module.comments[nextComment].range.begin >= item.range.begin)
    return {indented(doc.line())};
  std::vector<Format> parts;
  bool isFirst = true;
  for (; nextComment < module.comments.size(); ++nextComment, isFirst = false) {
    SourceRange range = module.comments[nextComment].range;
    if (range.begin >= item.range.begin)
      break;
    if (isFirst && !hasLineBreak(previousEnd, range.begin)) {
      previous = cat({previous, doc.trailing(textOf(range))});
      continue;
    }
    parts.push_back(indented(doc.hardLine()));
    parts.push_back(word(textOf(range)));
  }
  parts.push_back(indented(doc.hardLine()));
  return parts;
}

uint32_t Printer::closingBracketAfter(uint32_t offset) const {
  while (offset < text.size()) {
    llvm::StringRef rest = text.drop_front(offset);
    if (rest.starts_with("//"))
      offset += std::min(rest.find('\n'), rest.size());
    else if (rest.front() == ')' || rest.front() == ']')
      return offset;
    else
      ++offset;
  }
  return offset;
}

Format Printer::parameters(const std::vector<Parameter> &parameters) {
  std::vector<ListItem> items;
  for (const Parameter &each : parameters)
    items.push_back({each.range, [this, &each] { return parameter(each); },
                     each.defaultValue && hasSpreadBlock(*each.defaultValue)});
  return list("(", ")", items);
}

Format Printer::arguments(const std::vector<Argument> &arguments) {
  std::vector<ListItem> items;
  for (const Argument &each : arguments)
    items.push_back({each.range, [this, &each] { return argument(each); }, hasSpreadBlock(*each.value)});
  return list("(", ")", items);
}

Format Printer::expressions(llvm::StringRef opening, llvm::StringRef closing, const std::vector<ExprPtr> &expressions) {
  std::vector<ListItem> items;
  for (const ExprPtr &each : expressions)
    items.push_back({each->range, [this, &each] { return expression(*each); }, hasSpreadBlock(*each)});
  return list(opening, closing, items);
}

Format Printer::parameter(const Parameter &parameter) {
  std::vector<Format> parts{inlineComments(parameter.range.begin), word(parameter.name.name)};
  if (parameter.type) {
    parts.push_back(word(": "));
    parts.push_back(type(*parameter.type));
  }
  if (parameter.defaultValue) {
    parts.push_back(word(" = "));
    parts.push_back(expression(*parameter.defaultValue));
  }
  return cat(parts);
}

Format Printer::argument(const Argument &argument) {
  if (!argument.name)
    return expression(*argument.value);
  Format comments = inlineComments(argument.range.begin);
  return cat({comments, word(argument.name->name + " = "), expression(*argument.value)});
}

Format Printer::type(const TypeExpr &type) {
  if (!type.hasDims)
    return word(type.base.name);
  std::vector<ListItem> items;
  for (const TypeDim &dim : type.dims)
    items.push_back({dim.range, [this, &dim] {
                       if (!dim.isRest)
                         return expression(*dim.size);
                       return word(dim.restName ? "..." + dim.restName->name : "...");
                     }});
  return cat({word(type.base.name), list("[", "]", items)});
}

Format Printer::result(const std::optional<ResultSpec> &result) {
  if (!result)
    return nullptr;
  std::vector<ListItem> items;
  for (const ResultItem &item : result->items)
    items.push_back({item.name ? join(item.name->range, item.type->range) : item.type->range, [this, &item] {
                       return item.name ? cat({word(item.name->name + ": "), type(*item.type)}) : type(*item.type);
                     }});
  return cat({word(" -> "), result->isTuple ? list("(", ")", items) : items.front().print()});
}

Format Printer::pattern(const Pattern &pattern) {
  if (!pattern.isTuple)
    return word(pattern.names.front().name);
  std::vector<ListItem> items;
  for (const Identifier &name : pattern.names)
    items.push_back({name.range, [this, &name] { return word(name.name); }});
  return list("(", ")", items);
}
