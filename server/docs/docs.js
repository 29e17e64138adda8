"use strict";

// Swagger UI has a dark dress, which it puts on where the root says so; theme.js keeps what was chosen.
const root = document.documentElement;
const night = matchMedia("(prefers-color-scheme: dark)");
const dress = () => {
  const { theme } = root.dataset;
  root.classList.toggle("dark-mode", theme ? theme === "dark" : night.matches);
};
night.addEventListener("change", dress);
new MutationObserver(dress).observe(root, { attributeFilter: ["data-theme"] });
dress();

SwaggerUIBundle({
  // It lies beside this page. What is tried goes where it says: to the root of the host that this page is from.
  url: "openapi.json",
  dom_id: "#reference",
  // Each operation has an address of its own, which opens it.
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  // Nothing is sent anywhere but to this server.
  validatorUrl: null,
});
