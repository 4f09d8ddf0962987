// Stands in where a library has no source file (yet): CMake refuses a library without any.
