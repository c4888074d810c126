namespace Tenfold.Aws.Double.Identity;

/// <summary>Keys of a user, or of a role for a while.</summary>
/// <param name="AccessKey">The access key's id.</param>
/// <param name="Secret">The secret.</param>
/// <param name="Token">The session's token; null for a user's keys.</param>
/// <param name="Arn">Whose keys these are, as GetCallerIdentity answers.</param>
/// <param name="Expires">When the keys end; null for never.</param>
public sealed record Credential(string AccessKey, string Secret, string? Token, string Arn, DateTimeOffset? Expires);
