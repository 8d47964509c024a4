/** The part of Trusted Types that DARSE uses (W3C "Trusted Types", section 2.3); browsers without it have no such global. */
interface TrustedTypePolicies {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}
declare var trustedTypes: TrustedTypePolicies | undefined;
