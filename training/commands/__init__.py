"""The commands of `alc-train`, one file each.

What takes seconds to import (torch) is imported inside the commands: --help and wrong options need
not wait for it. Results go to stdout, progress and warnings to stderr.
"""
