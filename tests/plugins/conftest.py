"""The plugin's templates hold the tests of their projects, which are run there."""

collect_ignore = ["acme_templates"]
