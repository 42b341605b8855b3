"""What the frameworks of JavaScript and TypeScript share: packages, places of tests, calls and imports."""
