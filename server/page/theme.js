// Before the first paint, so that nobody sees the other theme flash: the one choice that is kept.
{
  const root = document.documentElement;
  const kept = (value) => {
    // A browser may forbid storage; the toggle then lasts as long as the page.
    try {
      if (value === undefined) return localStorage.getItem("theme");
      localStorage.setItem("theme", value);
    } catch {
      return null;
    }
  };
  const theme = kept();
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#theme")) return;
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    kept(root.dataset.theme);
  });
}
