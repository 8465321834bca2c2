// Runs before the page is drawn, so that nobody who chose a theme sees the other one first.
{
  const chosen = localStorage.getItem('collab-demo-theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
}
