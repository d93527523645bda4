def theme_css(c):
    return ""
