/** What the bundler makes of a file named with `?url`: its address on the site. */
declare module '*?url' {
  const url: string;
  export default url;
}
