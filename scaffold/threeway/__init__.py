"""What a template has become, brought into a project: merged file by file, written wholly or not at all."""
