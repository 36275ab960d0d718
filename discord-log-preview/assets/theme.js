// Before anything is drawn: the theme that the reader chose. Where nothing may be stored, the system's.
try {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}
