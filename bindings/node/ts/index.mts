/** The same objects for `import`: two copies of a class would not be `instanceof` each other. */
export * from './index.js';
