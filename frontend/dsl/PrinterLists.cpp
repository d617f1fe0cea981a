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
  int indent = isNested ? 4 : 0;
  // A comment behind the bracket stays there, and the items begin on the next line.
  Format head = nullptr;
  if (nextComment < module.comments.size() && module.comments[nextComment].range.begin < items.front().range.begin) {
    uint32_t anywhere = module.comments[nextComment].range.begin;
    Format rest = separator(anywhere, items.front().range.begin, head, indent);
    head = cat({head, rest});
  }
  std::vector<Format> parts;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) {
      Format between = separator(items[i - 1].range.end, items[i].range.begin, parts.back(), indent);
      parts.back() = doc.group(parts.back());
      parts.push_back(between);
    }
    Format item = items[i].print();
    parts.push_back(i + 1 < items.size() ? cat({item, word(",")}) : item);
  }
  uint32_t end = items.back().range.end;
  uint32_t bracket = closingBracketAfter(end);
  Format tail = hasComment(end, bracket) ? separator(end, bracket, parts.back(), indent) : nullptr;
  parts.back() = doc.group(parts.back());
  Format inner = cat({head, doc.fill(std::move(parts)), tail});
  return cat({word(opening), isNested ? inner : doc.align(inner), word(closing)});
}

/// What is between two items of which the second begins at \p next: a break that may be taken, or the comments
/// there. A comment on the line of the previous item, which ends at \p previousEnd, is appended to \p previous.
Format Printer::separator(uint32_t previousEnd, uint32_t next, Format &previous, int indent) {
  if (nextComment == module.comments.size() || module.comments[nextComment].range.begin >= next)
    return doc.nest(indent, doc.line());
  std::vector<Format> parts;
  for (bool isFirst = true; nextComment < module.comments.size(); ++nextComment, isFirst = false) {
    SourceRange range = module.comments[nextComment].range;
    if (range.begin >= next)
      break;
    if (isFirst && !hasLineBreak(previousEnd, range.begin)) {
      previous = cat({previous, doc.trailing(textOf(range))});
      continue;
    }
    parts.push_back(doc.hardLine());
    parts.push_back(word(textOf(range)));
  }
  parts.push_back(doc.hardLine());
  return doc.nest(indent, cat(parts));
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
