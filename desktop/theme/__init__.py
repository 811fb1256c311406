"""How the window looks: data first (tokens), then palette, style sheet, fonts, icons and car paint."""
