/** A text without the passwords of the URLs in it. */
export function maskUrls(text: string): string {
  return (
    text
      // An @ may stand in the name of the user too: user@server.
      .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/?#]*):[^\s]*@/gi, '$1:***@')
      .replace(/([?&](?:ssl)?password=)[^\s&#]*/gi, '$1***')
  );
}
