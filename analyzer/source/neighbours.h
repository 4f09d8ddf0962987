// A file among the others of its folder: what it is where nothing in it says so, and where they disagree.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/source/framework.h"
#include "analyzer/source/frameworks/surroundings.h"

namespace pglatch {

/// Reads files with their neighbours in mind. Looks at folders on disk, at each one once; not for several threads.
class Neighbours {
 public:
  /// read_scripts(), and where no framework is given:
  /// - a file that shows no framework but has a version in its name is read as its neighbours are, if a good part of
  ///   them shows one and the same,
  /// - a file that has nothing but a name of a form that several tools have is that tool's of them which its neighbours
  ///   show; where they are of one that has no such names, it is read as plain SQL.
  /// Both are said in the scripts' reason, and so is a folder of files of several frameworks.
  [[nodiscard]] std::vector<Script> read_scripts(const std::shared_ptr<const SourceFile>& file,
                                                 const Framework* framework = nullptr);

 private:
  // How many of the files that were looked at are whose, by the framework's name; without plain and psql, which any
  // folder may have.
  struct Folder {
    std::map<std::string, std::size_t> frameworks;
    std::size_t files = 0;
  };
  const Folder& folder_of(const std::string& path);

  Surroundings around_;
  std::map<std::string, Folder> folders_;
};

}  // namespace pglatch
