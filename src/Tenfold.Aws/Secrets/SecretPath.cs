namespace Tenfold.Aws.Secrets;

/// <summary>
/// The names of secrets in Parameter Store: <c>/tenfold/STACK/LEDGER/GROUP/NAME</c>. The stack comes first, because the roles of a stack
/// may read the secrets of its own runs only.
/// </summary>
internal static class SecretPath
{
    // For a queue of the user's own, which belongs to no stack. No stack has this name, since two hyphens can't follow each other in one.
    private const string NoStack = "no--stack";

    /// <summary>The path of a ledger's secrets.</summary>
    public static string OfLedger(string? stack, string ledger) => $"/tenfold/{stack ?? NoStack}/{Sign(ledger)}";

    /// <summary>The path of a group's secrets.</summary>
    public static string OfGroup(string? stack, string ledger, string group) => $"{OfLedger(stack, ledger)}/{group}";

    /// <summary>The group of a secret below a ledger's path; null for another name.</summary>
    public static string? GroupOf(string path, string name) =>
        name.StartsWith($"{path}/", StringComparison.Ordinal) && name[(path.Length + 1)..].Split('/') is [var group, _] ? group : null;

    // Parameter Store allows letters, digits, and these signs.
    private static string Sign(string ledger) =>
        string.Concat(ledger.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
}
