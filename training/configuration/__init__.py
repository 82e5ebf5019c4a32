"""The settings of a run as a TOML file: read, checked, written and described.

No field is declared here: what can be written in the file is what the dataclasses of
`training.pipeline_settings` and below them have, with their types, defaults and descriptions.
"""
