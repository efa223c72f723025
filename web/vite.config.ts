import { resolve } from 'node:path'
import tailwind from '@tailwindcss/vite'
import { defineConfig } from 'vite'

const root = import.meta.dirname

/** Builds the shell with the screens of all modules: `vite build --config web/vite.config.ts`. */
export default defineConfig({
  root,
  base: '/',
  publicDir: false,
  plugins: [tailwind()],
  build: {
    outDir: process.env['OKITE_WEB_OUT'] ?? resolve(root, '../dist/web'),
    emptyOutDir: true,
    // Browsers with WebCrypto Ed25519, by which proofs are checked, all have this.
    target: 'es2023',
    // The content security policy allows no `data:`; every asset is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    // Libraries mark what runs in a browser; everything here does.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
  oxc: { jsx: { runtime: 'automatic' } },
})
