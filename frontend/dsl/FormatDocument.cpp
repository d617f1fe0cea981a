#include "frontend/dsl/FormatDocument.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Unicode.h"

using namespace dlc::dsl;
using Kind = FormatNode::Kind;

Format FormatDocument::add(FormatNode node) {
  for (Format child : node.children)
    node.breaks |= child && child->breaks;
  return &nodes.emplace_back(std::move(node));
}

static FormatNode make(Kind kind, std::vector<Format> children = {}) {
  FormatNode node{kind, "", 0, false, false, {}};
  node.children = std::move(children);
  return node;
}

Format FormatDocument::text(llvm::StringRef text) {
  FormatNode node = make(Kind::Text);
  node.text = text.str();
  return add(std::move(node));
}

Format FormatDocument::concat(llvm::ArrayRef<Format> parts) { return add(make(Kind::Concat, parts.vec())); }

Format FormatDocument::line(llvm::StringRef flat, bool blankLine) {
  FormatNode node = make(Kind::Line);
  node.text = flat.str();
  node.blankLine = blankLine;
  return add(std::move(node));
}

Format FormatDocument::hardLine(bool blankLine) {
  FormatNode node = make(Kind::HardLine);
  node.blankLine = blankLine;
  node.breaks = true;
  return add(std::move(node));
}

Format FormatDocument::nest(int indent, Format inner) {
  FormatNode node = make(Kind::Nest, {inner});
  node.indent = indent;
  return add(std::move(node));
}

Format FormatDocument::align(Format inner) { return add(make(Kind::Align, {inner})); }

Format FormatDocument::group(Format inner, bool isBroken) {
  FormatNode node = make(Kind::Group, {inner});
  node.breaks = isBroken;
  return add(std::move(node));
}

Format FormatDocument::fill(std::vector<Format> itemsAndSeparators) {
  return add(make(Kind::Fill, std::move(itemsAndSeparators)));
}

Format FormatDocument::trailing(llvm::StringRef comment) {
  FormatNode node = make(Kind::Trailing);
  node.text = comment.str();
  return add(std::move(node));
}

namespace {

int columnsOf(llvm::StringRef text) {
  int columns = llvm::sys::unicode::columnWidthUTF8(text);
  return columns < 0 ? text.size() : columns;
}

// Lines aligned further to the right would have no room.
constexpr int kMaxAlignment = 56;
constexpr int kContinuationIndent = 4;

/// What is still to be printed, the next one last.
struct Pending {
  Format node;
  int indent;
  bool isFlat;
  size_t child = 0; // the next of the node's children
};

class Renderer {
public:
  explicit Renderer(int width) : width(width) {}

  std::string run(Format root) {
    pending.push_back({root, 0, false});
    while (!pending.empty()) {
      Pending next = pending.pop_back_val();
      if (next.node)
        print(next);
    }
    flushTrailing();
    return std::move(out);
  }

private:
  void print(const Pending &next) {
    const FormatNode &node = *next.node;
    switch (node.kind) {
    case Kind::Text:
      out += node.text;
      column += columnsOf(node.text);
      return;
    case Kind::Trailing:
      comments.push_back(node.text);
      return;
    case Kind::Line:
      if (!next.isFlat)
        return breakLine(next.indent, node.blankLine);
      out += node.text;
      column += columnsOf(node.text);
      return;
    case Kind::HardLine:
      return breakLine(next.indent, node.blankLine);
    case Kind::Concat:
      return printNextChild(next, next.indent);
    case Kind::Nest:
      pending.push_back({node.children[0], next.indent + node.indent, next.isFlat});
      return;
    case Kind::Align:
      pending.push_back(
          {node.children[0], column <= kMaxAlignment ? column : next.indent + kContinuationIndent, next.isFlat});
      return;
    case Kind::Group: {
      Pending inner{node.children[0], next.indent, true};
      inner.isFlat = !node.breaks && (next.isFlat || fits(inner));
      pending.push_back(inner);
      return;
    }
    case Kind::Fill:
      return printFill(next);
    }
  }

