"""What a template makes of a project's answers: `new` writes it, `update` compares it with what is there."""
