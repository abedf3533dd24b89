"""Who is who in a general list: people of a registry or organisations, with or without e-mail, in any language."""