  void printNextChild(Pending next, int indent) {
    if (next.child >= next.node->children.size())
      return;
    Format child = next.node->children[next.child++];
    pending.push_back(next);
    pending.push_back({child, indent, next.isFlat});
  }

  void printFill(const Pending &fill) {
    const auto &children = fill.node->children;
    bool isSeparator = fill.child % 2 == 1 && fill.child < children.size();
    printNextChild(fill, fill.indent);
    if (!isSeparator || fill.isFlat)
      return;
    // It stays flat if it and the next item fit; what comes after them may go to a new line.
    Pending separator = pending.pop_back_val();
    Pending item{fill.child + 1 < children.size() ? children[fill.child + 1] : nullptr, fill.indent, true};
    ++pending.back().child;
    separator.isFlat = fits(separator, item);
    // An item that is too long for any line begins here, if that leaves it room, and is broken inside.
    if (!separator.isFlat && column <= kMaxAlignment && !item.node->breaks &&
        !fitsFrom(separator.indent + kContinuationIndent, item))
      separator.isFlat = true;
    --pending.back().child;
    pending.push_back(separator);
  }

  void breakLine(int indent, bool blankLine) {
    flushTrailing();
    while (!out.empty() && out.back() == ' ')
      out.pop_back();
    out += '\n';
    if (blankLine)
      out += '\n';
    out.append(indent, ' ');
    column = indent;
  }

  void flushTrailing() {
    for (const std::string &comment : comments) {
      while (!out.empty() && out.back() == ' ')
        out.pop_back();
      if (!out.empty() && out.back() != '\n')
        out += ' ';
      out += comment;
    }
    comments.clear();
  }

  bool fitsFrom(int indent, const Pending &item) {
    int here = column;
    column = indent;
    bool isFitting = fits(item);
    column = here;
    return isFitting;
  }

  /// Whether \p first, then \p second, then the rest up to its first possible line break stay within the width.
  bool fits(const Pending &first, const Pending &second = {nullptr, 0, true}) const {
    llvm::SmallVector<Pending> stack;
    stack.push_back(second);
    stack.push_back({first.node, first.indent, true});
    size_t rest = pending.size();
    int room = width - column;
    while (room >= 0) {
      if (stack.empty()) {
        if (rest == 0)
          return true;
        stack.push_back(pending[--rest]);
      }
      Pending next = stack.pop_back_val();
      if (!next.node)
        continue;
      const FormatNode &node = *next.node;
      switch (node.kind) {
      case Kind::Text:
        room -= columnsOf(node.text);
        break;
      case Kind::Trailing:
        break;
      case Kind::HardLine:
        return true;
      case Kind::Line:
        if (!next.isFlat)
          return true;
        room -= columnsOf(node.text);
        break;
      case Kind::Fill:
        if (!next.isFlat && next.child % 2 == 1 && next.child < node.children.size())
          return true; // it may break here
        pushNextChild(stack, next, next.isFlat);
        break;
      case Kind::Group:
        pushNextChild(stack, next, next.isFlat && !node.breaks);
        break;
      case Kind::Concat:
      case Kind::Nest:
      case Kind::Align:
        pushNextChild(stack, next, next.isFlat);
        break;
      }
    }
    return false;
  }

  static void pushNextChild(llvm::SmallVectorImpl<Pending> &stack, Pending next, bool isFlat) {
    if (next.child >= next.node->children.size())
      return;
    Format child = next.node->children[next.child++];
    stack.push_back(next);
    stack.push_back({child, next.indent, isFlat});
  }

  int width, column = 0;
  std::string out;
  llvm::SmallVector<Pending> pending;
  std::vector<std::string> comments;
};

} // namespace

std::string FormatDocument::render(Format root, int width) { return Renderer(width).run(root); }
