using System.Text.RegularExpressions;

namespace Tenfold.Projects.Keys;

/// <summary>E-mail addresses. One address without a name, so that no text of a file becomes a header or a second recipient.</summary>
internal static partial class MailAddresses
{
    /// <summary>The rule.</summary>
    public const string Pattern = @"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$";

    /// <summary>What is wrong with an address; null for a valid one.</summary>
    public static string? Fault(string text) =>
        !text.EndsWith('\n') && Rule().IsMatch(text) ? null : "write one address such as team@example.org";

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rule();
}
