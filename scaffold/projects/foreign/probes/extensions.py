"""Extensions of the renderer: which of them are code that somebody has to trust."""

#: These come with the renderer and bring nothing but tags.
HARMLESS = {"jinja2.ext.do", "jinja2.ext.loopcontrols"}
