// Writing XML: just what reports need, elements with attributes and text.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pglatch {

/// Writes one document, indented by two blanks. Text may hold any bytes: what is not UTF-8, and the control characters
/// that XML 1.0 does not know, become U+FFFD ("Extensible Markup Language (XML) 1.0", 2.2 Characters).
class XmlWriter {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string>>;

  /// An element that others go into, until end().
  void begin(std::string_view name, Attributes attributes = {});
  void end();
  /// An element with nothing but text in it, or nothing at all.
  void element(std::string_view name, Attributes attributes, std::string_view text = {});

  /// The document; all elements must have been ended.
  [[nodiscard]] std::string finish();

 private:
  void open(std::string_view name, Attributes attributes);

  std::string out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  std::vector<std::string> open_;
};

}  // namespace pglatch
