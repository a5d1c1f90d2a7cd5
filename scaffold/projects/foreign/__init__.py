"""Templates of copier and cookiecutter, rendered by those packages, in a process that can do no harm."""

from scaffold.projects.foreign.rendering import describe as describe
from scaffold.projects.foreign.rendering import render as render
