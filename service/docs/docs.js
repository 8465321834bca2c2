// The look follows the system, as everywhere else; Swagger UI switches by a class.
const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()

// Set by swagger-ui-bundle.js, which the page loads before.
globalThis.SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  domNode: document.getElementById('docs'),
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  // The validator would send the description to somebody else.
  validatorUrl: null,
})
