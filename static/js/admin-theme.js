// Before the first paint of the admin: the theme of the site's cookie. The site's own pages get it from the server.
{
  const theme = /(?:^|; )theme=(light|dark)/.exec(document.cookie)?.[1];
  if (theme) document.documentElement.dataset.bsTheme = theme;
}
