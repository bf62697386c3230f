export declare function addressFields(
  url: string,
  directory: string,
): {
  readonly repository: { readonly type: string; readonly url: string; readonly directory: string }
  readonly homepage: string
  readonly bugs: string
}
export declare function refusal(url: string | undefined): string | undefined
