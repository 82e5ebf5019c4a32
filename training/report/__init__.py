"""What people read about a model: tables, pictures, one page, and the model card."""

from training.report.files import report_files

__all__ = ["report_files"]
